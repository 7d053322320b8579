// SPDX-License-Identifier: GPL-3.0-or-later
internal import JSON

extension IndexedSession {
    /// Takes over what an analysis says.
    ///
    /// - Parameter json: the text of an `analysis.json`; of one that is none, nothing is taken.
    mutating func take(analysis json: String) {
        guard let analysis = JSONValue(json) else { return }
        func whole(_ value: JSONValue?) -> Int? { value?.number.flatMap { Int(exactly: $0) } }
        athlete = analysis["athlete"]?["name"]?.text
        kind = analysis["source"]?["kind"]?.text
        duration = analysis["source"]?["duration_s"]?.number
        let score = analysis["score"]
        sprints = whole(score?["sprints"])
        onTarget = whole(score?["on_target"])
        self.score = score?["value"]?.number
        plan = score?["plan"]?["name"]?.text
        compliance = score?["plan"]?["compliance"]?.number
        fade = score?["fade"]?.number
        for phase in analysis["phases"]?.elements ?? [] {
            if let more = phase["distance_m"]?.number { distance = (distance ?? 0) + more }
            topSpeed = Self.larger(topSpeed, phase["max_speed_mps"]?.number)
            peakHeartRate = Self.larger(peakHeartRate, phase["peak_hr_bpm"]?.number)
        }
        let all = analysis["sprints"]?.elements ?? []
        for sprint in all {
            bestEffort = Self.larger(bestEffort, sprint["effort"]?.number)
            bestSpeed = Self.larger(bestSpeed, sprint["mean_speed_mps"]?.number)
            effortBasis = effortBasis ?? sprint["effort_basis"]?.text
        }
        meanEffort = Self.mean(all.compactMap { $0["effort"]?.number })
        recovery30 = Self.mean(all.compactMap { $0["hr_recovery_bpm"]?["30"]?.number })
        recovery60 = Self.mean(all.compactMap { $0["hr_recovery_bpm"]?["60"]?.number })
        recovery90 = Self.mean(all.compactMap { $0["hr_recovery_bpm"]?["90"]?.number })
    }

    private static func larger(_ one: Double?, _ other: Double?) -> Double? {
        guard let one else { return other }
        return other.map { max(one, $0) } ?? one
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
