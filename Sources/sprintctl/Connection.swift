// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Measurement
internal import ProcessIO
internal import Scoring

/// Where the commands meet the pipeline: each function does one command's work, and knows nothing of terminals and
/// options.
enum Connection {
    /// - Throws: `.noInput`, `.badData` …, each message beginning with the file's name.
    static func analysis(
        ofFile path: String, athlete: Athlete?, plan: String?
    ) throws(CommandFailure) -> AnalysisDocument {
        _ = try WholeFile.read(path, limit: .max)
        throw CommandFailure(.unavailable, "\(path): analysis is not in this build")
    }

    /// A recording (pcapng) and what truly happened in it (JSON).
    static func simulation(
        _ options: SimulateCommand
    ) throws(CommandFailure) -> (recording: [UInt8], truth: String) {
        throw CommandFailure(.unavailable, "simulation is not in this build")
    }

    /// - Parameter print: takes one line, without a line end.
    static func inspect(
        file path: String, sensor: SensorID?, message: String?, print: (String) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        _ = try WholeFile.read(path, limit: .max)
        throw CommandFailure(.unavailable, "\(path): inspection is not in this build")
    }
}
