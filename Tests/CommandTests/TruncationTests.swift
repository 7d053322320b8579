// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Pipeline
import Replay
import Testing

/// Every file cut at every byte, through reader and pipeline.
@Suite struct TruncationTests {
    private struct Outcome: Equatable {
        var frames = 0
        var samples = 0
        var notes: [String] = []
        var failure: String?
        var category: RecordingError.Category?
    }

    private static func outcome(_ path: String) -> Outcome {
        var outcome = Outcome()
        do throws(RecordingError) {
            var file = try RecordingFile(path: path)
            var pipeline = RecordingPipeline(athletes: [AthleteConfiguration()])
            while try file.next(
                frame: { frame, bytes in
                    outcome.frames += 1
                    pipeline.ingest(frame, bytes) { _, _ in }
                },
                sample: { sample in
                    outcome.samples += 1
                    pipeline.ingest(sample) { _, _ in }
                })
            {}
            pipeline.finish()
            outcome.notes = file.notes
            _ = pipeline.analysis(
                of: 0, kind: file.format.rawValue, records: file.recordCounts, notes: file.notes
            ).json(pretty: false)
        } catch {
            outcome.failure = error.description
            outcome.category = error.category
        }
        return outcome
    }

    @Test(arguments: SmallFile.all) func everyPrefixIsReadAsFarAsItGoes(_ small: SmallFile) throws {
        let folder = try TemporaryFolder()
        try #require(small.bytes.count > 30)
        var before = 0
        for length in 0...small.bytes.count {
            let path = try folder.file(small.name, Array(small.bytes.prefix(length)))
            let outcome = Self.outcome(path)
            if let failure = outcome.failure {
                #expect(failure.hasPrefix(path + ":"), "\(length): \(failure)")
                #expect(!failure.contains("\n"), "\(length): \(failure)")
                #expect(outcome.category == .badData, "\(length)")
            }
            if let ends = small.frameEnds {
                #expect(outcome.frames == ends.count { $0 <= length }, "\(length)")
                // What is cut inside a block is told, one way or the other.
                let lastEnd = (ends + small.otherEnds).filter { $0 <= length }.max() ?? 0
                if outcome.frames > 0, length > lastEnd {
                    let note =
                        "stopped at byte \(lastEnd): the recording ends inside a block; \(length - lastEnd) bytes dropped"
                    #expect(outcome.notes == [note])
                }
            } else {
                #expect(outcome.samples >= before, "\(length)")
                before = outcome.samples
            }
        }
        let whole = Self.outcome(try folder.file(small.name, small.bytes))
        #expect(whole.failure == nil)
        #expect(whole.notes.isEmpty)
        #expect(small.frameEnds.map { whole.frames == $0.count } ?? (whole.samples == small.samples))
    }

    @Test func nothingIsNoRecording() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("empty", [])
        #expect(Self.outcome(path).failure == "\(path): is empty")
    }
}
