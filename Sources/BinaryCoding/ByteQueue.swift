// SPDX-License-Identifier: GPL-3.0-or-later

/// Bytes that have arrived and are not yet used, for readers that are fed in pieces of any size.
///
/// Holds no more than the unused bytes plus the last piece. Storage is reused: once it has grown to the largest
/// piece, nothing allocates.
package struct ByteQueue: Sendable {
    private var storage: [UInt8] = []
    private var start = 0
    /// How many bytes have been taken out so far: the input position of the first unused byte.
    package private(set) var offset = 0

    package init() {}

    /// Unused bytes.
    package var count: Int { storage.count &- start }

    /// The unused bytes, oldest first.
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(droppingFirst: start) }
    }

    package mutating func append(_ more: Span<UInt8>) {
        if start == storage.count {
            storage.removeAll(keepingCapacity: true)
        } else if start > 0 {
            storage.removeSubrange(0..<start)
        }
        start = 0
        // Adding nothing to an empty array, the standard library would still write its count: into the one empty array that all threads share.
        if more.isEmpty { return }
        storage.append(addingCapacity: more.count) { target in
            for index in more.indices { target.append(more[index]) }
        }
    }

    /// Takes out the oldest bytes: all of them when there are fewer than `count`.
    package mutating func removeFirst(_ count: Int) {
        let taken = min(max(count, 0), self.count)
        start &+= taken
        offset &+= taken
    }
}
