// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import Scoring

@Suite struct PlanAlignmentTests {
    /// Bouts of 30 s every 120 s, but for those left out.
    static func set(_ count: Int, without missing: Set<Int> = [], length: Double = 30) -> [PlanAlignment.Bout] {
        (0..<count).filter { !missing.contains($0) }.map { index in
            let start = 300 + 120 * Double(index)
            return PlanAlignment.Bout(start: start, end: start + length)
        }
    }

    @Test func whatWasDoneAsPlannedIsWhatWasPlanned() {
        #expect(PlanAlignment.matches(planned: Self.set(5), done: Self.set(5)) == [0, 1, 2, 3, 4])
    }

    /// The gap tells which of the inner ones is missing; of the outer ones nothing but a start tells, so the first are taken as done.
    @Test(arguments: [1, 2, 3, 4]) func theOneLeftOutIsFound(_ missing: Int) {
        var expected: [Int?] = []
        var next = 0
        for index in 0..<5 {
            expected.append(index == missing ? nil : next)
            if index != missing { next += 1 }
        }
        #expect(PlanAlignment.matches(planned: Self.set(5), done: Self.set(5, without: [missing])) == expected)
    }

    @Test func aStrideInTheWarmUpIsNoneOfThePlans() {
        let strides = [PlanAlignment.Bout(start: 200, end: 208), .init(start: 240, end: 248)]
        #expect(PlanAlignment.matches(planned: Self.set(5), done: strides + Self.set(5)) == [2, 3, 4, 5, 6])
    }

    @Test func oneMoreIsNoneOfThePlans() {
        // A short one in the middle of the third recovery.
        var done = Self.set(5)
        done.insert(.init(start: 612, end: 622), at: 3)
        #expect(PlanAlignment.matches(planned: Self.set(5), done: done) == [0, 1, 2, 4, 5])
    }

    @Test func aStrideIsNoSprintEvenWhenNothingElseWasDone() {
        #expect(PlanAlignment.matches(planned: Self.set(1), done: [.init(start: 0, end: 4)]) == [nil])
        #expect(PlanAlignment.matches(planned: Self.set(1), done: [.init(start: 0, end: 20)]) == [0])
    }

    @Test func nothingOfNothing() {
        #expect(PlanAlignment.matches(planned: [], done: Self.set(3)) == [])
        #expect(PlanAlignment.matches(planned: Self.set(3), done: []) == [nil, nil, nil])
    }

    /// The cost of an alignment, by its definition; the search over all of them is the proof that the table finds the cheapest.
    static func cost(_ matches: [Int?], _ planned: [PlanAlignment.Bout], _ done: [PlanAlignment.Bout]) -> Double {
        func mismatch(_ left: Double, _ right: Double) -> Double { 1 - max(min(left, right), 0) / max(left, right) }
        var cost = 0.0
        var last: (row: Int, column: Int)?
        for (row, column) in matches.enumerated() {
            guard let column else {
                cost += 1
                continue
            }
            cost += 2.5 * mismatch(planned[row].length, done[column].length)
            if let last {
                cost +=
                    0.5
                    * mismatch(
                        planned[row].start - planned[last.row].end, done[column].start - done[last.column].end)
            }
            last = (row, column)
        }
        return cost + Double(done.count - matches.count { $0 != nil })
    }

    static func all(_ rows: Int, _ columns: Range<Int>) -> [[Int?]] {
        guard rows > 0 else { return [[]] }
        var result = all(rows - 1, columns).map { [nil] + $0 }
        for column in columns {
            result += all(rows - 1, column + 1..<columns.upperBound).map { [column] + $0 }
        }
        return result
    }

    @Test func noAlignmentIsCheaper() {
        var generator = SeededGenerator(seed: 11)
        func bouts(_ count: Int) -> [PlanAlignment.Bout] {
            var time = 0.0
            return (0..<count).map { _ in
                time += 20 + 200 * generator.uniform()
                let start = time
                time += 5 + 60 * generator.uniform()
                return .init(start: start, end: time)
            }
        }
        for _ in 0..<60 {
            let planned = bouts(Int(generator.next() % 5))
            let done = bouts(Int(generator.next() % 6))
            let found = PlanAlignment.matches(planned: planned, done: done)
            let best = Self.all(planned.count, 0..<done.count).map { Self.cost($0, planned, done) }.min() ?? 0
            #expect(abs(Self.cost(found, planned, done) - best) < 1e-9)
        }
    }
}
