// SPDX-License-Identifier: GPL-3.0-or-later
package import ProcessIO
package import Scoring

extension PlanFile {
    /// - Throws: `.configuration`, with file, line and column, when the file is no plan's; what ``WholeFile/read(_:limit:)``
    ///   throws when it cannot be read.
    package static func plan(atPath path: String) throws(CommandFailure) -> Plan {
        let bytes = try WholeFile.read(path, limit: largest)
        do {
            return try plan(try AthleteFile.text(bytes))
        } catch {
            throw CommandFailure(.configuration, "\(path):\(error)")
        }
    }

    /// Whether a plan is meant by its file and not by its name.
    package static func isPath(_ nameOrPath: String) -> Bool {
        nameOrPath.utf8.contains(UInt8(ascii: "/")) || nameOrPath.hasSuffix(".toml")
    }

    /// What `--plan` and an athlete's `plan` mean: a plan by its name, or a file, told by a slash or by `.toml` at its end.
    ///
    /// - Parameter status: of a name that is none.
    package static func plan(_ nameOrPath: String, _ status: ExitStatus) throws(CommandFailure) -> Plan {
        if let plan = Plan.named(nameOrPath) { return plan }
        if isPath(nameOrPath) { return try plan(atPath: nameOrPath) }
        let known = Plan.builtIn.map(\.name).joined(separator: ", ")
        throw CommandFailure(status, "there is no plan '\(nameOrPath)'; there is \(known)")
    }
}
