// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import Pipeline
import Scoring
import Simulation

extension Session {
    init(_ condition: Condition, seed: UInt64) throws {
        let configuration = try condition.configuration(seed: seed)
        let profile: AthleteProfile
        let record: AthleteRecord
        var subject: Subject
        switch condition.source {
        case .radio:
            var session = SimulatedSession(configuration)
            profile = session.profiles[0]
            subject = Subject(Self.athlete(profile, isKnown: condition.knowsMaxima))
            try Self.run(&session, into: &subject)
            record = session.records[0]
        case .samples(let period, let withSpeed, let smoothing):
            var noise = SampleNoise()
            noise.smoothing = smoothing
            var stream = SampleStream(configuration, period: period, noise: noise)
            profile = stream.profile
            subject = Subject(Self.athlete(profile, isKnown: condition.knowsMaxima))
            stream.run { Self.feed($0, withSpeed: withSpeed, into: &subject) }
            record = stream.record
        }
        let start = subject.start
        name = "\(condition.base / 1000)-\(seed - condition.base)"
        self.condition = condition.name
        half = seed.isMultiple(of: 2) ? .heldOut : .tuning
        aim = condition.aim
        knowsMaxima = condition.knowsMaxima
        analysis = subject.finish(kind: "pcapng")
        duration = subject.duration
        trace = subject.trace
        truth = record.bouts.enumerated().map { index, bout in
            let next = index + 1 < record.bouts.count ? record.bouts[index + 1].start : .infinity
            let peakIsItsOwn = next >= bout.end + 30
            return TrueBout(
                bout: Bout(start: bout.start - start, end: bout.end - start), externalEffort: bout.effort,
                internalEffort: peakIsItsOwn ? bout.peakHeartRate / profile.maxHeartRate : nil)
        }
        truePhases = record.phases.map { phase in
            var kind = phase.activity.rawValue
            if phase.activity.isWork { kind = Bout(start: phase.start, end: phase.end).kind.rawValue }
            return (kind, phase.start - start, phase.end - start)
        }
        strides = record.strides.map { ($0.start - start, $0.end - start) }
    }

    private static func athlete(_ profile: AthleteProfile, isKnown: Bool) -> AthleteConfiguration {
        guard isKnown else { return AthleteConfiguration() }
        return AthleteConfiguration(
            maxima: Maxima(
                speed: .init(profile.maxSpeed, .measured), heartRate: .init(profile.maxHeartRate, .measured),
                restingHeartRate: profile.restingHeartRate))
    }

    /// By way of a capture file, as a recording would come.
    private static func run(_ session: inout SimulatedSession, into subject: inout Subject) throws {
        var writer = try PcapngWriter(PcapngWriter.Section())
        var reader = CaptureReader()
        var failure: (any Error)?
        session.run { frame, bytes in
            writer.simulated(frame, bytes)
            writer.drain { reader.append($0) }
            do { try read(&reader, into: &subject) } catch { failure = failure ?? error }
        }
        reader.endOfInput()
        try read(&reader, into: &subject)
        if let failure { throw failure }
    }

    private static func read(_ reader: inout CaptureReader, into subject: inout Subject) throws {
        while true {
            switch try reader.next(frame: { subject.ingest($0, $1) }, event: { _ in }) {
            case .frame, .event: continue
            case .needsInput, .end: return
            }
        }
    }

    private static func feed(_ sample: SimulatedSample, withSpeed: Bool, into subject: inout Subject) {
        if let rate = sample.heartRate {
            subject.ingest(
                Sample(
                    time: sample.time, sensor: .file(.heartRate),
                    reading: .heartRate(HeartRateReading(beatsPerMinute: rate))))
        }
        guard let steps = sample.cadence else { return }
        subject.ingest(
            Sample(
                time: sample.time, sensor: .file(.footpod),
                reading: .stride(
                    StrideReading(
                        speed: withSpeed ? sample.speed : nil, cadence: Cadence(perMinute: steps, convention: .steps),
                        distance: withSpeed ? sample.distance : nil))))
    }
}
