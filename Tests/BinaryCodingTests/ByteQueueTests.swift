// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Testing

@Suite struct ByteQueueTests {
    private func contents(_ queue: ByteQueue) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in queue.bytes.indices { bytes.append(queue.bytes[index]) }
        return bytes
    }

    @Test func bytesComeOutInTheOrderTheyWentIn() {
        var queue = ByteQueue()
        queue.append([1, 2, 3].span)
        queue.removeFirst(2)
        queue.append([4, 5].span)
        #expect(contents(queue) == [3, 4, 5])
        #expect(queue.count == 3)
        #expect(queue.offset == 2)
    }

    @Test func removingMoreThanThereIsRemovesAll() {
        var queue = ByteQueue()
        queue.append([1, 2].span)
        queue.removeFirst(7)
        #expect(contents(queue) == [])
        #expect(queue.offset == 2)
        queue.append([9].span)
        #expect(contents(queue) == [9])
        queue.removeFirst(-1)
        #expect(contents(queue) == [9])
    }

    @Test func anEmptyPieceChangesNothing() {
        var queue = ByteQueue()
        queue.append([UInt8]().span)
        #expect(queue.count == 0)
        queue.append([1].span)
        queue.append([UInt8]().span)
        #expect(contents(queue) == [1])
    }

    @Test func manyPiecesOfManySizesKeepEveryByte() {
        var queue = ByteQueue()
        var written: UInt8 = 0
        var read: UInt8 = 0
        for round in 0..<200 {
            var piece: [UInt8] = []
            for _ in 0..<round % 7 {
                piece.append(written)
                written &+= 1
            }
            queue.append(piece.span)
            for byte in contents(queue).prefix(round % 5) {
                #expect(byte == read)
                read &+= 1
            }
            queue.removeFirst(round % 5)
        }
        #expect(queue.count == Int(written &- read))
    }
}
