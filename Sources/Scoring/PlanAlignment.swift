// SPDX-License-Identifier: GPL-3.0-or-later

/// Which bout was meant to be which of the plan's, also when one was left out or added.
///
/// The cheapest alignment of the two sequences, by dynamic programming (Needleman & Wunsch 1970, J Mol Biol 48:443): a planned bout
/// left out costs 1, a bout added 1, a match 2.5 times the share by which the lengths differ, and two matches that follow each other half the share by which
/// the time between them differs from the plan's. So a bout of a fifth of its planned length is none of the plan's, and a gap as long
/// as two recoveries and a sprint says which sprint is missing.
struct PlanAlignment {
    /// Seconds, on any clock.
    struct Bout: Equatable, Sendable {
        var start: Double
        var end: Double
        var length: Double { end - start }
    }

    private static let skipCost = 1.0
    private static let lengthWeight = 2.5
    private static let gapWeight = 0.5
    /// How many may be left out, and how many added, between two matches.
    private static let reach = 12
    /// Later bouts are not looked at: nobody does so many on a plan.
    private static let mostBouts = 1000

    private struct Cell {
        var cost = Double.infinity
        /// The match before this one, as its place in the table.
        var previous: Int?
    }

    private let planned: [Bout]
    private let done: ArraySlice<Bout>
    private var cells: [Cell] = []

    /// - Returns: for each planned bout the index of what was done for it.
    /// - Parameters: both in time order.
    static func matches(planned: [Bout], done: [Bout]) -> [Int?] {
        var alignment = PlanAlignment(planned, done)
        return alignment.solve()
    }

    private init(_ planned: [Bout], _ done: [Bout]) {
        self.planned = planned
        self.done = done.prefix(Self.mostBouts)
    }

    private mutating func solve() -> [Int?] {
        let columns = done.count
        var result = [Int?](repeating: nil, count: planned.count)
        guard columns > 0, !planned.isEmpty else { return result }
        cells = [Cell](repeating: Cell(), count: planned.count * columns)
        // Nothing matched at all.
        var best = Double(planned.count + columns) * Self.skipCost
        var last: Int?
        for row in planned.indices {
            for column in 0..<columns {
                let cell = cell(row, column)
                let place = row * columns + column
                cells[place] = cell
                let rest = Double(planned.count - 1 - row + columns - 1 - column) * Self.skipCost
                if cell.cost + rest < best {
                    best = cell.cost + rest
                    last = place
                }
            }
        }
        while let place = last {
            result[place / columns] = place % columns
            last = cells[place].previous
        }
        return result
    }

    private func cell(_ row: Int, _ column: Int) -> Cell {
        let columns = done.count
        var cell = Cell(cost: Double(row + column) * Self.skipCost, previous: nil)
        for earlierRow in max(0, row - Self.reach)..<row {
            for earlier in max(0, column - Self.reach)..<column {
                let place = earlierRow * columns + earlier
                let cost =
                    cells[place].cost + Double(row - earlierRow - 1 + column - earlier - 1) * Self.skipCost
                    + Self.gapWeight
                    * Self.mismatch(
                        planned[row].start - planned[earlierRow].end, done[column].start - done[earlier].end)
                if cost < cell.cost { cell = Cell(cost: cost, previous: place) }
            }
        }
        cell.cost += Self.lengthWeight * Self.mismatch(planned[row].length, done[column].length)
        return cell
    }

    /// 0 for equals, towards 1 the more two lengths differ.
    private static func mismatch(_ left: Double, _ right: Double) -> Double {
        let longer = max(left, right)
        guard longer > 0 else { return 0 }
        return 1 - max(min(left, right), 0) / longer
    }
}
