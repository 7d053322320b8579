// SPDX-License-Identifier: GPL-3.0-or-later

/// A frame of a dialogue between host and radio, written ahead of its time.
struct PreparedFrame: Equatable, Sendable {
    /// Seconds of the recording.
    var time: Double
    var link: SimulatedFrame.Link
    var bytes: [UInt8]
}

extension [UInt8] {
    mutating func append16(_ value: UInt16) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    mutating func append32(_ value: UInt32) {
        append16(UInt16(truncatingIfNeeded: value))
        append16(UInt16(truncatingIfNeeded: value >> 16))
    }
}
