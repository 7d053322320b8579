// SPDX-License-Identifier: GPL-3.0-or-later
internal import AthleteFile
internal import ProcessIO
internal import Scoring

enum AthleteSource {
    /// - Throws: `.configuration`, with file, line and column, when the file is not an athlete's.
    static func load(_ path: String) throws(CommandFailure) -> Athlete {
        let bytes = try WholeFile.read(path, limit: AthleteFile.largest)
        do {
            return try AthleteFile.athlete(bytes)
        } catch {
            throw CommandFailure(.configuration, "\(path):\(error)")
        }
    }
}
