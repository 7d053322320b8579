// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// What a session's analysis says that other sessions, weeks and lists want to know. Absent where the analysis has nothing of it.
package struct SessionDigest: Equatable, Sendable {
    /// The folder's.
    package var name: String
    /// Seconds since 1970-01-01 00:00 UTC; `nil` for a folder that somebody named otherwise.
    package var start: Int64?
    package var athlete: String?
    /// Kilograms.
    package var mass: Double?
    /// `pcapng`, `fit`, `tcx` …
    package var kind: String?
    /// Seconds.
    package var duration: Double?
    /// Metres.
    package var distance: Double?
    package var sprints = 0
    package var onTarget = 0
    package var intervals = 0
    /// Of a radio, or records of a file.
    package var frames = 0
    /// 0...100.
    package var score: Double?
    package var plan: String?
    /// 0...1.
    package var compliance: Double?
    /// Edwards' training impulse.
    package var load: Double?
    /// Best 5 s mean speed, m/s, and largest 5 s mean heart rate, bpm.
    package var bestSpeed: Double?
    package var bestHeartRate: Double?
    /// Shares of the athlete's maximum: that of the best sprint, and the mean of all.
    package var bestEffort: Double?
    package var meanEffort: Double?
    /// `speed` or `heart_rate`; of the first sprint that has one.
    package var effortBasis: String?
    /// The best mean speed of a sprint, m/s.
    package var bestSprintSpeed: Double?
    /// Beats per minute.
    package var peakHeartRate: Double?
    /// (First − last effort) / first.
    package var fade: Double?
    /// The mean fall of heart rate after the sprints, in bpm.
    package var recovery30: Double?
    package var recovery60: Double?
    package var recovery90: Double?

    /// Of which nothing is known yet.
    package init(name: String) {
        self.name = name
        start = SessionName.start(of: name)
    }

    /// - Returns: `nil` for a text that is no analysis.
    package init?(name: String, analysis text: String) {
        guard let value = JSONValue(text), value["schema"]?.text == "sprintd.analysis/1" else { return nil }
        self.init(name: name)
        athlete = value["athlete"]?["name"]?.text
        mass = value["athlete"]?["mass_kg"]?.number
        kind = value["source"]?["kind"]?.text
        duration = value["source"]?["duration_s"]?.number
        load = value["load"]?["edwards_trimp"]?.number
        bestSpeed = value["best"]?["speed_5s_mps"]?.number
        bestHeartRate = value["best"]?["hr_5s_bpm"]?.number
        let score = value["score"]
        func count(_ key: String) -> Int { score?[key]?.number.flatMap { Int(exactly: $0) } ?? 0 }
        sprints = count("sprints")
        onTarget = count("on_target")
        intervals = count("intervals")
        frames = value["quality"]?["frames"]?.number.flatMap { Int(exactly: $0) } ?? 0
        self.score = score?["value"]?.number
        plan = score?["plan"]?["name"]?.text
        compliance = score?["plan"]?["compliance"]?.number
        fade = score?["fade"]?.number
        for phase in value["phases"]?.elements ?? [] {
            if let more = phase["distance_m"]?.number { distance = (distance ?? 0) + more }
            peakHeartRate = Self.larger(peakHeartRate, phase["peak_hr_bpm"]?.number)
        }
        take(sprints: value["sprints"]?.elements ?? [])
    }

    private mutating func take(sprints all: [JSONValue]) {
        for sprint in all {
            bestEffort = Self.larger(bestEffort, sprint["effort"]?.number)
            bestSprintSpeed = Self.larger(bestSprintSpeed, sprint["mean_speed_mps"]?.number)
            effortBasis = effortBasis ?? sprint["effort_basis"]?.text
        }
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        meanEffort = mean(all.compactMap { $0["effort"]?.number })
        func recovery(_ seconds: String) -> Double? {
            mean(all.compactMap { $0["hr_recovery_bpm"]?[seconds]?.number })
        }
        recovery30 = recovery("30")
        recovery60 = recovery("60")
        recovery90 = recovery("90")
    }

    private static func larger(_ one: Double?, _ other: Double?) -> Double? {
        guard let one else { return other }
        return other.map { max(one, $0) } ?? one
    }
}

extension SessionFolders {
    /// A larger analysis is none of ours, in bytes.
    static let largestAnalysis: UInt64 = 64 << 20

    /// - Returns: `nil` for a session without an analysis, or with one that cannot be read.
    package func digest(of name: String) -> SessionDigest? {
        guard let folder = path(of: name) else { return nil }
        let bytes = try? files.readAll("\(folder)/\(SessionWriter.analysisName)", limit: Self.largestAnalysis)
        return bytes.flatMap { SessionDigest(name: name, analysis: String(decoding: $0, as: UTF8.self)) }
    }

    /// Of all finished sessions, oldest first.
    package func digests() throws(FileError) -> [SessionDigest] {
        try names().compactMap { digest(of: $0) }
    }
}

extension FileSystem {
    /// - Throws: what opening and reading throw; a file larger than `limit` bytes is refused too (EFBIG).
    func readAll(_ path: String, limit: UInt64) throws(FileError) -> [UInt8] {
        let file = try open(path)
        defer { close(file) }
        let size = try size(of: file)
        guard size <= limit else {
            throw FileError(operation: .read, path: path, number: 27, reason: "larger than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while UInt64(bytes.count) < limit {
            let count = try read(file, at: UInt64(bytes.count), into: &chunk)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }
}
