// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import JSON
internal import ProcessIO
internal import Report
internal import SessionStore

struct SessionsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the sessions, oldest first.")

    @OptionGroup var state: SessionsCommand.State

    @Option(help: "A table to read, or JSON.")
    var format: AnalyzeCommand.Format = .text

    private struct Row {
        var name: String
        /// From the analysis; `nil` where there is none.
        var duration: Double?
        var sprints: Double?
        var score: Double?
        var isFinished: Bool
        /// Only where it is not finished: whether a process is at work on it.
        var isRunning: Bool

        var stateText: String { isFinished ? "finished" : isRunning ? "running" : "unfinished" }

        var date: String? {
            let digits = Array(name.prefix(16))
            guard digits.count == 16, digits[8] == "T", digits[15] == "Z" else { return nil }
            func part(_ range: Range<Int>) -> String { String(digits[range]) }
            return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(9..<11)):\(part(11..<13))"
        }
    }

    func run() throws {
        // Asked first: a session that is finished meanwhile then shows as finished.
        let isInUse = state.folders.isInUse
        let rows = try state.names([]).map { name throws(CommandFailure) in row(name, isInUse: isInUse) }
        try StandardStream.output.write(format == .json ? json(rows) : table(rows))
    }

    private func row(_ name: String, isInUse: Bool) -> Row {
        let path = state.path + "/sessions/" + name + "/" + SessionWriter.analysisName
        let text = try? String(decoding: WholeFile.read(path, limit: 64 << 20), as: UTF8.self)
        let value = text.flatMap { JSONValue($0) }
        return Row(
            name: name, duration: value?["source"]?["duration_s"]?.number, sprints: value?["score"]?["sprints"]?.number,
            score: value?["score"]?["value"]?.number, isFinished: state.folders.isFinished(name), isRunning: isInUse)
    }

    private func json(_ rows: [Row]) -> String {
        var writer = JSONWriter(pretty: true)
        writer.array { writer in
            for row in rows {
                writer.object { writer in
                    writer.key("name")
                    writer.string(row.name)
                    writer.key("date")
                    writer.string(row.date)
                    writer.key("duration_s")
                    writer.number(row.duration, decimals: 3)
                    writer.key("sprints")
                    writer.number(row.sprints, decimals: 0)
                    writer.key("score")
                    writer.number(row.score, decimals: 2)
                    writer.key("finished")
                    writer.bool(row.isFinished)
                    writer.key("state")
                    writer.string(row.stateText)
                }
            }
        }
        return writer.text + "\n"
    }

    private func table(_ rows: [Row]) -> String {
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        func whole(_ value: Double?) -> String {
            value.flatMap { Int(exactly: $0.rounded(.down)) }.map(String.init) ?? "-"
        }
        func clock(_ value: Double?) -> String {
            guard let seconds = value.flatMap({ Int(exactly: $0.rounded(.down)) }), seconds >= 0 else { return "-" }
            return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
        }
        func line(_ cells: [String], _ name: String) -> String {
            let start = cells[0] + right(cells[1], 8) + right(cells[2], 8) + right(cells[3], 6) + "  " + cells[4] + "  "
            // A session's name is what is typed next, so it is last and never cut unless the terminal would break it.
            return String((start + name).prefix(max(style.width, start.count + 20))) + "\n"
        }
        guard !rows.isEmpty else { return "" }
        var text = line(["date            ", "length", "sprints", "score", "state     "], "name")
        for row in rows {
            let date = row.date ?? "-"
            text += line(
                [
                    date + String(repeating: " ", count: max(0, 16 - date.count)), clock(row.duration),
                    whole(row.sprints), whole(row.score),
                    row.stateText + String(repeating: " ", count: max(0, 10 - row.stateText.count)),
                ], row.name)
        }
        return text
    }
}
