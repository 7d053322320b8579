// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// A sensor-like reading without the radio: what fusion would hand to the segmenter.
package struct SimulatedSample: Equatable, Sendable, BitwiseCopyable {
    package var time: Timestamp
    /// m/s; `nil` when the recording has no footpod.
    package var speed: Double?
    /// Steps (both feet) per minute.
    package var cadence: Double?
    /// bpm; `nil` when the recording has no strap.
    package var heartRate: Double?
    /// Metres since the recording began.
    package var distance: Double?
}

/// The noise of a ``SampleStream``: standard deviations. Zero everywhere gives the true values.
package struct SampleNoise: Equatable, Sendable {
    /// Share of the speed.
    package var speed = 0.02
    /// The time constant of the sensor's smoothing of speed and cadence, s.
    package var smoothing = 0.8
    /// Share of the cadence.
    package var cadence = 0.01
    /// bpm.
    package var heartRate = 0.7
    package init() {}

    package static var none: SampleNoise {
        var noise = SampleNoise()
        noise.speed = 0
        noise.smoothing = 0
        noise.cadence = 0
        noise.heartRate = 0
        return noise
    }
}

/// One athlete's true speed, cadence and heart rate at any rate, for evaluating a segmenter without the radios.
///
/// The athlete does exactly what the same athlete does in a ``SimulatedSession`` of the same configuration.
/// ``SimulatedSession/Configuration/lossShare`` leaves samples out; ``SimulatedSession/Configuration/heartRateSpikes``
/// and `speedSpikes` put nonsense in, one sample each.
package struct SampleStream: Sendable {
    package let profile: AthleteProfile
    private let configuration: SimulatedSession.Configuration
    private let noise: SampleNoise
    private let period: Double
    private var body: Body
    private var random: SplitMix64
    private var next = 0.0
    private var count = 0.0
    private var speed = 0.0
    private var cadence = 0.0

    /// - Parameters:
    ///   - athlete: from 0; brought into the configuration's range.
    ///   - period: seconds between samples, 0.05...60.
    package init(
        _ configuration: SimulatedSession.Configuration, athlete: Int = 0, period: Double,
        noise: SampleNoise = SampleNoise()
    ) {
        let checked = configuration.checked
        let index = min(max(athlete, 0), checked.athletes - 1)
        self.configuration = checked
        self.noise = noise
        self.period = clamped(period, Body.step...60)
        profile = AthleteProfile(seed: checked.seed, index: index)
        body = Body(checked, profile: profile, index: index)
        random = SplitMix64(seed: checked.seed, stream: 0x5341_4D50, index: index)
    }

    /// What the athlete truly did so far; complete once ``run(_:)`` has returned.
    package var record: AthleteRecord { body.record }

    /// Runs to the end.
    package mutating func run(_ sink: (SimulatedSample) -> Void) {
        while !body.finished {
            body.advance()
            let share = noise.smoothing > 0 ? min(1, Body.step / noise.smoothing) : 1
            speed += (body.runner.speed - speed) * share
            cadence += (body.runner.stepRate * 60 - cadence) * share
            // Half a step of slack: sums of 0.05 are not exact.
            guard body.time >= next - Body.step / 2 else { continue }
            let time = Timestamp(seconds: next)
            count += 1
            next = count * period
            // Drawn whether the sample is lost or not, so that losses change nothing else.
            let sample = measure(at: time)
            if !random.chance(configuration.lossShare) { sink(sample) }
        }
    }

    private mutating func measure(at time: Timestamp) -> SimulatedSample {
        var speed = max(0, self.speed * (1 + noise.speed * random.normal()))
        var rate = body.heart.rate + noise.heartRate * random.normal()
        let cadence = max(0, self.cadence * (1 + noise.cadence * random.normal()))
        if random.chance(configuration.speedSpikes * period / 3600) { speed = random.uniform(11.5...15.9) }
        if random.chance(configuration.heartRateSpikes * period / 3600) { rate = random.uniform(205...240) }
        let hasPod = configuration.footpod != nil
        return SimulatedSample(
            time: configuration.startTime.advanced(bySeconds: time.seconds), speed: hasPod ? speed : nil,
            cadence: hasPod ? cadence : nil, heartRate: configuration.strap != nil ? rate : nil,
            distance: hasPod ? body.record.distance : nil)
    }
}
