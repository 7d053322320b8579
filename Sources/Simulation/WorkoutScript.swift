// SPDX-License-Identifier: GPL-3.0-or-later

/// What an athlete is doing. The raw value is the spelling of `analysis.json`.
package enum Activity: String, Sendable, CaseIterable {
    case rest, warmup, sprint, interval, recovery, steady, cooldown

    package var isWork: Bool { self == .sprint || self == .interval }
}

/// A stretch of the workout with one aim.
struct Segment: Equatable, Sendable {
    enum Pace: Equatable, Sendable {
        case stand
        /// A share of the athlete's own walking speed.
        case walk(Double)
        /// A share of the athlete's own jogging speed.
        case jog(Double)
        /// A work bout. The effort is the mean speed of its working part as a share of maximum.
        case work(effort: Double)
        /// A stride: over its first two thirds up to `peak`, a share of maximum speed, then off it again.
        case stride(peak: Double)
    }
    var activity: Activity
    var pace: Pace
    /// Seconds from the plan's start; never falls.
    var end: Double
}

/// Writes an athlete's workout, segment by segment, so that a session of any length needs no more memory than a short
/// one.
///
/// Athletes act on a signal: each edge comes 0.1 to 0.7 s after the planned one.
struct WorkoutScript: Sendable {
    private let configuration: SimulatedSession.Configuration
    private let profile: AthleteProfile
    private var random: SplitMix64
    /// Planned seconds so far.
    private var planned = 0.0
    /// Segments of the present block, in reverse.
    private var waiting: [Segment] = []
    /// Blocks written: the warm-up, then one per sprint or bout.
    private var block = 0
    private var ended = false
    /// What the day allows: the mean effort of this athlete's good sprints.
    private let form: Double

    init(_ configuration: SimulatedSession.Configuration, _ profile: AthleteProfile, index: Int) {
        self.configuration = configuration
        self.profile = profile
        random = SplitMix64(seed: configuration.seed, stream: 0x5C21_9700, index: index)
        form = random.uniform(0.85...0.91)
    }

    /// - Returns: `nil` when the workout is over.
    mutating func next() -> Segment? {
        if waiting.isEmpty {
            guard !ended else { return nil }
            switch configuration.plan {
            case .sprints(let count, let work, let recovery):
                writeSprintBlock(count, Double(work), Double(recovery))
            case .steady: writeSteady()
            case .fartlek: writeFartlekBlock()
            case .thirtyThirty: writeBlock(of: 12) { $0.writeThirtyThirty() }
            case .tabata: writeBlock(of: 8) { $0.writeTabata() }
            case .tenTwentyThirty: writeBlock(of: 15) { $0.writeTenTwentyThirty() }
            case .fourByFour: writeBlock(of: 4) { $0.writeFourByFour() }
            }
            waiting.reverse()
            block += 1
        }
        return waiting.popLast()
    }

    private mutating func write(_ activity: Activity, _ pace: Segment.Pace, seconds: Double) {
        guard seconds > 0 else { return }
        planned += seconds
        waiting.append(Segment(activity: activity, pace: pace, end: planned + random.uniform(0.1...0.7)))
    }

    private mutating func writeWarmUp() {
        let walk = random.uniform(30...70)
        let ready = random.chance(0.6) ? random.uniform(12...30) : 0
        let jog = 300 - walk - ready
        write(.warmup, .walk(1.05), seconds: walk)
        write(.warmup, .jog(random.uniform(0.86...0.95)), seconds: jog / 2)
        write(.warmup, .jog(random.uniform(0.97...1.08)), seconds: jog / 2)
        for _ in 0..<configuration.warmUpStrides {
            write(.warmup, .stride(peak: random.uniform(0.75...0.9)), seconds: random.uniform(15...22))
            write(.warmup, .walk(1), seconds: random.uniform(25...50))
        }
        write(.warmup, .walk(0.9), seconds: ready)
    }

    private mutating func writeCoolDown() {
        let jog = random.chance(0.5) ? random.uniform(90...180) : 0
        write(.cooldown, .jog(random.uniform(0.8...0.9)), seconds: jog)
        write(.cooldown, .walk(random.uniform(0.92...1.02)), seconds: 300 - jog)
    }

    private mutating func writeSprintBlock(_ count: Int, _ work: Double, _ recovery: Double) {
        switch block {
        case 0: writeWarmUp()
        case 1...count:
            // Both are drawn whatever is asked for, so that a missed sprint changes only itself.
            let below = random.uniform(0.65...0.76)
            let good = max(0.83, form - 0.008 * Double(block - 1) + 0.012 * random.normal())
            let stand = min(profile.standing * random.uniform(0.7...1.2), recovery / 2)
            if configuration.missedSprints.contains(block) {
                write(.recovery, .walk(0.95), seconds: work)
            } else {
                let isBelow = configuration.allBelowTarget || configuration.belowTargetSprints.contains(block)
                write(.sprint, .work(effort: isBelow ? below : min(good, 0.93)), seconds: work)
            }
            write(.recovery, .stand, seconds: stand)
            // Out of breath at first.
            let slow = min(random.uniform(10...40), recovery - stand)
            write(.recovery, .walk(random.uniform(0.7...0.95)), seconds: slow)
            write(.recovery, .walk(random.uniform(0.9...1.03)), seconds: recovery - stand - slow)
        default:
            writeCoolDown()
            ended = true
        }
    }

    // MARK: Known workouts

    private mutating func writeBlock(of count: Int, _ repetition: (inout WorkoutScript) -> Void) {
        switch block {
        case 0: writeWarmUp()
        case 1...count: repetition(&self)
        default:
            writeCoolDown()
            ended = true
        }
    }

    private mutating func writeThirtyThirty() {
        let aerobic = profile.aerobicSpeed / profile.maxSpeed
        write(.sprint, .work(effort: aerobic * random.uniform(0.98...1.04)), seconds: 30)
        write(.recovery, .jog(0.5 * profile.aerobicSpeed / profile.jogSpeed * random.uniform(0.95...1.05)), seconds: 30)
    }

    private mutating func writeTabata() {
        // Nobody who rests 10 s repeats the first sprint.
        let effort = 0.88 - 0.012 * Double(block - 1) + 0.01 * random.normal()
        write(.sprint, .work(effort: effort), seconds: 20)
        write(.recovery, random.chance(0.5) ? .stand : .walk(0.9), seconds: 10)
    }

    private mutating func writeTenTwentyThirty() {
        let share = profile.maxSpeed / profile.jogSpeed
        write(.recovery, .jog(share * random.uniform(0.28...0.34)), seconds: 30)
        write(.recovery, .jog(share * random.uniform(0.48...0.56)), seconds: 20)
        write(.sprint, .work(effort: random.uniform(0.86...0.94)), seconds: 10)
        if block % 5 == 0, block < 15 { write(.recovery, .walk(1), seconds: 120) }
    }

    private mutating func writeFourByFour() {
        let aerobic = profile.aerobicSpeed / profile.maxSpeed
        write(.interval, .work(effort: aerobic * random.uniform(0.9...0.96)), seconds: 240)
        write(.recovery, .jog(random.uniform(0.8...0.95)), seconds: 180)
    }

    // MARK: Runs

    private mutating func writeSteady() {
        if configuration.stopsPerHour > 0 {
            let part = min(
                random.uniform(0.4...1.6) * 3600 / configuration.stopsPerHour, configuration.duration - planned)
            write(.steady, .jog(random.uniform(0.95...1.1)), seconds: part)
            ended = planned >= configuration.duration - 1
            if !ended { write(.rest, .stand, seconds: random.uniform(8...60)) }
            return
        }
        let part = min(random.uniform(240...600), configuration.duration - planned)
        write(.steady, .jog(random.uniform(0.98...1.08)), seconds: part)
        ended = planned >= configuration.duration - 1
    }

    private mutating func writeFartlekBlock() {
        // A session below 15 min has a warm-up and a cool-down of a fifth each.
        let edge = min(300, configuration.duration / 5)
        if block == 0 {
            write(.warmup, .walk(1.05), seconds: edge / 5)
            write(.warmup, .jog(0.95), seconds: edge * 4 / 5)
            return
        }
        let work = random.uniform(15...180)
        let rest = random.uniform(25...150)
        if planned + work + rest > configuration.duration - edge {
            let rest = configuration.duration - planned
            write(.cooldown, .jog(0.85), seconds: rest - edge / 2)
            write(.cooldown, .walk(1), seconds: edge / 2)
            ended = true
            return
        }
        // The longer the bout, the slower, towards the speed that can be kept for long: 0.88 of maximum at 15 s, 0.67
        // at 60 s, 0.58 at 180 s. The hyperbola is that of the critical-speed model.
        let hardest = 0.53 + 10.5 / (work + 15)
        let effort = hardest * random.uniform(0.95...1.02)
        write(work <= 60 ? .sprint : .interval, .work(effort: effort), seconds: work)
        let walks = random.chance(0.5)
        write(.recovery, walks ? .walk(1) : .jog(random.uniform(0.72...0.85)), seconds: rest)
    }
}
