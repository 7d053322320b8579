// SPDX-License-Identifier: GPL-3.0-or-later

/// A heart: its rate, and every beat.
///
/// The rate follows a demand, itself a lagged image of the effort, with first-order kinetics that are quicker up than
/// down; the two stages together put the peak some seconds after a short sprint. Sources: "Identification of heart
/// rate dynamics during treadmill exercise: comparison of first- and second-order models" (BioMed. Eng. OnLine 2021,
/// 10.1186/s12938-021-00875-7: second order fits better); Wang, Su, Celler (IEEE EMBS 2006: recovery's time constant,
/// 55 s parts the fit from the unfit); Stirling et al. (J. Nonlin. Math. Phys. 15, 2008, 426: the rate follows oxygen
/// demand). Beyond the aerobic speed a debt builds up that keeps the rate high in recovery; a slow drift adds 5 % of
/// the reserve in some hours. The amounts of both are this program's own.
///
/// Variability: the deviation of the intervals halves with every 20 bpm (Mongin et al., PLoS ONE 17(9): e0273981,
/// 2022), part breathing, part white.
struct Heart: Sendable {
    /// bpm.
    private(set) var rate: Double
    /// When the last step of time had a beat: its time in seconds.
    private(set) var beat: Double?
    /// Beats since the simulation's start.
    private(set) var beats = 0

    private let profile: AthleteProfile
    private let demandLag: Double
    private var random: SplitMix64
    /// The demand, as a share of the heart-rate reserve; above 1 for a sprint.
    private var demand = Self.standing
    private var debt = 0.0
    private var drift = 0.0
    /// No heart is steady: an Ornstein–Uhlenbeck process with a time constant of 12 s and a standard deviation of 1.
    private var wander = 0.0
    /// The part of the present interval that is over, and the part at which it ends (about 1).
    private var phase = 0.0
    private var threshold = 1.0
    /// Breathing: sine and cosine, by the two-step rotation that needs no trigonometry and keeps its amplitude.
    private var breath = 0.0
    private var breathQuadrature = 1.0

    /// The demand of standing still.
    private static let standing = 0.09
    private static let wanderStep = (2 * Body.step / 12).squareRoot()
    /// No sprint drives the heart harder than this.
    private static let hardest = 1.25

    init(_ profile: AthleteProfile, _ configuration: SimulatedSession.Configuration, random: SplitMix64) {
        self.profile = profile
        demandLag = profile.demandLag * configuration.heartLag
        self.random = random
        rate = profile.restingHeartRate + Self.standing * (profile.maxHeartRate - profile.restingHeartRate)
        phase = self.random.uniform() * 0.9
    }

    /// Share of the reserve that a steady speed (m/s) asks for: linear in speed, walking being cheaper.
    private func demand(of speed: Double) -> Double {
        let walking = Self.standing + 0.115 * speed
        let running = 0.97 * speed / profile.aerobicSpeed
        let share = clamped((speed - 1.9) / 0.4, 0...1)
        return min(walking + (running - walking) * share, Self.hardest)
    }

    mutating func advance(speed: Double, from time: Double, by step: Double) {
        demand += (demand(of: speed) - demand) * step / demandLag
        debt += (0.022 * max(0, demand - 1) - debt / 240) * step
        drift += (0.05 - drift) * step / 3600
        wander += -wander * step / 12 + Self.wanderStep * random.normal()
        let reserve = profile.maxHeartRate - profile.restingHeartRate
        let goal = profile.restingHeartRate + reserve * min(demand + min(debt, 0.35) + drift + 0.02 * wander, 1.15)
        if goal > rate {
            // The last 10 % of the reserve come ever slower; the maximum itself is never passed.
            let room = clamped((profile.maxHeartRate - rate) / (0.1 * reserve), 0...1)
            rate += (goal - rate) * room * step / profile.heartRise
        } else {
            rate += (goal - rate) * step / profile.heartFall
        }

        let turn = 6.283 * (0.25 + 0.35 * min(demand, 1)) * step
        breath += turn * breathQuadrature
        breathQuadrature -= turn * breath

        beat = nil
        let advance = rate / 60 * step
        phase += advance
        guard phase >= threshold else { return }
        let over = phase - threshold
        beat = time + clamped(1 - over / advance, 0...1) * step
        beats += 1
        phase = over
        let deviation = max(profile.variability * halved(every: 20, over: rate - 60), 1.6) / 1000
        threshold = 1 + clamped(deviation * rate / 60 * (0.55 * random.normal() + 0.8 * breath), -0.3...0.3)
    }

    /// 2^(−x/every): a shift for the whole part, and a parabola (exact at both ends, within 0.4 %) for the rest.
    private func halved(every: Double, over x: Double) -> Double {
        let exponent = clamped(-x / every, -30...8)
        let whole = exponent.rounded(.down)
        let part = exponent - whole
        let mantissa = 1 + part * (0.6565 + 0.3435 * part)
        return Double(sign: .plus, exponent: Int(whole), significand: mantissa)
    }
}
