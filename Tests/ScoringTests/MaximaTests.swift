// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Scoring

@Suite struct MaximaTests {
    @Test func measuredGoesBeforeObservedAndObservedBeforeEstimated() {
        var athlete = Athlete()
        #expect(Maxima(athlete, year: 2026).speed.basis == .estimated)
        athlete.observed.speed = .init(7.5, session: "20260101T060000Z-ada")
        let observed = Maxima(athlete, year: 2026).speed
        #expect(observed == .init(7.5, .observed, origin: "20260101T060000Z-ada"))
        athlete.maxSpeed = 7.2
        #expect(Maxima(athlete, year: 2026).speed == .init(7.2, .measured))
    }

    /// 208 − 0.7 × 36 = 182.8.
    @Test func anObservedHeartRateCountsAboveTheEstimate() {
        var athlete = Athlete()
        athlete.birthYear = 1990
        athlete.observed.heartRate = .init(182, session: "a")
        #expect(abs(Maxima(athlete, year: 2026).heartRate.value - 182.8) < 1e-9)
        #expect(Maxima(athlete, year: 2026).heartRate.basis == .estimated)
        athlete.observed.heartRate = .init(184, session: "b")
        #expect(Maxima(athlete, year: 2026).heartRate == .init(184, .observed, origin: "b"))
        athlete.maxHeartRate = 181
        #expect(Maxima(athlete, year: 2026).heartRate == .init(181, .measured))
    }

    @Test func aClockThatStandsStillSaysNothingOfAge() {
        var athlete = Athlete()
        athlete.birthYear = 1990
        #expect(Maxima(athlete, year: 1970).heartRate.value == Maxima.provisional.heartRate.value)
    }

    @Test func observedMaximaOnlyRise() {
        var seen = ObservedMaxima()
        let raised = [
            seen.take(session: "a", sprints: 5, bestSpeed: 7, bestHeartRate: 180),
            seen.take(session: "b", sprints: 5, bestSpeed: 6.9, bestHeartRate: 179),
            seen.take(session: "c", sprints: 5, bestSpeed: 7.1, bestHeartRate: 170),
        ]
        #expect(raised == [true, false, true])
        #expect(seen.speed == .init(7.1, session: "c"))
        #expect(seen.heartRate == .init(180, session: "a"))
    }

    @Test func theBestOfAnEasyRunIsNobodysMaximum() {
        var seen = ObservedMaxima()
        seen.take(session: "a", sprints: 0, bestSpeed: 3.5, bestHeartRate: 150)
        #expect(seen.speed == nil)
        #expect(seen.heartRate?.value == 150)
    }

    @Test(arguments: [-1, 0, 99, 300, 1e300, .nan, .infinity]) func faultsOfSensorsAreNotObserved(_ value: Double) {
        var seen = ObservedMaxima()
        seen.take(session: "a", sprints: 1, bestSpeed: value, bestHeartRate: value)
        #expect(seen == ObservedMaxima())
    }
}
