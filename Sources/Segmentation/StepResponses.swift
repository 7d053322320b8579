// SPDX-License-Identifier: GPL-3.0-or-later

/// How a measured speed answers a runner who changes from one pace to another: 0 before the change, 1 long after it.
///
/// Each response is a runner's own kinetics behind a sensor's. The runner: mono-exponential with τ near 1.2 s for a sprint (0.8–1.5 s in
/// team-sport and track athletes; di Prampero et al. 2005, J. Exp. Biol. 208:2809) and some seconds for a run that builds up. The
/// sensor: a footpod reports a stride (two footfalls, about 0.7 s) when it is over and averages a few of them; one message later it is
/// here. That is taken as a pure delay and a first-order lag.
///
/// Beside these steps there is a pace that is built up evenly and has not reached its end, as in the strides of a warm-up: a straight line
/// behind the same sensor.
struct StepResponses: Sendable {
    static let kinds = 3
    /// The lane of what is built up evenly.
    static let buildUp = 3
    /// Seconds after which that response is 1.
    static let buildUpSeconds = 25.5
    /// Seconds between two entries of the tables.
    private static let resolution = 0.1
    private static let length = 256

    /// One lane per kind, the last for what is built up.
    private let table: [SIMD4<Double>]

    /// - Parameters:
    ///   - times: the runner's time constants, in seconds, one per kind, quickest first.
    ///   - delay: the sensor's pure delay, in seconds.
    ///   - lag: the sensor's first-order time constant, in seconds.
    init(times: [Double], delay: Double, lag: Double) {
        var table = [SIMD4<Double>](repeating: .zero, count: Self.length)
        for kind in 0...Self.buildUp {
            let time = kind == Self.buildUp ? nil : times[min(kind, times.count - 1)]
            var body = 0.0
            var sensor = 0.0
            // Integrated by small steps: no exponential function is linked into the core.
            let parts = 20
            let step = Self.resolution / Double(parts)
            var elapsed = -delay
            for index in 0..<Self.length {
                table[index][kind] = sensor
                for _ in 0..<parts {
                    elapsed += step
                    guard elapsed > 0 else { continue }
                    body += time.map { (1 - body) * step / ($0 + 0.5 * step) } ?? step / Self.buildUpSeconds
                    sensor += (body - sensor) * step / (lag + 0.5 * step)
                }
            }
        }
        self.table = table
    }

    /// - Parameter seconds: since the change began.
    /// - Returns: the response of each kind.
    @inline(__always)
    func values(at seconds: Double) -> SIMD4<Double> {
        let place = seconds * (1 / Self.resolution)
        guard place > 0 else { return .zero }
        guard place < Double(Self.length - 1) else { return .one }
        let index = Int(place)
        let share = place - Double(index)
        return table[index] * (1 - share) + table[index + 1] * share
    }
}
