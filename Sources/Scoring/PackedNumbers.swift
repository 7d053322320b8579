// SPDX-License-Identifier: GPL-3.0-or-later

/// Numbers in a row, each in as few bytes as it takes, bit for bit.
///
/// A value is written either whole, without the zero bytes at its end, or as the distance of its bits from those of a value that it is likely to be
/// near, without the zero bytes at the distance's beginning; half a byte says which and how many. Of two numbers that are near each
/// other the bits are near too, as long as both are positive: IEEE 754 has them in order. What a sensor tells, some steps of a power of two, ends
/// in zeros; a mean of such does not, but has the exponent of its largest value.
struct PackedNumbers: Sendable {
    private(set) var bytes: [UInt8] = []
    /// The place of the byte whose upper half is still free.
    private var half: Int?

    /// Half bytes: 0...7 for a distance of so many bytes, 8...14 for a value of 2...8.
    private static let whole: UInt8 = 6
    private static let absent: UInt8 = 15

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ value: Double?, near reference: Double?) {
        guard let value else { return appendHalf(Self.absent) }
        let bits = value.bitPattern
        let distance = Self.zigzag(bits &- (reference ?? 0).bitPattern)
        let nearCount = 8 - distance.leadingZeroBitCount / 8
        let wholeCount = max(8 - bits.trailingZeroBitCount / 8, 2)
        if nearCount <= min(wholeCount, 7) {
            appendHalf(UInt8(nearCount))
            for index in 0..<nearCount { bytes.append(UInt8(truncatingIfNeeded: distance >> (8 * UInt64(index)))) }
        } else {
            appendHalf(UInt8(wholeCount) + Self.whole)
            for index in 0..<wholeCount { bytes.append(UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64(index)))) }
        }
    }

    /// The next number begins a byte of its own.
    mutating func align() { half = nil }

    private mutating func appendHalf(_ value: UInt8) {
        if let half {
            bytes[half] |= value << 4
            self.half = nil
        } else {
            half = bytes.count
            bytes.append(value)
        }
    }

    /// Small for a small distance in either direction.
    private static func zigzag(_ distance: UInt64) -> UInt64 {
        distance << 1 ^ UInt64(bitPattern: Int64(bitPattern: distance) >> 63)
    }

    /// Reads what was written, in the same order and with the same references.
    struct Reader {
        private let bytes: [UInt8]
        private var position = 0
        private var half: UInt8?

        init(_ numbers: PackedNumbers) { bytes = numbers.bytes }

        var isAtEnd: Bool { position >= bytes.count }

        mutating func byte() -> UInt8 {
            defer { position += 1 }
            return bytes[position]
        }

        mutating func number(near reference: Double?) -> Double? {
            let kind = nextHalf()
            guard kind != PackedNumbers.absent else { return nil }
            var bits: UInt64 = 0
            if kind <= 7 {
                for index in 0..<UInt64(kind) { bits |= UInt64(byte()) << (8 * index) }
                let distance = bits >> 1 ^ (0 &- (bits & 1))
                return Double(bitPattern: (reference ?? 0).bitPattern &+ distance)
            }
            for index in 0..<UInt64(kind - PackedNumbers.whole) { bits |= UInt64(byte()) << (56 - 8 * index) }
            return Double(bitPattern: bits)
        }

        mutating func align() { half = nil }

        private mutating func nextHalf() -> UInt8 {
            if let half {
                self.half = nil
                return half
            }
            let both = byte()
            half = both >> 4
            return both & 15
        }
    }
}
