// SPDX-License-Identifier: GPL-3.0-or-later

/// A body in motion: speed, place and footfalls.
///
/// A work bout follows the mono-exponential v(t) = p (1 − e^(−t/τ)) of K. Furusawa, A. V. Hill, J. L. Parkinson ("The
/// dynamics of 'sprint' running", Proc. R. Soc. B 102, 1927), integrated step by step as dv/dt = (p − v)/τ. P. E. di
/// Prampero et al. (J. Exp. Biol. 208, 2809, 2005) measured with it 6.4 ± 0.6 m/s² at the start and a peak after about
/// 5 s; from there the plateau p falls in a straight line.
///
/// Step rate: two regimes (velocity–cadence–step-length relationship in four groups of runners, PMC8523042): up to
/// 65–70 % of maximum speed a runner lengthens the step, and has reached 3.0 ± 0.2 steps/s there; beyond it the rate
/// rises instead. The line below that point, and 1 + 0.65 v steps/s for walking (115 per minute at 1.4 m/s), are this
/// program's own fits to everyday figures.
struct Runner: Sendable {
    /// m/s.
    private(set) var speed = 0.0
    /// Metres since the simulation's start.
    private(set) var position = 0.0
    /// Steps (both feet) per second; 0 when standing.
    private(set) var stepRate = 0.0
    /// The second footfall of a pair, when the last step of time had one.
    private(set) var stride: Stride?
    /// Strides since the simulation's start.
    private(set) var strides = 0

    struct Stride: Equatable, Sendable {
        /// Seconds, on the simulation's clock.
        var time: Double
        /// Metres.
        var position: Double
    }

    private let profile: AthleteProfile
    private let wander: Double
    private let runOut: Double
    private var random: SplitMix64
    /// Footfalls, as a fraction of a stride.
    private var stridePhase = 0.0
    /// Slow and fast wandering of the pace, standard deviation 1 each.
    private var slow = 0.0
    private var fast = 0.0

    private var pace = Segment.Pace.stand
    private var elapsed = 0.0
    private var plateau = 0.0
    /// A stride's length, s, and the speed that it began from, m/s.
    private var strideSeconds = 0.0
    private var strideFloor = 0.0
    private var fadePerSecond = 0.0

    /// A runner who means to stand does so below this speed, m/s.
    private static let stopping = 0.08
    /// Below this speed, m/s, no foot is lifted.
    private static let shuffling = 0.15
    private static let fadeStart = 5.0
    private static let slowStep = (2 * Body.step / 25).squareRoot()
    private static let fastStep = (2 * Body.step / 2).squareRoot()

    init(_ profile: AthleteProfile, _ configuration: SimulatedSession.Configuration, random: SplitMix64) {
        self.profile = profile
        wander = configuration.paceWander
        runOut = configuration.runOut ?? profile.braking
        self.random = random
    }

    /// - Parameter seconds: the segment's length.
    mutating func begin(_ pace: Segment.Pace, seconds: Double) {
        self.pace = pace
        elapsed = 0
        strideSeconds = seconds
        strideFloor = speed
        guard case .work(let effort) = pace else { return }
        // A bout of a minute or more is paced: it fades little.
        let fade = profile.fade * random.uniform(0.6...1.4)
        fadePerSecond = (seconds <= 60 ? fade : fade / 2) / max(25, seconds - Self.fadeStart)
        plateau = min(effort * profile.maxSpeed / meanShape(seconds), 0.985 * profile.maxSpeed)
    }

    /// The mean speed of a bout's working part (from the third second, or a fifth of a short bout, to its end) for a
    /// plateau of 1.
    private func meanShape(_ seconds: Double) -> Double {
        let step = 0.1
        var value = 0.2
        var sum = 0.0
        var count = 0.0
        var time = 0.0
        while time < seconds {
            value += (fading(at: time) - value) * step / profile.accelerationTime
            time += step
            if time >= min(3, seconds / 5) {
                sum += value
                count += 1
            }
        }
        return count > 0 ? max(sum / count, 0.5) : 1
    }

    /// Coaches ask for strides that build up over most of their length and are eased off, not braked.
    private func stride(to peak: Double) -> Double {
        let share = elapsed / max(strideSeconds, 1)
        let low = max(strideFloor, profile.jogSpeed)
        let rising = clamped(share / 0.65, 0...1)
        let falling = clamped((1 - share) / 0.25, 0...1)
        return low + (peak - low) * min(rising, falling)
    }

    private func fading(at time: Double) -> Double {
        1 - fadePerSecond * max(0, time - Self.fadeStart)
    }

    /// - Parameters:
    ///   - time: the start of this step of time, s.
    ///   - step: its length, s.
    mutating func advance(from time: Double, by step: Double) {
        stride = nil
        elapsed += step
        // Ornstein–Uhlenbeck processes with time constants of 25 s and 2 s.
        slow += -slow * step / 25 + Self.slowStep * random.normal()
        fast += -fast * step / 2 + Self.fastStep * random.normal()

        let target: Double
        let rise: Double
        switch pace {
        case .stand:
            target = 0
            rise = 1
        case .walk(let share):
            target = profile.walkSpeed * share * (1 + 0.025 * slow + 0.015 * fast)
            rise = 0.8
        case .jog(let share):
            target = profile.jogSpeed * share * (1 + (0.02 + wander) * slow + 0.01 * fast)
            rise = 1.6
        case .work:
            target = plateau * fading(at: elapsed) * (1 + (0.004 + 0.5 * wander) * slow + 0.006 * fast)
            rise = profile.accelerationTime
        case .stride(let peak):
            target = stride(to: peak * profile.maxSpeed) * (1 + 0.01 * fast)
            rise = 0.8
        }
        let wanted = (target - speed) / (target > speed ? rise : 0.9)
        let acceleration = max(wanted, -runOut)
        let before = speed
        speed = max(0, speed + acceleration * step)
        if target == 0, speed < Self.stopping { speed = 0 }
        let from = position
        position += (before + speed) / 2 * step
        foot(from: time, by: step, place: from)
    }

    private mutating func foot(from time: Double, by step: Double, place: Double) {
        guard speed >= Self.shuffling else {
            stepRate = 0
            return
        }
        let goal = usualStepRate * (1 + 0.012 * fast)
        stepRate = stepRate == 0 ? goal : stepRate + (goal - stepRate) * min(1, step / 0.4)
        let advance = stepRate / 2 * step
        stridePhase += advance
        guard stridePhase >= 1 else { return }
        stridePhase -= 1
        strides += 1
        let share = clamped(1 - stridePhase / advance, 0...1)
        stride = Stride(time: time + share * step, position: place + share * (position - place))
    }

    /// Steps per second for the present speed.
    private var usualStepRate: Double {
        let walking = 1 + 0.65 * speed
        let inflection = 0.675 * profile.maxSpeed
        let running: Double
        if speed <= inflection {
            let share = clamped((speed - 2) / (inflection - 2), 0...1)
            running = 2.6 + 0.4 * share
        } else {
            running = 3 * (1 + 0.9 * (speed / inflection - 1))
        }
        // People change from walking to running at about 2 m/s.
        let share = clamped((speed - 1.95) / 0.2, 0...1)
        return (walking + (running - walking) * share) * profile.cadenceFactor
    }
}
