// SPDX-License-Identifier: GPL-3.0-or-later
import Simulation

/// A kind of simulated session. Each has seeds of its own, so that adding one changes no other.
struct Condition: Sendable {
    /// How the recording is made.
    enum Source: Sendable {
        /// Frames of the sensors' radios, through the decoders. A footpod's speed comes 4 times a second on ANT+, once on Bluetooth.
        case radio
        /// Samples as of a file, so many seconds apart; without speed for a sensor that tells cadence only; smoothed
        /// with a time constant in s, as watches do.
        case samples(every: Double, withSpeed: Bool, smoothing: Double = 0.8)
    }
    /// What the thresholds of the project's aims are held against.
    enum Aim: String, CaseIterable, Sendable {
        case fourHertz = "speed at 4 Hz"
        case disturbed = "10 % drop-outs and spikes"
        case sparse = "one sample in 5 s"
        case heartRate = "heart rate only"
        case steady = "steady running"
        /// Real repetitions whose edges are known.
        case labelled = "real repetitions"
        case other = "no aim of its own"
    }

    var name: String
    /// Seeds are `base + 1` to `base + count`.
    var base: UInt64
    var count: Int
    var aim: Aim
    var plans: [String]
    var source = Source.radio
    /// Whether the pipeline is told the athlete's maxima.
    var knowsMaxima = true
    var adjust: @Sendable (inout SimulatedSession.Configuration) -> Void = { _ in }

    func configuration(seed: UInt64) throws -> SimulatedSession.Configuration {
        let index = Int(seed - base - 1)
        // Each plan comes with odd and with even seeds.
        var configuration = try SimulatedSession.Configuration(plan: plans[index / 2 % plans.count], seed: seed)
        // A stream of its own, so that what the athlete does stays what the simulator alone would make of the seed.
        var random = SplitMix64(seed: seed, stream: 0x4556_414C)
        configuration.leadIn = random.uniform(3...60)
        configuration.duration = 1800
        adjust(&configuration)
        return configuration
    }

    static let all: [Condition] = [
        Condition(name: "5 × 30/90", base: 1000, count: 14, aim: .fourHertz, plans: ["sprint-5x30-90"]),
        Condition(
            name: "other sets", base: 2000, count: 14, aim: .fourHertz,
            plans: [
                "sprint-6x10-60", "sprint-8x20-60", "sprint-4x45-120", "sprint-6x60-120", "sprint-10x15-45",
                "sprint-12x8-40", "sprint-3x30-240",
            ]),
        Condition(
            name: "below target", base: 3000, count: 8, aim: .fourHertz, plans: ["sprint-5x30-90", "sprint-6x20-60"]
        ) {
            $0.belowTargetSprints = $0.seed % 4 < 2 ? [2, 4] : [1, 2, 3, 4, 5, 6]
        },
        Condition(name: "fartlek", base: 4000, count: 10, aim: .fourHertz, plans: ["fartlek"]),
        Condition(name: "30-30", base: 5000, count: 6, aim: .fourHertz, plans: ["30-30"]),
        Condition(name: "tabata", base: 6000, count: 6, aim: .fourHertz, plans: ["tabata"]),
        Condition(name: "10-20-30", base: 7000, count: 6, aim: .fourHertz, plans: ["10-20-30"]),
        Condition(name: "4 × 4 min", base: 8000, count: 6, aim: .fourHertz, plans: ["4x4"]),
        Condition(
            name: "warm-up strides", base: 9000, count: 8, aim: .fourHertz,
            plans: ["sprint-5x30-90", "sprint-6x15-60"]
        ) {
            $0.warmUpStrides = 3 + Int($0.seed % 3)
        },
        Condition(
            name: "unknown athlete", base: 10_000, count: 8, aim: .fourHertz, plans: ["sprint-5x30-90", "fartlek"],
            knowsMaxima: false),
        Condition(
            name: "footpod only", base: 11_000, count: 6, aim: .fourHertz, plans: ["footpod-only", "fartlek"]
        ) { $0.strap = nil },
        Condition(
            name: "Bluetooth, 1 Hz", base: 12_000, count: 6, aim: .other, plans: ["sprint-5x30-90", "fartlek"]
        ) {
            $0.strap = .ble
            $0.footpod = .ble
        },
        Condition(
            name: "drop-outs, spikes", base: 13_000, count: 12, aim: .disturbed,
            plans: ["sprint-5x30-90", "fartlek", "sprint-8x20-60"]
        ) {
            $0.lossShare = 0.1
            $0.speedSpikes = 30
            $0.heartRateSpikes = 20
            $0.arrivalJitter = 0.01
        },
        Condition(
            name: "outages 8–40 s", base: 14_000, count: 4, aim: .other, plans: ["sprint-5x30-90"]
        ) { $0.outageEvery = 240 },
        Condition(
            name: "20 Hz", base: 15_000, count: 4, aim: .other, plans: ["sprint-5x30-90", "fartlek"],
            source: .samples(every: 0.05, withSpeed: true)),
        Condition(
            name: "1 Hz file", base: 16_000, count: 6, aim: .other, plans: ["sprint-5x30-90", "fartlek"],
            source: .samples(every: 1, withSpeed: true)),
        Condition(
            name: "one in 2 s", base: 17_000, count: 4, aim: .other, plans: ["sprint-5x30-90", "fartlek"],
            source: .samples(every: 2, withSpeed: true)),
        Condition(
            name: "one in 5 s", base: 18_000, count: 10, aim: .sparse, plans: ["sprint-5x30-90", "fartlek"],
            source: .samples(every: 5, withSpeed: true)),
        Condition(
            name: "one in 8 s", base: 19_000, count: 4, aim: .other, plans: ["sprint-5x30-90"],
            source: .samples(every: 8, withSpeed: true)),
        Condition(
            name: "cadence only", base: 20_000, count: 6, aim: .other, plans: ["sprint-5x30-90"],
            source: .samples(every: 1, withSpeed: false)
        ) { $0.strap = nil },
        Condition(
            name: "heart rate only", base: 21_000, count: 10, aim: .heartRate, plans: ["heart-rate-only"]
        ) { if $0.seed % 4 < 2 { $0.strap = .ble } },
        Condition(
            name: "steady", base: 22_000, count: 8, aim: .steady, plans: ["steady"]
        ) {
            $0.duration = 3600
            switch $0.seed % 10 / 2 {
            case 0, 1: $0.stopsPerHour = 12
            case 2:
                $0.lossShare = 0.1
                $0.speedSpikes = 30
                $0.heartRateSpikes = 20
            default: break
            }
        },
        Condition(
            name: "steady, hilly", base: 23_000, count: 6, aim: .steady, plans: ["steady"]
        ) {
            $0.duration = 3600
            // Among even and among odd seeds alike: 5, 6.5 and 8 %.
            $0.paceWander = 0.05 + 0.015 * Double($0.seed / 2 % 3)
            if $0.seed % 4 < 2 { $0.stopsPerHour = 6 }
        },
        Condition(
            name: "hilly", base: 24_000, count: 6, aim: .other, plans: ["sprint-5x30-90", "fartlek", "4x4"]
        ) { $0.paceWander = 0.06 },
        Condition(
            name: "slow footpod", base: 25_000, count: 4, aim: .other, plans: ["sprint-5x30-90", "fartlek"]
        ) { $0.podSmoothing = 0.25 },
        Condition(
            name: "running out", base: 26_000, count: 4, aim: .other, plans: ["sprint-5x30-90", "sprint-8x20-60"]
        ) { $0.runOut = 0.7 + 0.05 * Double($0.seed % 8) },
        Condition(
            name: "watch, 3 s smooth", base: 27_000, count: 6, aim: .other,
            plans: ["sprint-5x30-90", "fartlek", "4x4"], source: .samples(every: 1, withSpeed: true, smoothing: 3)),
        Condition(
            name: "late start, missed", base: 28_000, count: 4, aim: .fourHertz, plans: ["sprint-5x30-90"]
        ) {
            $0.lateStart = 150
            $0.missedSprints = [3]
        },
        // What is left of the errors of effort when the footpod makes none.
        Condition(
            name: "exact strides", base: 30_000, count: 6, aim: .other,
            plans: ["sprint-12x8-40", "sprint-6x10-60", "10-20-30"]
        ) { $0.strideNoise = 0 },
        Condition(
            name: "heart rate only, late", base: 29_000, count: 4, aim: .other, plans: ["heart-rate-only"]
        ) { $0.heartLag = 3 },
    ]

    /// A third of each, odd and even seeds alike.
    func quick() -> Condition {
        var copy = self
        copy.count = max(2, count / 6 * 2)
        return copy
    }
}
