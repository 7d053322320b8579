// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Foundation
import Pipeline
import Simulation
import Testing

/// What is collected goes through the stages in blocks, and must come to the same as what is ingested frame by frame.
@Suite struct CollectedRecordingTests {
    private enum Way { case frameByFrame, inBlocks }

    /// - Parameter frames: of the capture, from its start.
    private static func analyses(
        _ capture: [UInt8], _ athletes: [AthleteConfiguration], _ way: Way, frames: Int = .max, finishes: Bool = true
    ) throws -> [AnalysisDocument] {
        var reader = CaptureReader()
        reader.append(capture.span)
        reader.endOfInput()
        var pipeline = RecordingPipeline(athletes: athletes)
        var taken = 0
        var step = CaptureStep.frame
        while step == .frame || step == .event, taken < frames {
            step = try reader.next(
                frame: { frame, bytes in
                    taken += 1
                    switch way {
                    case .frameByFrame: pipeline.ingest(frame, bytes) { _, _ in }
                    case .inBlocks: pipeline.collect(frame, bytes)
                    }
                }, event: { _ in })
        }
        if finishes { pipeline.finish() }
        return athletes.indices.map { pipeline.analysis(of: $0, kind: "pcapng") }
    }

    @Test(arguments: FixtureTests.all)
    func comesToTheSameAsFrameByFrame(_ fixture: FixtureTests.Fixture) throws {
        let capture = [UInt8](try Data(contentsOf: URL(filePath: fixture.path("capture.pcapng"))))
        let athletes = [AthleteConfiguration()]
        let expected = try Self.analyses(capture, athletes, .frameByFrame)
        #expect(try Self.analyses(capture, athletes, .inBlocks) == expected)
    }

    /// Who a sensor is, it tells between its values, and counts from the next one on.
    @Test(arguments: 1...6)
    func countsWhatSensorsTellOfThemselvesInItsPlace(seed: UInt64) throws {
        var configuration = try SimulatedSession.Configuration(plan: "fartlek", seed: seed)
        configuration.strap = .both
        configuration.footpod = .both
        configuration.athletes = 2
        configuration.duration = 500
        let recording = try SimulatedRecording(configuration)
        let athletes = [recording.athlete(0), recording.athlete(1), AthleteConfiguration()]
        let expected = try Self.analyses(recording.bytes, athletes, .frameByFrame)
        #expect(try Self.analyses(recording.bytes, athletes, .inBlocks) == expected)
    }

    @Test(arguments: [1, 40, 511, 512, 513, 3001])
    func leavesNothingOutThatStillWaits(frames: Int) throws {
        var configuration = try SimulatedSession.Configuration(plan: "fartlek", seed: 3)
        configuration.duration = 400
        let recording = try SimulatedRecording(configuration)
        let athletes = [recording.athlete()]
        let expected = try Self.analyses(recording.bytes, athletes, .frameByFrame, frames: frames, finishes: false)
        #expect(try Self.analyses(recording.bytes, athletes, .inBlocks, frames: frames, finishes: false) == expected)
    }
}
