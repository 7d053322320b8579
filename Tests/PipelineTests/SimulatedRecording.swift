// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Measurement
import Pipeline
import Scoring
import Simulation

/// A simulated session as the bytes of a capture file, and the way from there to an analysis.
struct SimulatedRecording {
    var bytes: [UInt8]
    var session: SimulatedSession

    init(_ configuration: SimulatedSession.Configuration) throws {
        var session = SimulatedSession(configuration)
        var writer = try PcapngWriter(.init(application: "test"))
        session.run { frame, bytes in writer.simulated(frame, bytes) }
        var file: [UInt8] = []
        writer.drain { pending in file = (0..<pending.count).map { pending[$0] } }
        bytes = file
        self.session = session
    }

    /// What is known of a simulated athlete who has been measured.
    func athlete(_ index: Int = 0, plan: Plan? = nil) -> AthleteConfiguration {
        let profile = session.profiles[index]
        return AthleteConfiguration(
            maxima: Maxima(
                speed: .init(profile.maxSpeed, .measured), heartRate: .init(profile.maxHeartRate, .measured),
                restingHeartRate: profile.restingHeartRate),
            sensors: session.configuration.athletes > 1 ? session.sensors(of: index).map(\.id) : [], plan: plan)
    }

    /// The analysis of the capture up to a time, in seconds.
    func analysis(_ athlete: AthleteConfiguration, until end: Double = .infinity) throws -> AnalysisDocument {
        try Self.analyze(bytes, athlete, until: end)
    }

    static func analyze(
        _ bytes: [UInt8], _ athlete: AthleteConfiguration, until end: Double = .infinity
    ) throws -> AnalysisDocument {
        var reader = CaptureReader()
        reader.append(bytes.span)
        reader.endOfInput()
        var decoder = FrameDecoder()
        var pipeline = AthletePipeline(configuration: athlete)
        var start: Timestamp?
        reading: while true {
            let step = try reader.next(
                frame: { frame, bytes in
                    start = start ?? frame.time
                    guard frame.time.seconds(since: start ?? frame.time) <= end else { return }
                    decoder.ingest(frame, bytes) { event in
                        if case .sample(let sample) = event { pipeline.ingest(sample) { _ in } }
                    }
                }, event: { _ in })
            switch step {
            case .frame, .event: continue
            case .needsInput, .end: break reading
            }
        }
        decoder.finish { _ in }
        return pipeline.analysis(of: decoder.facts(kind: "pcapng"))
    }
}
