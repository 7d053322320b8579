// SPDX-License-Identifier: GPL-3.0-or-later

/// The electronics of a footpod: measures each stride (two footfalls) as it ends.
struct FootpodSensor: Sendable {
    /// Strides counted, without wrap.
    private(set) var strides = 0
    let strideOffset: Int
    /// Metres, as this pod measures them, from an arbitrary origin.
    private(set) var distance = 0.0
    /// When `distance` was true, in seconds of the recording.
    private(set) var computed = -Double.infinity
    /// m/s, smoothed over some strides.
    private(set) var speed = 0.0
    /// One-foot strides per minute.
    private(set) var cadence = 0.0
    private(set) var spikes = 0
    /// Seconds: the pod's own clock at the recording's start.
    let clockOffset: Double

    private var random: SplitMix64
    private let calibration: Double
    private let distanceOffset: Double
    private let smoothing: Double
    private let noise: Double
    private let spikesPerHour: Double
    /// Whether this pod goes on sending its last speed when the runner stands, as many do.
    private let repeatsLastSpeed: Bool
    private var pending: Runner.Stride?
    private var last: Runner.Stride?
    private var isStill = true
    private var spikeMessages = 0
    private var spikeSpeed = 0.0

    /// Seconds without a stride after which the runner stands.
    private static let stillAfter = 2.0

    init(_ configuration: SimulatedSession.Configuration, index: Int) {
        random = SplitMix64(seed: configuration.seed, stream: 0x464F_4F54, index: index)
        calibration = 1 + random.uniform(-1...1) * configuration.calibrationError
        distanceOffset = random.uniform(0...256)
        strideOffset = random.integer(below: 256)
        clockOffset = random.uniform(0...256)
        repeatsLastSpeed = random.chance(0.4)
        smoothing = configuration.podSmoothing
        noise = configuration.strideNoise
        spikesPerHour = configuration.speedSpikes
        distance = distanceOffset
    }

    /// A stride that ends within the coming step of time.
    mutating func expect(_ stride: Runner.Stride) {
        pending = stride
    }

    mutating func settle(until time: Double) {
        if let stride = pending, stride.time <= time {
            pending = nil
            measure(stride)
        }
        if let last, time - last.time > Self.stillAfter, !isStill {
            isStill = true
            if !repeatsLastSpeed {
                speed = 0
                cadence = 0
            }
        }
    }

    /// What is wrong about a stride's length is wrong about its speed and stays in the distance: in recordings of footpods the distance is the sum
    /// of the speeds within 0.25 m, over 16 s as over 128 s.
    private mutating func measure(_ stride: Runner.Stride) {
        strides += 1
        let length = (stride.position - (last?.position ?? 0)) * calibration
        computed = stride.time
        defer {
            last = stride
            isStill = false
        }
        guard let last, !isStill, stride.time > last.time else {
            distance += length
            return
        }
        let seconds = stride.time - last.time
        let told = length * (1 + noise * random.normal())
        distance += told
        let measured = told / seconds
        // The first stride after a stand has nothing to be smoothed with.
        speed = speed == 0 ? measured : speed + smoothing * (measured - speed)
        let perMinute = 60 / seconds * (1 + 0.01 * random.normal())
        cadence = cadence == 0 ? perMinute : cadence + smoothing * (perMinute - cadence)
    }

    /// m/s as the next message says it; a spike lasts one to three messages.
    mutating func spokenSpeed(messagesPerSecond: Double) -> Double {
        if spikeMessages > 0 {
            spikeMessages -= 1
            return spikeSpeed
        }
        if spikesPerHour > 0, random.chance(spikesPerHour / 3600 / messagesPerSecond) {
            spikes += 1
            spikeMessages = random.integer(below: 3)
            spikeSpeed = random.uniform(11.5...15.9)
            return spikeSpeed
        }
        return max(0, speed)
    }

    /// Seconds since the values were computed. A pod whose runner stands computes again, to no effect.
    func latency(at time: Double) -> Double {
        isStill ? 0 : clamped(time - computed, 0...7)
    }

    var isMoving: Bool { !isStill }
}
