// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Analysis
import Foundation
import Measurement
import Pipeline
import Replay
import Segmentation
import TestSupport
import Testing

@Suite(.enabled(if: RealRecordings.available, "the real recordings are not here"))
struct RealRecordingTests {
    @Test func theOneFastStretchIsTheOneSprint() throws {
        let analysis = try RealRecordings.analysis("runs/intervals/tracker-2013-06-19-174449.csv")
        #expect(analysis.sprints.count == 1)
        let sprint = try #require(analysis.sprints.first)
        #expect(abs(sprint.start - 463) <= 5)
        #expect(abs(sprint.end - 507) <= 5)
        #expect(!analysis.phases.contains { $0.kind == .interval })
    }

    @Test(arguments: RealRecordings.steady) func aSteadyRunHasNoSprint(_ path: String) throws {
        let analysis = try RealRecordings.analysis(path)
        #expect(analysis.sprints.isEmpty)
        #expect(!analysis.phases.contains { $0.kind.isWork })
    }

    @Test(arguments: [
        "runs/intervals/tracker-2013-06-19-174449.csv", "runs/intervals/goldencheetah-ipbike-4x5min.csv",
        "runs/intervals/jimmykane-stamina-5-long.csv", "runs/intervals/sportslib-treadmill-stepped.csv",
        "ant/antusb2-hrm-usbmon.pcapng",
    ])
    func theFirstSecondsGiveTheDecisionsMadeInThem(_ path: String) throws {
        let whole = try RealRecordings.analysis(path)
        try #require(!whole.phases.isEmpty)
        for cut in 1...50 {
            let end = whole.source.duration * Double(cut) / 51
            let part = try RealRecordings.analysis(path, until: end)
            #expect(Decision.all(part, until: end) == Decision.all(whole, until: end), "cut at \(end) s")
            #expect(part.phases.count == Decision.all(part, until: end).count)
        }
    }

    /// Every file is opened, analysed without a complaint, and covers the time that its last row says.
    @Test func everyRunOpens() throws {
        let names = ["runs/intervals", "runs/steady"].flatMap(RealRecordings.names)
            .filter { $0.hasSuffix(".csv") && !$0.hasSuffix(".laps.csv") && !$0.hasSuffix(".rr.csv") }
        #expect(names.count == 20)
        for name in names {
            let analysis = try RealRecordings.analysis(name)
            #expect(analysis.source.duration > 600)
            #expect(!analysis.phases.isEmpty)
            #expect(analysis.quality.badFrames == 0)
            #expect(zip(analysis.phases, analysis.phases.dropFirst()).allSatisfy { $0.end == $1.start })
        }
    }

    @Test func theStrapOfTheRealCaptureIsReadWholly() throws {
        let analysis = try RealRecordings.analysis("ant/antusb2-hrm-usbmon.pcapng")
        #expect(analysis.quality.badFrames == 0)
        #expect(analysis.quality.lostMessages == 3)
        #expect(analysis.quality.gaps.count == 3)
        for gap in analysis.quality.gaps { #expect(abs(gap.end - gap.start - 0.49) < 0.02) }
        #expect(analysis.source.sensors.map(\.kind) == ["heart_rate"])
    }

    /// The capture and its text form hold the same bytes, so the decoder tells the same of both.
    @Test func theTextFormGivesTheSameEvents() throws {
        var fromCapture: [ANTEvent] = []
        var decoder = FrameDecoder()
        var file = try RecordingFile(path: RealRecordings.path("ant/antusb2-hrm-usbmon.pcapng"))
        while try file.next(
            frame: { frame, bytes in
                decoder.ingest(frame, bytes) { event in if case .ant(let told) = event { fromCapture.append(told) } }
            }, sample: { _ in })
        {}
        decoder.finish { event in if case .ant(let told) = event { fromCapture.append(told) } }

        var fromText: [ANTEvent] = []
        var ant = ANTDecoder()
        let text = try RealRecordings.text("ant/antusb2-hrm-usbmon.txt")
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            let message = bytes(words[2])
            let time = Timestamp(seconds: try #require(Double(words[0])))
            ant.receive(message.span, stick: 1, fromStick: words[1] == "<", at: time) { fromText.append($0) }
        }
        ant.finish { fromText.append($0) }

        let capture = Summary(fromCapture)
        #expect(capture == Summary(fromText))
        #expect(capture.broadcasts == 344)
        #expect(capture.lost == [1, 1, 1])
        #expect(capture.bad == 0)
        #expect(capture.rates.min() == 80 && capture.rates.max() == 111)
    }

    /// What matters of ANT events, without times: the two forms count time from different frames.
    struct Summary: Equatable {
        var messages = 0
        var broadcasts = 0
        var bad = 0
        var lost: [UInt32] = []
        var rates: [Double] = []
        var intervals: [RRInterval] = []

        init(_ events: [ANTEvent]) {
            for event in events {
                switch event {
                case .message(let message, _, _):
                    messages += 1
                    if message.id.carriesData { broadcasts += 1 }
                case .bad: bad += 1
                case .lostMessages(_, let count, _, _): lost.append(count)
                case .sample(let sample):
                    switch sample.reading {
                    case .heartRate(let reading): rates.append(reading.beatsPerMinute ?? 0)
                    case .rrInterval(let interval): intervals.append(interval)
                    case .stride, .battery: break
                    }
                case .sensorInfo: break
                }
            }
        }
    }
}

/// A decision as of a time: what the analysis of a longer recording must have in common with that of a shorter one.
struct Decision: Equatable {
    var kind: String
    var start: Double
    var decided: Double
    var evidence: String

    /// The decisions of an analysis that were made up to a time. A sprint that later became an interval counts as what it was.
    static func all(_ document: AnalysisDocument, until end: Double) -> [Decision] {
        document.phases.filter { $0.decided <= end }.map { phase in
            let wasSprint = phase.kind == .interval && (phase.becameInterval ?? 0) > end
            return Decision(
                kind: wasSprint ? "sprint" : phase.kind.rawValue, start: phase.start, decided: phase.decided,
                evidence: phase.evidence.rawValue)
        }
    }
}
