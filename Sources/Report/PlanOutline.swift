// SPDX-License-Identifier: GPL-3.0-or-later
internal import Segmentation

/// The steps of a plan with its repeats found again: `5:00 warm-up`, `5 × (30 s sprint + 1:30 recovery)`, `5:00 cool-down`.
struct PlanOutline {
    let parts: [String]

    /// Steps in a block that is looked for.
    private static let longestBlock = 20

    init(_ steps: [(kind: PhaseKind, seconds: Double)], glyphs: Glyphs) {
        let texts = steps.map { "\(Wording.length($0.seconds) ?? glyphs.absent) \(Wording.name($0.kind))" }
        parts = Self.fold(texts, glyphs)
    }

    /// The repeats that save most, from left to right; what repeats within a block is folded first.
    private static func fold(_ texts: [String], _ glyphs: Glyphs) -> [String] {
        var parts: [String] = []
        var index = 0
        while index < texts.count {
            var best = (length: 1, count: 1)
            for length in 1...min(longestBlock, texts.count - index) {
                let count = repetitions(texts, from: index, length: length)
                if count > 1, length * (count - 1) > best.length * (best.count - 1) { best = (length, count) }
            }
            if best.count > 1 {
                let block = fold(Array(texts[index..<index + best.length]), glyphs)
                let inner = block.joined(separator: " + ")
                parts.append("\(best.count) \(glyphs.times) \(block.count > 1 ? "(\(inner))" : inner)")
                index += best.length * best.count
            } else {
                parts.append(texts[index])
                index += 1
            }
        }
        return parts
    }

    private static func repetitions(_ texts: [String], from start: Int, length: Int) -> Int {
        let pattern = texts[start..<start + length]
        var count = 1
        var next = start + length
        while next + length <= texts.count, texts[next..<next + length].elementsEqual(pattern) {
            count += 1
            next += length
        }
        return count
    }
}
