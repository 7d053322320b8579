// SPDX-License-Identifier: GPL-3.0-or-later

/// The keys of the sensors met, and the places of those that spoke last: a strap and a footpod speak by turns.
struct SensorKeys {
    /// By place.
    private(set) var all: [UInt64] = []
    private var lastFound = 0
    private var foundBefore = 0

    init(capacity: Int) { all.reserveCapacity(capacity) }

    var count: Int { all.count }

    mutating func append(_ key: UInt64) { all.append(key) }

    /// Finds one of the two that were found last.
    @inline(__always)
    mutating func findAgain(_ key: UInt64) -> Int? {
        if isAt(lastFound, key) { return lastFound }
        swap(&lastFound, &foundBefore)
        return isAt(lastFound, key) ? lastFound : nil
    }

    @inline(__always)
    private func isAt(_ place: Int, _ key: UInt64) -> Bool { place < all.count && all.span[place] == key }

    /// Finds any, after ``findAgain(_:)`` did not.
    mutating func search(_ key: UInt64) -> Int? {
        guard let place = all.firstIndex(of: key) else { return nil }
        lastFound = place
        return place
    }
}
