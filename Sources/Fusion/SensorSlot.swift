// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// One sensor's place in the table: all that fusion keeps of it, but its beat intervals.
struct SensorSlot {
    var state: SensorState
    var lives = Lives()
    var cadence: CadenceRule
    var track = DistanceTrack()
    var recognition = StrapRecognition()

    init(id: SensorID, owned: Bool, rank: Int, configuration: FusionConfiguration) {
        state = SensorState(id: id, owned: owned, rank: rank, configuration: configuration)
        cadence = CadenceRule(configured: configuration.cadenceConventions[id] ?? .unknown)
    }

    @inline(__always)
    mutating func hear(_ channel: Channel, at now: Int64) {
        lives.hear(channel, at: now, limits: state.limits)
    }
}

/// A ``Liveness`` for each channel. Properties rather than an array: one is changed without a copy of all.
struct Lives: BitwiseCopyable {
    private var heartRate = Liveness()
    private var interval = Liveness()
    private var speed = Liveness()
    private var cadence = Liveness()
    private var distance = Liveness()
    private var heartRatePresence = Liveness()
    private var stridePresence = Liveness()

    @inline(__always)
    subscript(_ channel: Channel) -> Liveness {
        switch channel {
        case .heartRate: heartRate
        case .interval: interval
        case .speed: speed
        case .cadence: cadence
        case .distance: distance
        case .heartRatePresence: heartRatePresence
        case .stridePresence: stridePresence
        }
    }

    @inline(__always)
    mutating func hear(_ channel: Channel, at now: Int64, limits: Liveness.Limits) {
        switch channel {
        case .heartRate: heartRate.hear(at: now, limits: limits)
        case .interval: interval.hear(at: now, limits: limits)
        case .speed: speed.hear(at: now, limits: limits)
        case .cadence: cadence.hear(at: now, limits: limits)
        case .distance: distance.hear(at: now, limits: limits)
        case .heartRatePresence: heartRatePresence.hear(at: now, limits: limits)
        case .stridePresence: stridePresence.hear(at: now, limits: limits)
        }
    }
}
