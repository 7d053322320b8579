// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

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

    private struct Observation: Sendable, BitwiseCopyable {
        /// Seconds.
        var age = 0.0
        var value = 0.0
    }

    static let capacity = 24
    private(set) var count = 0
    /// The observations, newest first, their ages rising from 0. Not within the value, which a call may be given a copy of.
    private var observations = [Observation](repeating: Observation(), count: capacity)
    /// The place among the ``Instants`` of the one for which ``reaches(_:odds:scale:responses:)`` was last given up.
    private var decisive = 0

    mutating func removeAll() { count = 0 }

    mutating func append(age: Double, value: Double) {
        guard count < Self.capacity else { return }
        observations[count] = Observation(age: age, value: value)
        count += 1
    }

    /// Takes the observations anew.
    ///
    /// - Parameters:
    ///   - since: what came before is left out, but for a handful of samples.
    ///   - spacing: seconds; of denser observations some are left out.
    ///   - least: what a value counts for that is less.
    mutating func observe(
        _ recent: borrowing RecentValues, at time: Timestamp, since: Timestamp?, spacing: Double,
        noLessThan least: Double
    ) {
        var target = observations.mutableSpan
        var taken = 0
        var next = 0.0
        for index in 0..<recent.count {
            if taken == Self.capacity { break }
            let entry = recent[index]
            if let since, entry.time < since, taken >= 6 { break }
            let age = time.seconds(since: entry.time)
            guard age >= next else { continue }
            next += spacing
            target[taken] = Observation(age: age, value: larger(entry.value, least))
            taken += 1
        }
        count = taken
    }

    /// What is looked for.
    struct Question: Sendable {
        /// What `after` must reach; ``rise`` more than `before` at least.
        var bound: Double
        /// Positive looks for a step up, negative for a step down.
        var rise: Double
        /// The age beyond which no step may begin.
        var oldest: Double
        /// The usual time between two observations, in seconds: the grid of instants is no finer than it is worth.
        var spacing: Double
        /// Of one observation; only the weights of the instants need it.
        var variance: Double
        /// What a step of the quickest kind has to fit better by, to be taken for one that does not reach the bound.
        var penalty = 0.0
    }

    func compare(_ question: Question, responses: borrowing StepResponses) -> Finding {
        var finding = Finding()
        let sums = Sums(self)
        var weight = 0.0
        var weighted = 0.0
        var grid = Instants(question)
        while let (age, step) = grid.next() {
            let steps = steps(at: age, question, sums, responses)
            for kind in 0..<StepResponses.kinds {
                let reaching = steps.reaching[kind]
                finding.staying = min(finding.staying, steps.staying[kind])
                if reaching < finding.reaching {
                    // What has been weighed so far counts for as much less.
                    let factor = Self.likelihood(finding.reaching - reaching, question.variance)
                    weight *= factor
                    weighted *= factor
                    finding.reaching = reaching
                    finding.before = steps.before[kind]
                    finding.after = steps.after[kind]
                }
                let likelihood = Self.likelihood(reaching - finding.reaching, question.variance) * step
                weight += likelihood
                weighted += likelihood * age
            }
        }
        finding.age = weight > 0 ? weighted / weight : 0
        return finding
    }

    /// Whether ``compare(_:responses:)`` would find a step that reaches the bound with these odds: the same comparison without its weights,
    /// given up as soon as a step that stays below fits so well that not even a perfect one could win.
    ///
    /// - Parameters:
    ///   - odds: a natural logarithm.
    ///   - scale: twice the variance of the residuals.
    mutating func reaches(
        _ question: Question, odds: Double, scale: Double, responses: borrowing StepResponses
    ) -> Bool {
        let sums = Sums(self)
        // The least of steps is none. Where the mean lies below the bound it is one that does not reach it, and the best such step fits no
        // worse: so an even pace is known for one without a look at the steps. A thousandth is more than rounding comes to.
        if question.rise > 0, sums.values < question.bound * sums.total, sums.flat < 0.999 * odds * scale {
            return false
        }
        // What gave up the question before mostly gives up this one.
        var first = Instants(question)
        for _ in 0..<decisive { _ = first.next() }
        if let (age, _) = first.next() {
            let staying = steps(at: age, question, sums, responses).staying
            if min(staying[0], staying[1], staying[2]) / scale < odds { return false }
        }
        var staying = Double.infinity
        var reaching = Double.infinity
        var grid = Instants(question)
        decisive = 0
        while let (age, _) = grid.next() {
            let steps = steps(at: age, question, sums, responses)
            for kind in 0..<StepResponses.kinds {
                staying = min(staying, steps.staying[kind])
                reaching = min(reaching, steps.reaching[kind])
            }
            // No sum of squares is below 0, and rounding keeps the order.
            if staying / scale < odds { return false }
            decisive += 1
        }
        decisive = 0
        return (staying - reaching) / scale >= odds
    }

    /// Whether the observations look like a quick step that began a while ago at most, rather than like a pace that is still being built
    /// up evenly, whatever the levels.
    ///
    /// - Parameters:
    ///   - slope: the steepest build-up, per second.
    ///   - margin: by how much better the slower of the two kinds of step has to fit.
    ///   - settled: the age, in seconds, by which a quick step has nearly reached its end.
    ///   - proof: by how much better one that began before that has to fit.
    ///   - latest: the age, in seconds, beyond which a step is an old one.
    func isStep(
        _ question: Question, slope: Double, margin: Double, settled: Double, proof: Double, latest: Double,
        responses: borrowing StepResponses
    ) -> Bool {
        let sums = Sums(self)
        let steepest = slope * StepResponses.buildUpSeconds
        var stepping = (residual: Double.infinity, age: 0.0)
        var rising = Double.infinity
        var grid = Instants(question)
        while let (age, _) = grid.next() {
            let line = line(at: age, sums, responses)
            for kind in 0..<2 where line.spread[kind] > Self.unseen {
                let residual = line.free[kind] + Double(kind) * margin
                if residual < stepping.residual { stepping = (residual, age) }
            }
            let last = StepResponses.buildUp
            guard line.spread[last] > Self.unseen else { continue }
            let excess = line.height[last] - min(max(line.height[last], 0), steepest)
            rising = min(rising, line.free[last] + excess * excess * line.spread[last] / sums.total)
        }
        let lead = stepping.age > settled ? proof : 0
        return stepping.residual + lead <= rising && stepping.age <= latest
    }

    /// A smaller spread of the response, in the units of ``Line/spread``, is one of which nothing has been seen.
    private static let unseen = 1e-4

    /// The instants at which a step may have begun, as ages in seconds; the further back, the wider apart.
    private struct Instants {
        private var age = StepFit.youngest
        private var step: Double
        private let oldest: Double

        @inline(__always)
        init(_ question: Question) {
            step = max(0.25, 0.17 * question.spacing)
            oldest = question.oldest
        }

        /// - Returns: the age, and the distance to the next.
        @inline(__always)
        mutating func next() -> (age: Double, step: Double)? {
            guard age <= oldest else { return nil }
            let current = (age, step)
            age += step
            step *= 1.08
            return current
        }
    }

    /// What all instants share.
    private struct Sums {
        var values = 0.0
        var squares = 0.0
        let total: Double

        @inline(__always)
        init(_ fit: borrowing StepFit) {
            total = Double(fit.count)
            let observed = fit.observations.span
            for index in 0..<fit.count {
                let value = observed[index].value
                values += value
                squares += value * value
            }
        }

        /// The sum of squared residuals about the mean.
        var flat: Double { squares - values * values / total }
    }

    /// Of one instant: one lane per kind of response. Where nothing of a step would have been seen yet, both sums are infinite.
    private struct Steps {
        /// Sums of squared residuals: of the best step that reaches the bound, and of the best that does not.
        var reaching: SIMD4<Double>
        var staying: SIMD4<Double>
        /// The levels of the one that reaches it.
        var before: SIMD4<Double>
        var after: SIMD4<Double>
    }

    /// Of one instant: the least-squares line of the observations over the response, and what it is made of; one lane per kind.
    private struct Line {
        var sumG: SIMD4<Double>
        var sumGG: SIMD4<Double>
        var sumGY: SIMD4<Double>
        var spread: SIMD4<Double>
        var height: SIMD4<Double>
        var before: SIMD4<Double>
        /// The sum of squared residuals.
        var free: SIMD4<Double>
    }

    @inline(__always)
    private func line(at age: Double, _ sums: Sums, _ responses: borrowing StepResponses) -> Line {
        var sumG = SIMD4<Double>.zero
        var sumGG = SIMD4<Double>.zero
        var sumGY = SIMD4<Double>.zero
        let observations = observations.span
        for index in 0..<count {
            // Older observations lie before the step.
            let observation = observations[index]
            guard observation.age < age else { break }
            let response = responses.values(at: age - observation.age)
            sumG += response
            sumGG += response * response
            sumGY += response * observation.value
        }
        let (total, sumY, sumYY) = (sums.total, sums.values, sums.squares)
        let spread = total * sumGG - sumG * sumG
        let height = (total * sumGY - sumG * sumY) / spread
        let before = (sumY - height * sumG) / total
        return Line(
            sumG: sumG, sumGG: sumGG, sumGY: sumGY, spread: spread, height: height, before: before,
            free: Self.atLeastZero(sumYY - before * sumY - height * sumGY))
    }

    @inline(__always)
    private func steps(
        at age: Double, _ question: Question, _ sums: Sums, _ responses: borrowing StepResponses
    ) -> Steps {
        let line = line(at: age, sums, responses)
        let (sumG, sumGG, sumGY, spread) = (line.sumG, line.sumGG, line.sumGY, line.spread)
        let (total, sumY, sumYY) = (sums.total, sums.values, sums.squares)
        let (before, free) = (line.before, line.free)
        let after = before + line.height
        let risen = before + question.rise
        let bound = SIMD4(repeating: question.bound)
        let up = question.rise > 0
        let limit = bound.replacing(with: risen, where: up ? risen .>= bound : risen .< bound)
        // The best step of this shape whose end is the limit itself. `total * rest` is no less than `spread`.
        let rest = total - 2 * sumG + sumGG
        let product = sumY - sumGY - limit * (sumG - sumGG)
        let square = sumYY - 2 * limit * sumGY + limit * limit * sumGG
        let bounded = Self.atLeastZero(square - product * product / rest)
        let reaches = up ? after .>= limit : after .<= limit
        let isSeen = spread .> Self.unseen
        let never = SIMD4(repeating: Double.infinity)
        let penalty = SIMD4(question.penalty, 0, 0, 0)
        return Steps(
            reaching: never.replacing(with: bounded.replacing(with: free, where: reaches), where: isSeen),
            staying: never.replacing(with: free.replacing(with: bounded, where: reaches) + penalty, where: isSeen),
            before: (product / rest).replacing(with: before, where: reaches),
            after: limit.replacing(with: after, where: reaches))
    }

    @inline(__always)
    private static func atLeastZero(_ values: SIMD4<Double>) -> SIMD4<Double> {
        SIMD4.zero.replacing(with: values, where: values .> 0)
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
