// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Pipeline
import Scoring
import Segmentation
import Simulation
import Testing

/// What is asked while a session goes on, each time against the whole analysis of that moment.
@Suite struct MiddleOfSessionTests {
    @Test(arguments: [nil, Plan.sprint5x30x90, Plan.thirtyThirty])
    func tellsWhatTheAnalysisOfTheMomentTells(plan: Plan?) throws {
        var configuration = try SimulatedSession.Configuration(plan: "fartlek", seed: 7)
        configuration.duration = 2400
        let recording = try SimulatedRecording(configuration)
        var reader = CaptureReader()
        reader.append(recording.bytes.span)
        reader.endOfInput()
        var pipeline = RecordingPipeline(athletes: [recording.athlete(plan: plan)])
        var (bouts, finals, moments) = (0, 0, 0)
        var step = CaptureStep.frame
        while step == .frame || step == .event {
            var began = 0
            step = try reader.next(
                frame: { frame, bytes in
                    pipeline.ingest(frame, bytes) { _, event in
                        if case .phase(.began) = event { began += 1 }
                    }
                }, event: { _ in })
            let measured = pipeline.measuredBouts(of: 0)
            guard began > 0 || measured.sprints + measured.intervals > finals else { continue }
            moments += 1
            finals = measured.sprints + measured.intervals
            let document = pipeline.analysis(of: 0, kind: "pcapng")

            var told = (sprints: [AnalysisDocument.Sprint](), intervals: [AnalysisDocument.Sprint]())
            pipeline.measuredBouts(of: 0) { isInterval, bout in
                if isInterval { told.intervals.append(bout) } else { told.sprints.append(bout) }
            }
            #expect(told.sprints == Array(document.sprints.prefix(measured.sprints)))
            #expect(told.intervals == Array(document.intervals.prefix(measured.intervals)))

            let latest = pipeline.latestPhases(of: 0, 3)
            #expect(latest.dropLast() == document.phases.suffix(3).dropLast())
            #expect(latest.last?.start == document.phases.last?.start)

            for back in 1..<max(began + 1, 2) {
                guard let ended = pipeline.endedBout(of: 0, before: back) else { continue }
                bouts += 1
                let list = ended.isInterval ? document.intervals : document.sprints
                let whole = try #require(list.first { $0.index == ended.sprint.index })
                #expect(whole.start == ended.sprint.start && whole.end == ended.sprint.end)
            }
        }
        #expect(moments > 20 && bouts > 5 && finals > 5)
    }
}
