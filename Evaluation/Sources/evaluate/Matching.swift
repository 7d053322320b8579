// SPDX-License-Identifier: GPL-3.0-or-later

/// Which found bout is which true one.
///
/// A pair may match when it is of one kind and both its ends lie within 5 s, or 15 % of the true bout's length, of the truth. Each bout
/// belongs to one pair at most. Bouts do not overlap, so the best pairing keeps their order: the longest common subsequence, and among
/// the longest the one with the least sum of absolute errors.
///
/// The kind is a matter of length only, so a true bout within 2 s of the 60 s that part sprints from intervals may be called either.
struct Matching {
    struct Pair {
        var truth: Int
        var found: Int
    }

    private(set) var pairs: [Pair] = []

    static func tolerance(_ truth: Bout) -> Double { max(5, 0.15 * truth.length) }

    static func mayMatch(_ truth: Bout, _ found: Bout) -> Bool {
        let sameKind = truth.kind == found.kind || abs(truth.length - Bout.longestSprint) <= 2
        let tolerance = tolerance(truth)
        return sameKind && abs(found.start - truth.start) <= tolerance && abs(found.end - truth.end) <= tolerance
    }

    init(truth: [Bout], found: [Bout]) {
        // best[i][j]: pairs and error among the first i true and the first j found bouts.
        typealias Cell = (pairs: Int, error: Double)
        var best = [[Cell]](repeating: [Cell](repeating: (0, 0), count: found.count + 1), count: truth.count + 1)
        func isBetter(_ left: Cell, _ right: Cell) -> Bool {
            left.pairs != right.pairs ? left.pairs > right.pairs : left.error < right.error
        }
        func paired(_ i: Int, _ j: Int) -> Cell? {
            guard Self.mayMatch(truth[i - 1], found[j - 1]) else { return nil }
            let error =
                abs(truth[i - 1].start - found[j - 1].start) + abs(truth[i - 1].end - found[j - 1].end)
            return (best[i - 1][j - 1].pairs + 1, best[i - 1][j - 1].error + error)
        }
        for i in 0..<truth.count {
            for j in 0..<found.count {
                var cell = isBetter(best[i][j + 1], best[i + 1][j]) ? best[i][j + 1] : best[i + 1][j]
                if let pair = paired(i + 1, j + 1), isBetter(pair, cell) { cell = pair }
                best[i + 1][j + 1] = cell
            }
        }
        var (i, j) = (truth.count, found.count)
        while i > 0, j > 0 {
            let cell = best[i][j]
            if let pair = paired(i, j), pair == cell {
                pairs.append(Pair(truth: i - 1, found: j - 1))
                i -= 1
                j -= 1
            } else if best[i - 1][j] == cell {
                i -= 1
            } else {
                j -= 1
            }
        }
        pairs.reverse()
    }
}
