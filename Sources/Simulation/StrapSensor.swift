// SPDX-License-Identifier: GPL-3.0-or-later

/// The electronics of a heart-rate strap: counts beats, times them, computes a rate. Both radios of a strap read the
/// same one.
struct StrapSensor: Sendable {
    /// Beats counted, without wrap. Radios send it modulo 256, plus ``countOffset``.
    private(set) var beats = 0
    let countOffset: Int
    /// The last beat and the one before, in 1/1024 s of the strap's own clock, wrapping.
    private(set) var lastTick: UInt16 = 0
    private(set) var previousTick: UInt16 = 0
    /// The intervals of the last beats, in 1/1024 s, at [beat number % 16].
    private var intervals: [UInt16] = Array(repeating: 0, count: 16)
    private(set) var spikes = 0

    private var random: SplitMix64
    private let clockRate: Double
    private let clockOffset: Int64
    private let spikesPerHour: Double
    private var pending: Double?
    /// Seconds: the smoothed interval.
    private var interval = 0.8
    private var spikeRate: Double?
    private var spikeBeats = 0
    private var spikeLosesContact = false
    private let offSkin: ClosedRange<Double>?
    private var isOffSkin = false
    private var nextNonsense = 0.0
    private var nonsense = 100.0

    init(_ configuration: SimulatedSession.Configuration, index: Int) {
        random = SplitMix64(seed: configuration.seed, stream: 0x5354_5241, index: index)
        // Crystals of such devices are good to some tens of parts in a million.
        clockRate = 1024 * (1 + random.uniform(-40...40) * 1e-6)
        clockOffset = Int64(random.integer(below: 65_536))
        countOffset = random.integer(below: 256)
        spikesPerHour = configuration.heartRateSpikes
        offSkin = configuration.offSkin
    }

    /// A beat that happens within the coming step of time.
    mutating func expect(_ time: Double) {
        pending = time
    }

    /// Takes the beat that ``expect(_:)`` announced, if it is due.
    mutating func settle(until time: Double) {
        isOffSkin = offSkin?.contains(time) ?? false
        if isOffSkin {
            pending = nil
            if time >= nextNonsense {
                nonsense = random.uniform(35...215)
                nextNonsense = time + random.uniform(1...4)
            }
            return
        }
        guard let beat = pending, beat <= time else { return }
        pending = nil
        previousTick = lastTick
        lastTick = UInt16(truncatingIfNeeded: Int64((beat * clockRate).rounded(.down)) + clockOffset)
        beats += 1
        guard beats > 1 else { return }
        let ticks = lastTick &- previousTick
        intervals[beats % 16] = ticks
        interval += (Double(ticks) / 1024 - interval) * 0.25
        spikeBeats -= 1
        if spikeBeats <= 0 {
            spikeRate = nil
            if random.chance(spikesPerHour * interval / 3600) {
                spikes += 1
                spikeBeats = 4 + random.integer(below: 14)
                spikeRate = random.uniform(205...240)
                spikeLosesContact = random.chance(0.5)
            }
        }
    }

    /// The interval that ended with a beat, in 1/1024 s; the last 15 are known.
    func interval(endingWith beat: Int) -> UInt16 {
        intervals[beat % 16]
    }

    /// bpm as the strap computes it: a mean over about five beats.
    var computedRate: UInt8 {
        let rate = isOffSkin ? nonsense : spikeRate ?? 60 / max(interval, 0.2)
        return UInt8(clamped(rate.rounded(), 1...255))
    }

    var feelsSkin: Bool { !isOffSkin && (spikeRate == nil || !spikeLosesContact) }
}
