// SPDX-License-Identifier: GPL-3.0-or-later

/// Counts the data messages in a stick's bytes, however they are cut, in a way that shares nothing with the code under test.
package struct FrameCounter: Sendable {
    package private(set) var broadcasts = 0
    private var unfinished: [UInt8] = []

    package init() {}

    package mutating func take(_ bytes: [UInt8]) {
        unfinished += bytes
        var start = 0
        while start < unfinished.count {
            guard unfinished[start] == 0xA4 else {
                start += 1
                continue
            }
            guard start + 1 < unfinished.count else { break }
            let length = Int(unfinished[start + 1])
            guard (1...41).contains(length) else {
                start += 1
                continue
            }
            let end = start + length + 4
            guard end <= unfinished.count else { break }
            guard unfinished[start..<end].reduce(0, ^) == 0 else {
                start += 1
                continue
            }
            if unfinished[start + 2] == 0x4E || unfinished[start + 2] == 0x5D { broadcasts += 1 }
            start = end
        }
        unfinished.removeFirst(min(start, unfinished.count))
    }
}
