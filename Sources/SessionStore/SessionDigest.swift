// SPDX-License-Identifier: GPL-3.0-or-later
import JSON
import Measurement

/// What a session's analysis says that other sessions and weeks want to know.
package struct SessionDigest: Equatable, Sendable {
    /// The folder's.
    package var name: String
    /// Seconds since 1970-01-01 00:00 UTC; `nil` for a folder that somebody named otherwise.
    package var start: Int64?
    package var athlete: String?
    /// Kilograms.
    package var mass: Double?
    /// Seconds.
    package var duration: Double?
    package var sprints = 0
    package var intervals = 0
    /// 0...100.
    package var score: Double?
    /// Edwards' training impulse.
    package var load: Double?
    /// Best 5 s mean speed, m/s, and largest 5 s mean heart rate, bpm.
    package var bestSpeed: Double?
    package var bestHeartRate: Double?
    /// What the score rests on.
    package var maxSpeed: Maximum?
    package var maxHeartRate: Maximum?

    package struct Maximum: Equatable, Sendable {
        package var value: Double
        /// `measured`, `observed` or `estimated`.
        package var basis: String
        package var origin: String?
    }

    /// - Returns: `nil` for a text that is no analysis.
    package init?(name: String, analysis text: String) {
        guard let value = JSONValue(text), value["schema"]?.text == "sprintd.analysis/1" else { return nil }
        self.name = name
        start = SessionName.start(of: name)
        let known = value["athlete"]
        athlete = known?["name"]?.text
        mass = known?["mass_kg"]?.number
        duration = value["source"]?["duration_s"]?.number
        func count(_ value: JSONValue?) -> Int { value?.number.flatMap { Int(exactly: $0) } ?? 0 }
        sprints = count(value["score"]?["sprints"])
        intervals = count(value["score"]?["intervals"])
        score = value["score"]?["value"]?.number
        load = value["load"]?["edwards_trimp"]?.number
        bestSpeed = value["best"]?["speed_5s_mps"]?.number
        bestHeartRate = value["best"]?["hr_5s_bpm"]?.number
        func maximum(_ value: JSONValue?) -> Maximum? {
            guard let number = value?["value"]?.number, let basis = value?["basis"]?.text else { return nil }
            return Maximum(value: number, basis: basis, origin: value?["origin"]?.text)
        }
        maxSpeed = maximum(known?["max_speed_mps"])
        maxHeartRate = maximum(known?["max_hr_bpm"])
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
