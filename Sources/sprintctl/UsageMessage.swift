// SPDX-License-Identifier: GPL-3.0-or-later

/// A complaint of the argument parser in one line.
enum UsageMessage {
    /// - Parameter full: as the parser has it: `Error: …`, perhaps with more about the arguments in lines of their own, then `Usage: …` and
    ///   `  See 'sprintctl COMMAND --help' for more information.`
    /// - Returns: what is wrong, and where help is to be had.
    static func line(_ full: String) -> String {
        let lines = full.split(separator: "\n").map { line in
            String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let usage = lines.firstIndex { $0.hasPrefix("Usage: ") } ?? lines.endIndex
        var text = lines[..<usage].filter { !$0.hasPrefix("Help: ") && !$0.isEmpty }.joined(separator: " ")
        if text.hasPrefix("Error: ") { text = String(text.dropFirst(7)) }
        while text.hasSuffix(".") { text.removeLast() }
        let quoted = lines[usage...].first { $0.hasPrefix("See '") }?.split(separator: "'").dropFirst().first
        return "\(text) (\(quoted.map(String.init) ?? "sprintctl --help") tells more)"
    }
}
