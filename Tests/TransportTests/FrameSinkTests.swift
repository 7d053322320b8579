// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import RingBuffer
import Testing
import Transport

@Suite struct FrameSinkTests {
    private static func frame(length: Int) -> CapturedFrame {
        CapturedFrame(
            time: Timestamp(nanoseconds: 7), link: .usbLinuxMmapped, interface: 3,
            originalLength: UInt32(clamping: length))
    }

    @Test(arguments: [0, 1, 64, 319, 320, 321, 5000])
    func aFrameComesOutAsItWentIn(length: Int) throws {
        let ring = SPSCRing<FrameSlot>(minimumCapacity: 2)
        var consumer = ring.consumer
        var sink = FrameSink(WakingProducer(ring.producer, doorbell: try Doorbell()))
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        sink.frame(Self.frame(length: length), bytes.span)
        let popped = consumer.pop()
        let slot = try #require(popped)
        #expect(slot.content == .frame(Self.frame(length: length)))
        #expect(slot.time == Timestamp(nanoseconds: 7))
        let kept = slot.bytes.indices.map { slot.bytes[$0] }
        #expect(kept == Array(bytes.prefix(FrameSlot.byteLimit)))
    }

    @Test func aNoticeKeepsItsPlaceAmongTheFrames() throws {
        let ring = SPSCRing<FrameSlot>(minimumCapacity: 4)
        var consumer = ring.consumer
        var sink = FrameSink(WakingProducer(ring.producer, doorbell: try Doorbell()))
        let notice = TransportNotice(
            time: Timestamp(nanoseconds: 9), kind: .sensorLost, device: 260, sensor: SensorID("ant:120:16815"))
        sink.frame(Self.frame(length: 0), [UInt8]().span)
        sink.notice(notice, "Gurt 16815 schweigt – ½ min")
        sink.frame(Self.frame(length: 0), [UInt8]().span)
        let before = consumer.pop()
        #expect(before?.content == .frame(Self.frame(length: 0)))
        let popped = consumer.pop()
        let slot = try #require(popped)
        #expect(slot.content == .notice(notice))
        #expect(slot.text == "Gurt 16815 schweigt – ½ min")
        let after = consumer.pop()
        #expect(after?.content == .frame(Self.frame(length: 0)))
    }

    @Test func aFullRingDropsTheNewestAndCountsIt() throws {
        let ring = SPSCRing<FrameSlot>(minimumCapacity: 2)
        let consumer = ring.consumer
        var sink = FrameSink(WakingProducer(ring.producer, doorbell: try Doorbell()))
        for _ in 0..<5 { sink.frame(Self.frame(length: 0), [UInt8]().span) }
        let overflow = consumer.overflow
        #expect(overflow == 3)
    }

    @Test func theEndOfTheSinkIsSeen() throws {
        let ring = SPSCRing<FrameSlot>(minimumCapacity: 2)
        let consumer = ring.consumer
        do {
            let sink = FrameSink(WakingProducer(ring.producer, doorbell: try Doorbell()))
            let finishedBefore = consumer.isFinished
            #expect(!finishedBefore)
            _ = consume sink
        }
        let finishedAfter = consumer.isFinished
        #expect(finishedAfter)
    }
}
