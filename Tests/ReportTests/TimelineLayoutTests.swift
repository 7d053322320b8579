// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import Report

@Suite struct TimelineLayoutTests {
    typealias Stretch = TimelineLayout.Stretch

    @Test func cellsAreEqualStretchesOfTime() {
        let layout = TimelineLayout(
            [
                Stretch(start: 0, end: 50, isWork: false), Stretch(start: 50, end: 70, isWork: true),
                Stretch(start: 70, end: 100, isWork: false),
            ], duration: 100, columns: 10)
        #expect(layout.cells == [0, 0, 0, 0, 0, 1, 1, 2, 2, 2])
        #expect(layout.rows == 1)
    }

    @Test func aShortStretchTakesACellFromItsNeighbour() {
        let layout = TimelineLayout(
            [
                Stretch(start: 0, end: 98, isWork: false), Stretch(start: 98, end: 99, isWork: false),
                Stretch(start: 99, end: 100, isWork: false),
            ], duration: 100, columns: 10)
        #expect(layout.cells == [0, 0, 0, 0, 0, 0, 0, 0, 1, 2])
    }

    @Test func aHoleStaysEmpty() {
        let layout = TimelineLayout(
            [Stretch(start: 0, end: 20, isWork: false), Stretch(start: 60, end: 80, isWork: true)],
            duration: 100, columns: 5)
        #expect(layout.cells == [0, nil, nil, 1, nil])
    }

    @Test func workThatIsTooShortForACellStartsAnotherRow() {
        let layout = TimelineLayout(
            [Stretch(start: 0, end: 95, isWork: false), Stretch(start: 95, end: 100, isWork: true)],
            duration: 100, columns: 10)
        #expect(layout.rows == 2)
        #expect(layout.cells.count == 20)
        #expect(layout.cells.last == 1)
    }

    @Test func withMoreStretchesThanCellsWorkWins() {
        let stretches = (0..<100).map {
            Stretch(start: Double($0), end: Double($0) + 1, isWork: $0 % 10 == 0)
        }
        let layout = TimelineLayout(stretches, duration: 100, columns: 10)
        #expect(layout.rows == TimelineLayout.mostRows)
        for index in stride(from: 0, to: 100, by: 10) { #expect(layout.cells.contains(index)) }
    }

    @Test func whatIsNoTimeIsLeftOut() {
        let layout = TimelineLayout(
            [
                Stretch(start: .nan, end: 5, isWork: true), Stretch(start: 0, end: .infinity, isWork: true),
                Stretch(start: 9, end: 3, isWork: true), Stretch(start: 0, end: 10, isWork: false),
            ], duration: .nan, columns: 4)
        #expect(layout.cells == [3, 3, 3, 3])
        #expect(TimelineLayout([], duration: 0, columns: 0).cells == [nil])
        let instant = TimelineLayout(
            [Stretch(start: 0, end: .leastNonzeroMagnitude, isWork: true)], duration: .leastNonzeroMagnitude, columns: 2
        )
        #expect(instant.cells == [nil, nil])
        #expect(instant.duration == 0)
    }

    /// As long as there are cells for all, nobody vanishes, and the order of time is the order of cells.
    @Test func noStretchVanishes() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            var stretches: [Stretch] = []
            var time = 0.0
            for _ in 0..<Int(random.next() % 60 + 1) {
                let length = Double(random.next() % 3000) / 10 + 0.1
                stretches.append(Stretch(start: time, end: time + length, isWork: random.next() % 2 == 0))
                time += length
            }
            let layout = TimelineLayout(stretches, duration: time, columns: 30)
            #expect(layout.cells.count == layout.rows * layout.columns)
            #expect(Set(layout.cells.compactMap { $0 }).count == stretches.count)
            let indices = layout.cells.compactMap { $0 }
            #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }
}
