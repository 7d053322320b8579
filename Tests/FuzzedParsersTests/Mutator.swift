// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport

/// Makes damaged inputs out of good ones, without being led by coverage as the fuzzer is: always the same ones.
struct Mutator {
    private static let numbers: [UInt64] = [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt64.max >> 1, .max,
    ]

    private var random: SeededGenerator
    private let seeds: [[UInt8]]
    private let longest: Int

    /// - Parameters:
    ///   - seeds: at least one.
    ///   - longest: bytes; what grows beyond it is cut.
    init(_ seeds: [[UInt8]], longest: Int, seed: UInt64) {
        self.seeds = seeds
        self.longest = longest
        random = SeededGenerator(seed: seed)
    }

    /// One of the seeds with one to eight changes.
    mutating func next() -> [UInt8] {
        var input = random.element(of: seeds)
        for _ in 0...random.next() % 8 { change(&input) }
        return Array(input.prefix(longest))
    }

    private mutating func change(_ input: inout [UInt8]) {
        guard !input.isEmpty else {
            input = random.element(of: seeds)
            return
        }
        let place = Int.random(in: 0..<input.count, using: &random)
        let end = min(input.count, place + Int.random(in: 1...32, using: &random))
        switch random.next() % 8 {
        case 0: input[place] ^= 1 << UInt8(random.next() % 8)
        case 1: input[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: input.removeSubrange(place..<end)
        case 3: input.insert(contentsOf: input[place..<end], at: Int.random(in: 0...input.count, using: &random))
        case 4: input.removeSubrange(place...)
        case 5:
            let other = random.element(of: seeds)
            input.replaceSubrange(place..., with: other.suffix(Int.random(in: 0...other.count, using: &random)))
        default:
            // A length, a count or a time, in either byte order.
            let size = 1 << Int(random.next() % 4)
            let number = random.element(of: Self.numbers)
            let isBigEndian = random.next() % 2 == 0
            for index in 0..<min(size, input.count - place) {
                let shift = 8 * (isBigEndian ? size - 1 - index : index)
                input[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(shift))
            }
        }
    }
}
