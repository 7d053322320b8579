// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Scoring

@Suite struct TrainingWeekTests {
    /// Days on which there was a sprint session, and days with an easy one, counted from the week's first day as 1.
    static func week(sprints: [Int], easy: [Int] = []) -> TrainingWeek {
        TrainingWeek(
            endingWith: 7,
            sessions: sprints.map { .init(day: $0, sprints: 5) } + easy.map { .init(day: $0, sprints: 0) })
    }

    @Test func twoOrThreeAreAsAdvised() {
        #expect(Self.week(sprints: []).verdict == .light)
        #expect(Self.week(sprints: [3]).verdict == .light)
        #expect(Self.week(sprints: [3, 5]).verdict == .asAdvised)
        #expect(Self.week(sprints: [1, 3, 5]).verdict == .asAdvised)
        #expect(Self.week(sprints: [1, 3, 5, 7]).verdict == .tooMany)
    }

    @Test func onlyTheSevenDaysCount() {
        let week = Self.week(sprints: [0, 1, 7, 8])
        #expect(week.sprintSessions == 2)
        #expect(week.sessions.map(\.day) == [1, 7])
    }

    @Test func aDayWithoutASessionIsOneOfRecovery() {
        #expect(Self.week(sprints: [1, 3], easy: [3, 4]).recoveryDays == 4)
        let none = Self.week(sprints: [1, 3], easy: [2, 4, 5, 6, 7])
        #expect(none.recoveryDays == 0 && !none.hasRecovered)
    }

    @Test func anIntervalSessionIsASprintSession() {
        let week = TrainingWeek(endingWith: 7, sessions: [.init(day: 7, sprints: 0, intervals: 4)])
        #expect(week.sprintSessions == 1)
    }

    @Test func saysWhenTheNextFits() {
        #expect(Self.week(sprints: []).nextSprintDay == 7)
        // Today is done.
        #expect(Self.week(sprints: [7]).nextSprintDay == 8)
        // Three in the week: the first has to fall out of the seven days.
        #expect(Self.week(sprints: [2, 4, 6]).nextSprintDay == 9)
        // Six days in a row: one of recovery first.
        #expect(Self.week(sprints: [], easy: [1, 2, 3, 4, 5, 6]).nextSprintDay == 8)
    }

    @Test func proteinGoesByMass() {
        let range = TrainingWeek.protein(mass: 70)
        #expect(abs(range.lowerBound - 112) < 1e-9 && abs(range.upperBound - 168) < 1e-9)
    }
}
