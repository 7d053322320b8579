// SPDX-License-Identifier: GPL-3.0-or-later

/// How much a session asked of the heart.
package struct SessionLoad: Equatable, Sendable {
    /// Seconds in the five zones of Edwards (1993, "The Heart Rate Monitor Book"): 50, 60, 70, 80 and 90 % of maximum heart rate are the lower ends.
    package var zones = [Double](repeating: 0, count: 5)
    /// Seconds below 50 %.
    package var belowZones = 0.0
    /// Minutes in each zone times its number, 1...5 (Edwards 1993).
    package var edwards = 0.0
    /// Minutes × x × a e^(b x), x the share of heart-rate reserve; a = 0.64, b = 1.92 for men, 0.86, 1.67 for women (Banister 1991, in
    /// "Physiological Testing of the High-Performance Athlete"; Morton, Fitz-Clarke & Banister 1990, J Appl Physiol 69:1171). Summed over
    /// time rather than taken of the session's mean rate, which would hide the sprints. `nil` without sex or resting rate.
    package var banister: Double?

    /// - Returns: `nil` when no heart rate was measured.
    package init?(_ times: HeartRateTimes, maxima: Maxima, sex: Athlete.Sex?) {
        guard times.total > 0, maxima.heartRate.value > 0 else { return nil }
        let range = maxima.restingHeartRate.flatMap { resting -> (resting: Double, width: Double)? in
            let width = maxima.heartRate.value - resting
            return width > 0 ? (resting, width) : nil
        }
        var impulse = 0.0
        for (rate, seconds) in times.seconds.enumerated() where seconds > 0 {
            let share = Double(rate) / maxima.heartRate.value
            // 1e-9: 117 of 195 is 60 %, whatever the last bit of the quotient says.
            let above = share * 10 - 5 + 1e-9
            if above < 0 {
                belowZones += seconds
            } else {
                let zone = min(Int(above), 4)
                zones[zone] += seconds
                edwards += Double(zone + 1) * seconds / 60
            }
            if let range, let sex {
                let reserve = min(max((Double(rate) - range.resting) / range.width, 0), 1)
                let (a, b) = sex == .male ? (0.64, 1.92) : (0.86, 1.67)
                impulse += seconds / 60 * reserve * a * Self.exponential(b * reserve)
            }
        }
        if range != nil, sex != nil { banister = impulse }
    }

    /// e^x for 0 <= x <= 2 to the last digits: the core does not link the C library's. The series of e^(x/16), squared four times.
    static func exponential(_ x: Double) -> Double {
        let part = x / 16
        var term = 1.0
        var sum = 1.0
        for order in 1...12 {
            term *= part / Double(order)
            sum += term
        }
        for _ in 0..<4 { sum *= sum }
        return sum
    }
}
