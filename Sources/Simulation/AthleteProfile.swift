// SPDX-License-Identifier: GPL-3.0-or-later

/// One athlete: what a laboratory would measure of them. Drawn by the seed, uniform in the ranges given.
package struct AthleteProfile: Equatable, Sendable {
    /// Best 5 s mean speed, m/s: 5.5...9.5.
    package var maxSpeed: Double
    /// The slowest speed that asks for the full oxygen uptake, m/s: 0.56...0.64 of ``maxSpeed``.
    package var aerobicSpeed: Double
    /// m/s: 1.2...1.8.
    package var walkSpeed: Double
    /// m/s: 0.62...0.72 of ``aerobicSpeed``, held in 2.2...3.4.
    package var jogSpeed: Double
    /// bpm, whole: 165...205.
    package var maxHeartRate: Double
    /// bpm, whole: 45...70.
    package var restingHeartRate: Double

    /// The sprint's time constant, s: 0.8...1.5.
    package var accelerationTime: Double
    /// The hardest braking, m/s²: 1.7...2.8, which takes a sprinter to a walk in 2 to 4 s.
    package var braking: Double
    /// The share of speed lost from the fifth second of a 30 s sprint to its end: 0.05...0.12.
    package var fade: Double
    /// Cadence against the mean runner's: 0.96...1.04.
    package var cadenceFactor: Double

    /// The heart rate's time constants, s, up (22...32) and down (45...75).
    package var heartRise: Double
    package var heartFall: Double
    /// The delay of the demand that the heart follows, as a time constant, s: 4...12.
    package var demandLag: Double
    /// RMSSD of the beat intervals at 60 bpm, ms: 30...65.
    package var variability: Double
    /// How long the athlete stands, hands on knees, after a sprint, s; 0 for those who walk on at once.
    package var standing: Double

    init(seed: UInt64, index: Int) {
        var random = SplitMix64(seed: seed, stream: 0x4154_484C, index: index)
        maxSpeed = random.uniform(5.5...9.5)
        aerobicSpeed = maxSpeed * random.uniform(0.56...0.64)
        walkSpeed = random.uniform(1.2...1.8)
        jogSpeed = clamped(aerobicSpeed * random.uniform(0.62...0.72), 2.2...3.4)
        maxHeartRate = random.uniform(165...205).rounded()
        restingHeartRate = random.uniform(45...70).rounded()
        accelerationTime = random.uniform(0.8...1.5)
        braking = random.uniform(1.7...2.8)
        fade = random.uniform(0.05...0.12)
        cadenceFactor = random.uniform(0.96...1.04)
        heartRise = random.uniform(22...32)
        heartFall = random.uniform(45...75)
        demandLag = random.uniform(4...12)
        variability = random.uniform(30...65)
        standing = random.chance(0.35) ? random.uniform(5...20) : 0
    }
}
