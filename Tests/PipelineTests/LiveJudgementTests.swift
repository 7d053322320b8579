// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Pipeline
import Scoring
import Segmentation
import Simulation
import Testing

/// What is said of a bout when it ends, against what the analysis says of it.
@Suite struct LiveJudgementTests {
    private struct Told {
        /// As the terminal is told.
        var scores: [Double: SprintScore] = [:]
        /// As the socket is told.
        var bouts: [AnalysisDocument.Sprint] = []
    }

    /// - Returns: what was told while the recording went by, and its analysis.
    private func follow(
        _ recording: SimulatedRecording, _ athlete: AthleteConfiguration
    ) throws -> (told: Told, analysis: AnalysisDocument) {
        var reader = CaptureReader()
        reader.append(recording.bytes.span)
        reader.endOfInput()
        var pipeline = RecordingPipeline(athletes: [athlete])
        var told = Told()
        var step = CaptureStep.frame
        while step == .frame || step == .event {
            step = try reader.next(
                frame: { frame, bytes in
                    var hasBegun = false
                    pipeline.ingest(frame, bytes) { _, event in
                        switch event {
                        case .fused, .phase(.becameInterval): break
                        case .phase(.began): hasBegun = true
                        case .boutEnded(_, let trace, let score): told.scores[trace.start] = score
                        }
                    }
                    if hasBegun, let bout = pipeline.endedBout(of: 0, before: 1) { told.bouts.append(bout.sprint) }
                }, event: { _ in })
        }
        pipeline.finish()
        return (told, pipeline.analysis(of: 0, kind: "pcapng"))
    }

    /// The target is the step's own, and so is what it is a share of, whatever the athlete set out to do elsewhere.
    @Test(arguments: ["30-30", "4x4"]) func aBoutIsHeldAgainstItsOwnStep(plan name: String) throws {
        let plan = try #require(Plan.named(name))
        let work = try #require(plan.work.first)
        var configuration = try SimulatedSession.Configuration(plan: name, seed: 4)
        configuration.duration = 1500
        let recording = try SimulatedRecording(configuration)
        var athlete = recording.athlete(plan: plan)
        athlete.target = 0.8
        let (told, analysis) = try follow(recording, athlete)
        let bouts = (analysis.sprints + analysis.intervals).sorted { $0.start < $1.start }
        #expect(bouts.count == recording.session.records[0].bouts.count)
        #expect(told.bouts.map(\.start) == bouts.map(\.start))
        for (live, final) in zip(told.bouts, bouts) {
            #expect(live.target == work.target)
            #expect(live.effortBasis?.rawValue == work.basis?.rawValue)
            #expect(final.target == live.target && final.effortBasis == live.effortBasis)
        }
        for bout in bouts {
            let score = try #require(told.scores[bout.start])
            #expect(score.target == bout.target && score.basis == bout.effortBasis)
        }
    }

    /// Nobody takes sprints of 30 s for an interval of 4 min.
    @Test func aBoutThatThePlanDoesNotKnowIsHeldAgainstTheUsualTarget() throws {
        let recording = try SimulatedRecording(.init(plan: "sprint-5x30-90", seed: 4))
        let plan = Plan(
            name: "x", steps: [.init(.interval, seconds: 240, target: 0.9, basis: .heartRate)], target: 0.85)
        let (told, analysis) = try follow(recording, recording.athlete(plan: plan))
        #expect(told.bouts.count == 5)
        for bout in told.bouts + analysis.sprints { #expect(bout.target == 0.85 && bout.effortBasis == .speed) }
    }
}
