// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import Scoring

@Suite struct PackedNumbersTests {
    private static let special: [Double?] = [
        nil, 0, -0.0, 1, -1, 0.8, 170, 7.21875, .pi, .infinity, -.infinity, .nan, .signalingNaN, .leastNonzeroMagnitude,
        .greatestFiniteMagnitude, 86_417.289, Double(bitPattern: .max), Double(bitPattern: 1 << 63),
    ]

    /// Every value beside every reference, at an even and at an odd place.
    @Test(arguments: [false, true]) func everyBitComesBack(isShifted: Bool) {
        let pairs = Self.special.flatMap { value in Self.special.map { (value, $0) } }
        var numbers = PackedNumbers(capacity: 0)
        if isShifted { numbers.append(nil, near: nil) }
        for (value, reference) in pairs { numbers.append(value, near: reference) }
        var reader = PackedNumbers.Reader(numbers)
        if isShifted { #expect(reader.number(near: nil) == nil) }
        for (value, reference) in pairs {
            #expect(reader.number(near: reference)?.bitPattern == value?.bitPattern)
        }
        #expect(reader.isAtEnd)
    }

    @Test func randomBitsComeBackToo() {
        var random = SeededGenerator(seed: 11)
        var pairs: [(UInt64, UInt64)] = []
        for _ in 0..<20_000 {
            let value = random.next() << UInt64.random(in: 0..<64, using: &random)
            let distance = random.next() >> UInt64.random(in: 0..<64, using: &random)
            pairs.append((value, Bool.random(using: &random) ? value &+ distance : value &- distance))
        }
        var numbers = PackedNumbers(capacity: 0)
        for (value, reference) in pairs {
            numbers.append(Double(bitPattern: value), near: Double(bitPattern: reference))
            if value & 64 == 0 {
                numbers.align()
                numbers.append(UInt8(truncatingIfNeeded: reference))
            }
        }
        var reader = PackedNumbers.Reader(numbers)
        for (value, reference) in pairs {
            #expect(reader.number(near: Double(bitPattern: reference))?.bitPattern == value)
            if value & 64 == 0 {
                reader.align()
                #expect(reader.byte() == UInt8(truncatingIfNeeded: reference))
            }
        }
        #expect(reader.isAtEnd)
    }

    /// Half a byte each, and what a number needs: 170 is 0x4065 4000 …, 7.21875 is 0x401C E000 …; from 0.1 + 0.2 to 0.3 it is one step.
    @Test(
        arguments: [
            (nil, nil, 0), (5.3, 5.3, 0), (170, nil, 3), (7.21875, 0, 3), (0.1 + 0.2, 0.3, 1), (1, 0, 2), (2, nil, 2),
            (.pi, nil, 8),
        ] as [(Double?, Double?, Int)])
    func takesAsManyBytesAsItNeeds(value: Double?, reference: Double?, bytes: Int) {
        var numbers = PackedNumbers(capacity: 0)
        numbers.append(value, near: reference)
        numbers.append(value, near: reference)
        #expect(numbers.bytes.count == 1 + 2 * bytes)
    }
}
