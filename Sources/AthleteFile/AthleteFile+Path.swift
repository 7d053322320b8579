// SPDX-License-Identifier: GPL-3.0-or-later
package import ProcessIO
package import Scoring

extension AthleteFile {
    /// - Parameter plans: names of plans beside the built-in ones.
    /// - Throws: `.configuration`, with file, line and column, when the file is not an athlete's; what
    ///   ``WholeFile/read(_:limit:)`` throws when it cannot be read.
    package static func athlete(
        atPath path: String, plans: Set<String> = []
    ) throws(CommandFailure) -> Athlete {
        let bytes = try WholeFile.read(path, limit: largest)
        do {
            var athlete = try athlete(bytes, plans: plans)
            if let plan = athlete.plan, PlanFile.isPath(plan), !plan.hasPrefix("/") {
                athlete.plan =
                    path[..<(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)] + plan
            }
            return athlete
        } catch {
            throw CommandFailure(.configuration, "\(path):\(error)")
        }
    }
}
