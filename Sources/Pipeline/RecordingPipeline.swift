// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
package import Analysis
package import Capture
package import Measurement

/// A whole recording in, one analysis for each athlete out: what live capture, replay and `analyze` have in common.
///
/// Frames are decoded once; each athlete's pipeline takes the samples of its own sensors. A file of samples (FIT, CSV) comes in behind the
/// decoder.
package struct RecordingPipeline: Sendable {
    /// Records read and records dropped, of a file that holds samples.
    package typealias RecordCounts = (records: Int, bad: Int)

    private var decoder: FrameDecoder
    private var athletes: [AthletePipeline]
    private var firstSample: Timestamp?
    private var lastSample = Timestamp.zero
    private var samples = 0
    /// What ``collect(_:_:)`` has decoded and not passed on yet.
    private var waiting = ANTOutput()
    /// Enough that a stage is at work for much longer than it takes to fetch its code and to foresee its branches; few enough that they stay near
    /// themselves. 64 took a fifteenth longer, 256 a hundredth.
    private static let blockLength = 512

    package init(athletes: [AthleteConfiguration]) {
        decoder = FrameDecoder()
        self.athletes = athletes.map(AthletePipeline.init)
    }

    /// The first frame's or sample's time on the recording's own clock.
    package var start: Timestamp? { decoder.start ?? firstSample }

    /// Seconds from the first frame or sample to the last.
    package var duration: Double { max(decoder.duration, lastSample.seconds) }

    /// - Parameter emit: receives the athlete's place in the list, and what happened.
    package mutating func ingest(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, emit: (Int, PipelineEvent) -> Void
    ) {
        passOn()
        Self.ingest(frame, bytes, &decoder, &athletes, emit, { _, _, _ in })
    }

    /// As ``ingest(_:_:emit:)``, for those who want the analysis only: a quarter faster, because samples go on in blocks. Until ``finish()``, or
    /// until something else is ingested, some wait.
    package mutating func collect(_ frame: CapturedFrame, _ bytes: Span<UInt8>) {
        Self.collect(frame, bytes, &decoder, &athletes, &waiting)
        if waiting.samples.count >= Self.blockLength { passOn() }
    }

    /// Static, as below.
    @inline(__always)
    private static func collect(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, _ decoder: inout FrameDecoder,
        _ athletes: inout [AthletePipeline], _ waiting: inout ANTOutput
    ) {
        if decoder.collect(frame, bytes, into: &waiting) {
            if !waiting.events.isEmpty { heed(&waiting, &athletes) }
        } else {
            collectOther(frame, bytes, &decoder, &athletes, &waiting)
        }
    }

    @inline(never)
    private static func collectOther(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, _ decoder: inout FrameDecoder,
        _ athletes: inout [AthletePipeline], _ waiting: inout ANTOutput
    ) {
        decoder.ingest(
            frame, bytes, sample: { waiting.append($0) },
            identity: { sensor, identity in
                // It counts from the next sample on.
                passOn(&waiting, to: &athletes)
                for index in athletes.indices { athletes[index].identify(sensor, as: identity) }
            })
    }

    /// What sensors tell of themselves counts from the next sample on.
    @inline(never)
    private static func heed(_ waiting: inout ANTOutput, _ athletes: inout [AthletePipeline]) {
        var passed = 0
        for place in waiting.events.indices {
            let told = waiting.events[place]
            guard case .sensorInfo(let sensor, let info) = told.event else { continue }
            let identity = DeviceIdentity(sensor, info)
            for index in athletes.indices {
                athletes[index].ingest(waiting.samples.span.extracting(passed..<told.samplesBefore))
                athletes[index].identify(sensor, as: identity)
            }
            passed = told.samplesBefore
        }
        guard passed > 0 else { return waiting.removeEvents() }
        for index in athletes.indices { athletes[index].ingest(waiting.samples.span.extracting(passed...)) }
        waiting.removeAll()
    }

    private mutating func passOn() {
        if !waiting.samples.isEmpty { Self.passOn(&waiting, to: &athletes) }
    }

    private static func passOn(_ waiting: inout ANTOutput, to athletes: inout [AthletePipeline]) {
        for index in athletes.indices { athletes[index].ingest(waiting.samples.span) }
        waiting.removeAll()
    }

    /// As ``ingest(_:_:emit:)``, with each athlete's beat intervals.
    package mutating func ingest(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, emit: (Int, PipelineEvent) -> Void,
        emitInterval: (Int, Timestamp, RRInterval) -> Void
    ) {
        passOn()
        Self.ingest(frame, bytes, &decoder, &athletes, emit, emitInterval)
    }

    /// Static, because a closure over `self` could not change the athletes while the decoder is being changed.
    private static func ingest(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, _ decoder: inout FrameDecoder,
        _ athletes: inout [AthletePipeline], _ emit: (Int, PipelineEvent) -> Void,
        _ emitInterval: (Int, Timestamp, RRInterval) -> Void
    ) {
        decoder.ingest(
            frame, bytes,
            sample: { sample in
                for index in athletes.indices {
                    athletes[index].ingest(
                        sample, emit: { emit(index, $0) }, emitInterval: { emitInterval(index, $0, $1) })
                }
            },
            identity: { sensor, identity in
                for index in athletes.indices { athletes[index].identify(sensor, as: identity) }
            })
    }

    /// - Parameter sample: of a file, on the file's own clock.
    package mutating func ingest(_ sample: Sample, emit: (Int, PipelineEvent) -> Void) {
        ingest(sample, emit: emit, emitInterval: { _, _, _ in })
    }

    /// As ``ingest(_:emit:)``, with each athlete's beat intervals.
    package mutating func ingest(
        _ sample: Sample, emit: (Int, PipelineEvent) -> Void, emitInterval: (Int, Timestamp, RRInterval) -> Void
    ) {
        passOn()
        let first = firstSample ?? sample.time
        firstSample = first
        samples += 1
        var zeroed = sample
        zeroed.time = max(Timestamp(nanoseconds: sample.time.nanoseconds(since: first)), lastSample)
        lastSample = zeroed.time
        for index in athletes.indices {
            athletes[index].ingest(
                zeroed, emit: { emit(index, $0) }, emitInterval: { emitInterval(index, $0, $1) })
        }
    }

    /// As ``AthletePipeline/latestPhases(_:)``.
    package func latestPhases(of athlete: Int, _ count: Int) -> [AnalysisDocument.Phase] {
        athletes[athlete].latestPhases(count)
    }

    /// As ``AthletePipeline/measuredBouts``.
    package func measuredBouts(of athlete: Int) -> (sprints: Int, intervals: Int) { athletes[athlete].measuredBouts }

    /// As ``AthletePipeline/measuredBouts(_:)``.
    package func measuredBouts(of athlete: Int, _ body: (_ isInterval: Bool, AnalysisDocument.Sprint) -> Void) {
        athletes[athlete].measuredBouts(body)
    }

    /// As ``AthletePipeline/endedBout(before:)``.
    package func endedBout(of athlete: Int, before back: Int) -> (isInterval: Bool, sprint: AnalysisDocument.Sprint)? {
        athletes[athlete].endedBout(before: back)
    }

    /// Tells the decoders that no more will come.
    package mutating func finish() {
        passOn()
        decoder.finish { _ in }
    }

    /// - Parameters:
    ///   - athlete: the place in the list given to `init`.
    ///   - kind: the recording's format: `pcapng`, `pcap`, `btsnoop`, `fit` or `csv`.
    ///   - records: of a file that holds samples.
    ///   - notes: what the recording's reader had to say.
    ///   - droppedFrames: what the recorder says it lost.
    ///   - sensorNames: what a file calls its sensors.
    package func analysis(
        of athlete: Int, kind: String, records: RecordCounts = (0, 0), notes: [String] = [],
        droppedFrames: Int = 0, sensorNames: [SensorID: String] = [:]
    ) -> AnalysisDocument {
        guard waiting.samples.isEmpty else {
            var whole = self
            whole.passOn()
            return whole.analysis(
                of: athlete, kind: kind, records: records, notes: notes, droppedFrames: droppedFrames,
                sensorNames: sensorNames)
        }
        var facts = decoder.facts(kind: kind, notes: notes)
        facts.duration = duration
        facts.droppedFrames = droppedFrames
        if samples > 0 {
            facts.frames += records.records
            facts.badFrames += records.bad
        }
        facts.sensorNames.merge(sensorNames) { known, _ in known }
        return athletes[athlete].analysis(of: facts)
    }
}
