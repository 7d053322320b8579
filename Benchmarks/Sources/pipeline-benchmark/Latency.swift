// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import Capture
import Figures
import Histogram
import Measurement
import Pipeline

/// Times of one kind of event, in nanoseconds.
struct Latencies {
    private var histogram = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: 10_000_000_000, numberOfSignificantValueDigits: .three)

    mutating func record(_ nanoseconds: UInt64) { _ = histogram.record(max(1, nanoseconds)) }

    func report(_ name: String) {
        let points = [50, 90, 99, 99.9].map { percentile in
            "p\(format(percentile, percentile == 99.9 ? 1 : 0)) \(time(histogram.valueAtPercentile(percentile)))"
        }
        print("  \(name): \(points.joined(separator: ", ")), most \(time(histogram.max)), of \(histogram.totalCount)")
    }

    private func time(_ nanoseconds: UInt64) -> String {
        nanoseconds < 10_000 ? "\(nanoseconds) ns" : "\(format(Double(nanoseconds) / 1000, 1)) µs"
    }
}

/// From the call that takes a frame to the call that tells what follows from it, for 15 athletes with a strap and a footpod each:
/// 30 sensors at 4 Hz, 120 frames a second.
///
/// - Parameter seconds: of the recording that are played as fast as they happened; all of it is played at full speed.
func measureLatency(seconds: Int64) throws {
    let recording = try Recording(duration: 600, athletes: 15)
    let athletes = try pairs(of: recording)
    print("Latency from a frame to what follows, \(athletes.count) athletes, \(2 * athletes.count) sensors at 4 Hz")
    for isPaced in [true, false] {
        var pipeline = RecordingPipeline(athletes: athletes)
        var states = Latencies()
        var decisions = Latencies()
        var frames = Latencies()
        let bytes = recording.frameBytes.span
        let first = recording.frames[0].time
        let start = cthreads_now() + 10_000_000
        for index in recording.frames.indices {
            let frame = recording.frames[index]
            if isPaced {
                let elapsed = frame.time.nanoseconds(since: first)
                if elapsed > seconds * 1_000_000_000 { break }
                cthreads_sleep_until(start + UInt64(elapsed))
            }
            let taken = cthreads_now()
            pipeline.ingest(frame, bytes.extracting(recording.bytes(of: index))) { _, event in
                switch event {
                case .fused: states.record(cthreads_now() - taken)
                case .phase, .boutEnded: decisions.record(cthreads_now() - taken)
                }
            }
            frames.record(cthreads_now() - taken)
        }
        print(isPaced ? " as fast as it happened, \(seconds) s:" : " at full speed, \(recording.duration) s:")
        states.report("state (fused sample)")
        decisions.report("decision (phase, bout)")
        frames.report("the whole call")
    }
}

/// Each strap with a footpod.
private func pairs(of recording: Recording) throws -> [AthleteConfiguration] {
    var straps: [SensorID] = []
    var footpods: [SensorID] = []
    var decoder = FrameDecoder()
    let bytes = recording.frameBytes.span
    for index in recording.frames.indices {
        decoder.ingest(recording.frames[index], bytes.extracting(recording.bytes(of: index))) { (sample: Sample) in
            guard case .ant(let type, _) = sample.sensor else { return }
            if type == 120, !straps.contains(sample.sensor) { straps.append(sample.sensor) }
            if type == 124, !footpods.contains(sample.sensor) { footpods.append(sample.sensor) }
        }
    }
    return zip(straps, footpods).map { AthleteConfiguration(sensors: [$0, $1]) }
}
