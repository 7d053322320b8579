// SPDX-License-Identifier: GPL-3.0-or-later

/// Fits "a level, then a step to another level" to the last observations of a signal, for many instants at which the step may have
/// begun, and compares two families of steps: those that reach a bound and those that do not.
///
/// The step is not a jump. A runner who accelerates follows v(t) = v₀ + (v₁ − v₀)(1 − e^(−t/τ)) (Furusawa, Hill & Parkinson 1927,
/// Proc. R. Soc. B 102:29) and the sensor smooths what it measures, so an observation is `before + (after − before) × response`.
/// For a given response both levels follow from linear least squares, and the family's bound on `after` from one more line of algebra.
/// What remains is the generalised likelihood ratio (Willsky & Jones 1976, IEEE Trans. Autom. Control 21:108) over instants and
/// responses.
struct StepFit: Sendable {
    /// What the comparison found.
    struct Finding: Sendable {
        /// The sum of squared residuals of the best step that reaches the bound, and of the best that does not.
        var reaching = Double.infinity
        var staying = Double.infinity
        /// Of the best step that reaches it: the levels, and the age of its beginning in seconds before the newest observation.
        var before = 0.0
        var after = 0.0
        var age = 0.0
    }

    /// The observations, newest first: ages in seconds, rising from 0, and values.
    private(set) var count = 0
    private var ages = InlineArray<24, Double>(repeating: 0)
    private var values = InlineArray<24, Double>(repeating: 0)
    static let capacity = 24

    mutating func removeAll() { count = 0 }

    mutating func append(age: Double, value: Double) {
        guard count < Self.capacity else { return }
        ages[count] = age
        values[count] = value
        count += 1
    }

    /// - Parameters:
    ///   - bound: what `after` must reach; `rise` more than `before` at least.
    ///   - rise: positive looks for a step up, negative for a step down.
    ///   - oldest: the age beyond which no step may begin.
    ///   - spacing: the usual time between two observations, in seconds: the grid of instants is no finer than it is worth.
    ///   - penalty: what a step of the quickest kind has to fit better by, to be taken for one that does not reach the bound.
    ///   - variance: of one observation; only the weights of the instants need it.
    func compare(
        bound: Double, rise: Double, oldest: Double, spacing: Double, variance: Double, penalty: Double,
        responses: borrowing StepResponses
    ) -> Finding {
        var finding = Finding()
        let up = rise > 0
        var sumY = 0.0
        var sumYY = 0.0
        for index in 0..<count {
            sumY += values[index]
            sumYY += values[index] * values[index]
        }
        let total = Double(count)
        var weight = 0.0
        var weighted = 0.0
        var age = Self.youngest
        var step = max(0.25, 0.17 * spacing)
        while age <= oldest {
            var sumsG = SIMD4<Double>.zero
            var sumsGG = SIMD4<Double>.zero
            var sumsGY = SIMD4<Double>.zero
            for index in 0..<count {
                // Older observations lie before the step.
                guard ages[index] < age else { break }
                let response = responses.values(at: age - ages[index])
                sumsG += response
                sumsGG += response * response
                sumsGY += response * values[index]
            }
            for kind in 0..<StepResponses.kinds {
                let (sumG, sumGG, sumGY) = (sumsG[kind], sumsGG[kind], sumsGY[kind])
                let spread = total * sumGG - sumG * sumG
                guard spread > 1e-4 else { continue }
                let height = (total * sumGY - sumG * sumY) / spread
                let before = (sumY - height * sumG) / total
                let after = before + height
                let free = max(0, sumYY - before * sumY - height * sumGY)
                let limit = up ? max(bound, before + rise) : min(bound, before + rise)
                // The best step of this shape whose end is the limit itself.
                let rest = total - 2 * sumG + sumGG
                let product = sumY - sumGY - limit * (sumG - sumGG)
                let square = sumYY - 2 * limit * sumGY + limit * limit * sumGG
                let bounded = rest > 1e-6 ? max(0, square - product * product / rest) : square
                let reaches = up ? after >= limit : after <= limit
                let reaching = reaches ? free : bounded
                let staying = (reaches ? bounded : free) + (kind == 0 ? penalty : 0)
                finding.staying = min(finding.staying, staying)
                if reaching < finding.reaching {
                    // What has been weighed so far counts for as much less.
                    let factor = Self.likelihood(finding.reaching - reaching, variance)
                    weight *= factor
                    weighted *= factor
                    finding.reaching = reaching
                    finding.before = reaches ? before : (rest > 1e-6 ? product / rest : before)
                    finding.after = reaches ? after : limit
                }
                let likelihood = Self.likelihood(reaching - finding.reaching, variance) * step
                weight += likelihood
                weighted += likelihood * age
            }
            age += step
            step *= 1.08
        }
        finding.age = weight > 0 ? weighted / weight : 0
        return finding
    }

    /// No step that began later than this, in seconds before the newest observation, can be seen.
    private static let youngest = 0.3

    /// e^(−excess/2variance), by (1 − x/8)^8: the C library's is not for the core, and for weights this is as good.
    private static func likelihood(_ excess: Double, _ variance: Double) -> Double {
        let base = 1 - excess / (16 * variance)
        guard base > 0 else { return 0 }
        let square = base * base
        let fourth = square * square
        return fourth * fourth
    }
}
