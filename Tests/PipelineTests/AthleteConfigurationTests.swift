// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Scoring
import Segmentation
import Testing

@testable import Pipeline

@Suite struct AthleteConfigurationTests {
    /// Whatever a bout may be held against is known when the session begins: the usual target for those that are in no plan, each step's own, and
    /// what the athlete set out to do for the steps that have none.
    @Test func everyTargetIsKnownBeforehand() {
        var plan = Plan(
            name: "mixed",
            steps: [
                .init(.warmup, seconds: 300), .init(.sprint, seconds: 30, target: 0.9), .init(.recovery, seconds: 90),
                .init(.interval, seconds: 240, target: 0.85, basis: .heartRate), .init(.sprint, seconds: 30),
            ], target: 0.75)
        let maxima = Maxima(speed: .init(8, .measured), heartRate: .init(190, .measured))
        func shares(_ configuration: AthleteConfiguration) -> [Double] {
            let limits = configuration.traceLimits
            #expect(limits.heartRates == limits.speeds.map { $0 / 8 * 190 })
            return limits.speeds.map { $0 / 8 }
        }
        #expect(shares(AthleteConfiguration(maxima: maxima)) == [0.8])
        #expect(shares(AthleteConfiguration(maxima: maxima, plan: plan)) == [0.75, 0.85, 0.9])
        #expect(shares(AthleteConfiguration(maxima: maxima, plan: plan, target: 0.7)) == [0.7, 0.85, 0.9])
        plan.steps.removeLast()
        #expect(shares(AthleteConfiguration(maxima: maxima, plan: plan, target: 0.7)) == [0.7, 0.85, 0.9])
    }
}
