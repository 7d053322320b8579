// SPDX-License-Identifier: GPL-3.0-or-later
import Simulation
import Testing

@Suite struct ConfigurationTests {
    @Test(arguments: SimulatedSession.Configuration.plans) func everyPresetIsAPlan(_ name: String) throws {
        let configuration = try SimulatedSession.Configuration(plan: name, seed: 1)
        #expect(configuration.planName == name)
    }

    @Test func sprintPlansWithOtherNumbersAreUnderstood() throws {
        let configuration = try SimulatedSession.Configuration(plan: "sprint-8x20-60", seed: 1)
        #expect(configuration.plan == .sprints(count: 8, work: 20, recovery: 60))
        #expect(configuration.plan.name == "sprint-8x20-60")
    }

    @Test(
        arguments: [
            "", "sprint", "sprint-5x30", "sprint-0x30-90", "sprint-5x4-90", "sprint-5x61-90", "sprint-5x30-9",
            "sprint-5x30-90-1", "sprint-x-", "sprint-5x30x2-90", "sprint-99999999999999999999x30-90", "jog",
        ])
    func anythingElseIsRefused(_ name: String) {
        #expect(throws: ConfigurationError.unknownPlan(name)) {
            try SimulatedSession.Configuration(plan: name, seed: 1)
        }
    }

    @Test func heartRateOnlyHasNoFootpodAndFootpodOnlyNoStrap() {
        #expect(configuration("heart-rate-only").footpod == nil)
        #expect(configuration("footpod-only").strap == nil)
    }

    @Test func nonsenseIsBroughtIntoRange() {
        let wild = configuration("fartlek") {
            $0.athletes = -3
            $0.duration = .nan
            $0.leadIn = -.infinity
            $0.lateStart = .infinity
            $0.lossShare = 7
            $0.outageEvery = .nan
            $0.outageLength = -5...1e300
            $0.heartRateSpikes = .infinity
            $0.speedSpikes = -.nan
            $0.arrivalJitter = .nan
            $0.calibrationError = 1e9
            $0.splitTransfers = .nan
        }
        var session = SimulatedSession(wild)
        #expect(session.configuration.athletes == 1)
        #expect(session.configuration.lossShare == 0.95)
        #expect(session.configuration.duration == 60)
        #expect(session.configuration.lateStart == 0)
        session.run { _, _ in }
        #expect(session.frames > 50)
        // 60 s of plan, no lead-in, 8 s of standing after it.
        #expect(abs((session.records[0].phases.last?.end ?? 0) - 68) < 1)
    }

    @Test func moreSensorsThanChannelsAreScanned() {
        let session = SimulatedSession(
            configuration {
                $0.athletes = 5
                $0.antMode = .channels
            })
        #expect(session.configuration.antMode == .scan)
    }
}
