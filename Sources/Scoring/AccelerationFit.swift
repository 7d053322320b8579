// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a runner began to accelerate, by the lengths of single strides.
///
/// Before that instant the strides go at a speed v₀, after it at v₀ + (p − v₀)(1 − e^(−t/τ)) (Furusawa, Hill & Parkinson 1927, Proc. R. Soc. B
/// 102:29), with τ of 0.8 to 1.5 s (di Prampero et al. 2005, J. Exp. Biol. 208:2809) or a little slower. For each instant and each τ the two
/// speeds follow from least squares over the strides around it; the answer is the mean of all instants, weighted by their likelihood. Unlike the
/// segmenter's fit this one sees the first seconds of the sprint whole, and no sensor's smoothing.
enum AccelerationFit {
    private static let times = [0.8, 1.1, 1.5, 2]
    /// Seconds around the guess.
    private static let reach = 1.5
    private static let step = 0.1
    /// Seconds of strides before and after the guess.
    private static let before = 4.0
    private static let after = 4.0
    /// Seconds between two strides with nothing but standing between them: the age ends at 8 s.
    private static let longestStand = 10.0
    private static let fewestStrides = 5
    /// Seconds: a start that is not known better, by its standard deviation, is none.
    private static let mostDoubt = 0.5
    /// Of a stride's mean speed: 2 % of its length (Falbriard et al. 2021, Front. Sports Act. Living 3:585809, found 2 to 4 % for foot-worn
    /// sensors), and as much for an age that is told in 1/32 s.
    private static let noise = 0.03
    /// m/s: what rounding to 1/16 m makes of a stride of 0.7 s.
    private static let rounding = 0.05

    /// One stride or a few: its mean speed, and how much that counts.
    private struct Stride {
        var start: Double
        var end: Double
        var speed: Double
        var weight: Double
    }

    /// - Parameters:
    ///   - guess: the start as it was found while it happened, in seconds.
    ///   - end: of the sprint, in seconds.
    /// - Returns: seconds; `nil` where too few strides are known, or they show no start.
    static func start(near guess: Double, before end: Double, _ distances: DatedDistances) -> Double? {
        let marks = distances.marks(
            from: guess - before, to: min(end, guess + after) + 0.3, withOneBefore: longestStand)
        let strides = zip(marks, marks.dropFirst()).map { first, last in
            let speed = (last.distance - first.distance) / (last.time - first.time)
            let deviation = noise * noise * speed * speed + rounding * rounding
            return Stride(start: first.time, end: last.time, speed: speed, weight: 1 / deviation)
        }
        guard strides.count >= fewestStrides else { return nil }
        var fits: [(misfit: Double, start: Double)] = []
        let steps = Int(reach / step)
        fits.reserveCapacity((2 * steps + 1) * times.count)
        let totals = Totals(strides)
        for index in -steps...steps {
            let start = guess + Double(index) * step
            for time in times {
                if let misfit = misfit(of: strides, totals, from: start, time: time) { fits.append((misfit, start)) }
            }
        }
        guard let least = fits.lazy.map(\.misfit).min(), least < 9 * Double(strides.count) else { return nil }
        var weights = 0.0
        var sum = 0.0
        var squares = 0.0
        for fit in fits {
            let weight = likelihood(fit.misfit - least)
            let offset = fit.start - guess
            weights += weight
            sum += weight * offset
            squares += weight * offset * offset
        }
        let mean = sum / weights
        return squares / weights - mean * mean <= mostDoubt * mostDoubt ? guess + mean : nil
    }

    /// Sums over the strides that no start changes: of the weights, and of the weighted speeds and their squares.
    private struct Totals {
        var one = 0.0
        var speed = 0.0
        var energy = 0.0

        init(_ strides: [Stride]) {
            for stride in strides {
                one += stride.weight
                speed += stride.weight * stride.speed
                energy += stride.weight * stride.speed * stride.speed
            }
        }
    }

    /// - Returns: the sum of squares in standard deviations; `nil` where the strides show no acceleration there.
    private static func misfit(of strides: [Stride], _ totals: Totals, from start: Double, time: Double) -> Double? {
        var shape = 0.0
        var square = 0.0
        var product = 0.0
        var gone = lead(strides[0].start - start, time: time)
        var reached = strides[0].start
        for stride in strides {
            if stride.start != reached { gone = lead(stride.start - start, time: time) }
            let next = lead(stride.end - start, time: time)
            let share = (next - gone) / (stride.end - stride.start)
            gone = next
            reached = stride.end
            let weighted = stride.weight * share
            shape += weighted
            square += weighted * share
            product += weighted * stride.speed
        }
        let (one, speed, energy) = (totals.one, totals.speed, totals.energy)
        let determinant = one * square - shape * shape
        guard determinant > 1e-9 * one * one else { return nil }
        let rise = (one * product - shape * speed) / determinant
        let level = (speed - rise * shape) / one
        guard rise > 0, level > -0.5 else { return nil }
        return energy - level * speed - rise * product
    }

    /// Metres that a runner is ahead, t seconds after the start, for each m/s of the rise: t − τ(1 − e^(−t/τ)).
    private static func lead(_ seconds: Double, time: Double) -> Double {
        guard seconds > 0 else { return 0 }
        let place = seconds / time / tableStep
        guard place < Double(table.count - 1) else { return seconds - time }
        let index = Int(place)
        let share = place - Double(index)
        return seconds - time * (table[index] * (1 - share) + table[index + 1] * share)
    }

    private static let tableStep = 0.02
    /// 1 − e^(−x), by small steps: no exponential function is linked into the core.
    private static let table: [Double] = {
        let parts = 20
        let step = tableStep / Double(parts)
        var value = 0.0
        return (0...400).map { _ in
            defer { for _ in 0..<parts { value += (1 - value) * step / (1 + 0.5 * step) } }
            return value
        }
    }()

    /// e^(−x/2).
    private static func likelihood(_ squares: Double) -> Double {
        let place = 0.5 * squares / tableStep
        guard place < Double(table.count - 1) else { return 0 }
        let index = Int(place)
        let share = place - Double(index)
        return 1 - table[index] * (1 - share) - table[index + 1] * share
    }
}
