// SPDX-License-Identifier: GPL-3.0-or-later
import CSV
import Foundation
import Measurement
import Pipeline

/// The folder of real recordings, which are no part of the project: see CONTRIBUTING.md.
struct RealFolder {
    var runs: URL

    /// - Returns: `nil` when there are none.
    init?(projectRoot: URL) {
        let named = ProcessInfo.processInfo.environment["SPRINTD_REAL_RECORDINGS"].map { URL(filePath: $0) }
        runs = (named ?? projectRoot.appending(path: "../shared/real")).appending(path: "runs")
        guard FileManager.default.fileExists(atPath: runs.path) else { return nil }
    }

    /// In the order of their names, steady ones last.
    func all() throws -> [RealRun] {
        try ["intervals", "steady"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: runs.appending(path: folder).path).sorted()
                .filter { $0.hasSuffix(".csv") && !$0.hasSuffix(".laps.csv") && !$0.hasSuffix(".rr.csv") }
                .map { RealRun(path: "\(folder)/\($0.dropLast(4))") }
        }
    }
}

struct MissingLap: Error {
    var recording: String
    var lap: Int
}

extension Session {
    init(_ run: RealRun, in folder: RealFolder) throws {
        let file = folder.runs.appending(path: run.path + ".csv")
        let bytes = [UInt8](try Data(contentsOf: file))
        var reader = CSVSampleReader()
        reader.append(bytes.span)
        reader.endOfInput()
        // Of these runners no maximum is known.
        var subject = Subject(AthleteConfiguration())
        var track = SpeedTrack()
        while let sample = try reader.next() {
            if case .stride(let stride) = sample.reading, let speed = stride.speed {
                track.time.append(sample.time.seconds)
                track.speed.append(speed)
            }
            subject.ingest(sample)
        }
        let start = subject.start
        track.time = track.time.map { $0 - start }
        name = run.path
        half = .real
        knowsMaxima = false
        aim = .other
        analysis = subject.finish(kind: "csv")
        duration = subject.duration
        trace = subject.trace
        switch run.knowledge {
        case .unknown:
            condition = "real, by eye"
        case .steady:
            condition = "real, steady"
            aim = .steady
            truth = []
        case .described(let bouts):
            condition = "real, labelled"
            aim = .labelled
            truth = Self.bouts(bouts, by: track, presses: [])
        case .repetitions(let wanted):
            condition = "real, labelled"
            aim = .labelled
            let laps = try Self.laps(of: folder.runs.appending(path: run.path + ".laps.csv"))
            let rough = try wanted.map { number in
                guard let lap = laps.first(where: { $0.number == number }) else {
                    throw MissingLap(recording: run.path, lap: number)
                }
                return (start: lap.start - start, end: lap.end - start)
            }
            truth = Self.bouts(rough, by: track, presses: laps.map { $0.end - start })
        }
    }

    private static func laps(of file: URL) throws -> [(number: Int, start: Double, end: Double)] {
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count >= 3, let number = Int(cells[0]), let start = Double(cells[1]), let end = Double(cells[2])
            else { return nil }
            return (number, start, end)
        }
    }

    private static func bouts(
        _ rough: [(start: Double, end: Double)], by track: SpeedTrack, presses: [Double]
    ) -> [TrueBout] {
        func reach(_ press: Double) -> Double {
            let nearest = presses.map { abs($0 - press) }.filter { $0 > 2 }.min() ?? 60
            return min(30, nearest / 2)
        }
        return rough.map { bout in
            // An edge at the recording's very start or end is not in the speeds.
            let first = track.time.first ?? 0
            let last = track.time.last ?? 0
            let start =
                bout.start < first + 10
                ? first : track.edge(near: bout.start, rising: true, reach: reach(bout.start))
            let end = bout.end > last - 10 ? last : track.edge(near: bout.end, rising: false, reach: reach(bout.end))
            return TrueBout(bout: Bout(start: start, end: end))
        }
    }
}
