// SPDX-License-Identifier: GPL-3.0-or-later

/// One athlete going through the workout, in steps of 50 ms. Times are seconds of the recording: 0 is its first frame.
struct Body: Sendable {
    /// Seconds. Every edge of the truth lies on this grid.
    static let step = 0.05
    /// The simulation runs this long before the recording or the plan begins, so that the sensors are already counting.
    private static let settling = 12.0
    /// Recorded seconds of standing after the plan.
    private static let tail = 8.0

    let profile: AthleteProfile
    private(set) var runner: Runner
    private(set) var heart: Heart
    private(set) var record: AthleteRecord
    /// Whether the workout and the tail after it are over.
    private(set) var finished = false

    private var script: WorkoutScript
    private let planStart: Double
    private var index: Int
    private var segmentEnd: Int
    private var scriptEnded = false

    init(_ configuration: SimulatedSession.Configuration, profile: AthleteProfile, index athlete: Int) {
        self.profile = profile
        let seed = configuration.seed
        runner = Runner(profile, configuration, random: SplitMix64(seed: seed, stream: 0x4C45_4753, index: athlete))
        heart = Heart(profile, configuration, random: SplitMix64(seed: seed, stream: 0x4245_4154, index: athlete))
        script = WorkoutScript(configuration, profile, index: athlete)
        planStart = configuration.lateStart > 0 ? -configuration.lateStart : configuration.leadIn
        record = AthleteRecord(maxSpeed: profile.maxSpeed, limit: configuration.truthLimit)
        index = Self.grid(min(0, planStart) - Self.settling)
        // A group starts on one signal, each in their own time.
        var random = SplitMix64(seed: seed, stream: 0x5354_4152, index: athlete)
        segmentEnd = Self.grid(planStart + random.uniform(0.1...0.7))
        record.begin(
            .rest, at: Double(index) * Self.step, until: Double(segmentEnd) * Self.step, position: 0, effort: nil)
    }

    private static func grid(_ seconds: Double) -> Int {
        Int((seconds / step).rounded())
    }

    /// The end of the last step of time.
    var time: Double { Double(index) * Self.step }

    /// Metres, at a time within the last step.
    func position(at time: Double) -> Double {
        runner.position - runner.speed * max(0, self.time - time)
    }

    mutating func advance() {
        while index >= segmentEnd, !finished { beginSegment() }
        let start = time
        runner.advance(from: start, by: Self.step)
        heart.advance(speed: runner.speed, from: start, by: Self.step)
        index += 1
        record.advance(
            to: time, by: Self.step, speed: runner.speed, position: runner.position, heartRate: heart.rate,
            beat: heart.beat != nil)
    }

    private mutating func beginSegment() {
        guard let segment = script.next() else {
            if scriptEnded {
                finished = true
                record.finish(at: time, position: runner.position)
                return
            }
            scriptEnded = true
            segmentEnd = index + Self.grid(Self.tail)
            runner.begin(.stand, seconds: Self.tail)
            record.begin(.rest, at: time, until: time + Self.tail, position: runner.position, effort: nil)
            return
        }
        segmentEnd = max(index + 1, Self.grid(planStart + segment.end))
        let length = Double(segmentEnd - index) * Self.step
        runner.begin(segment.pace, seconds: length)
        let effort: Double?
        switch segment.pace {
        case .work(let asked): effort = asked
        case .stand, .walk, .jog: effort = nil
        case .stride:
            effort = nil
            record.stride(at: time, until: time + length)
        }
        record.begin(
            segment.activity, at: time, until: time + length, position: runner.position, effort: effort)
    }
}
