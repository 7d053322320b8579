// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import JSON
internal import Measurement
internal import ProcessIO
internal import Report
internal import SessionIndex
internal import SessionStore

struct SessionsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the sessions, oldest first.")

    @OptionGroup var state: SessionsCommand.State

    @Option(help: "A table to read, or JSON.")
    var format: AnalyzeCommand.Format = .text

    @Option(help: ArgumentHelp("Only the newest of them.", valueName: "n"))
    var last: Int?

    @Option(help: ArgumentHelp("Only from this day on (UTC), as 2026-11-23.", valueName: "date"))
    var since: String?

    @OptionGroup var athlete: SessionsCommand.AthleteFilter

    func validate() throws {
        if let last, last < 1 { throw ValidationError("--last must be 1 or more.") }
        if let since, Self.start(of: since) == nil {
            throw ValidationError("--since must be a day like 2026-11-23.")
        }
    }

    private static func start(of day: String) -> Int64? {
        CalendarDate.dayNumber(extendedDate: day).map { Int64($0) * 86_400 }
    }

    func run() throws {
        // Asked first: a session that is finished meanwhile then shows as finished.
        let isInUse = state.folders.isInUse
        let athlete = try athlete.name()
        let found = try state.indexed(from: since.flatMap(Self.start), athlete: athlete, last: last)
        let sessions = found.map { (session: $0, state: stateText($0, isInUse: isInUse)) }
        let isEmpty = sessions.isEmpty && since == nil
        let text = format == .json ? json(sessions) : isEmpty ? state.emptyText(athlete: athlete) : table(sessions)
        try StandardStream.output.write(text)
    }

    /// What is imported is no work of the process that holds the lock.
    private func stateText(_ session: IndexedSession, isInUse: Bool) -> String {
        guard !session.isFinished else { return "finished" }
        guard isInUse, let source = state.folders.source(of: session.digest.name) else { return "unfinished" }
        return source.isImport ? "unfinished" : "running"
    }

    private func date(_ session: SessionDigest) -> String? {
        session.start.map { start in
            var text = Array(DateText.make(unixMilliseconds: start &* 1000).utf8.prefix(16))
            text[10] = UInt8(ascii: " ")
            return String(decoding: text, as: UTF8.self)
        }
    }

    private func json(_ sessions: [(session: IndexedSession, state: String)]) -> String {
        var writer = JSONWriter(pretty: true)
        writer.array { writer in
            for (indexed, state) in sessions {
                let session = indexed.digest
                writer.object { writer in
                    writer.member("name", session.name)
                    writer.member("date", date(session))
                    writer.member("duration_s", session.duration, decimals: 3)
                    writer.member("sprints", session.figure(\.sprints))
                    writer.member("score", session.score, decimals: 2)
                    writer.member("finished", indexed.isFinished)
                    writer.member("state", state)
                    session.writeFigures(to: &writer)
                }
            }
        }
        return writer.text + "\n"
    }

    private func table(_ sessions: [(session: IndexedSession, state: String)]) -> String {
        guard !sessions.isEmpty else { return "" }
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        func whole(_ value: Double?) -> String {
            value.flatMap { Int(exactly: $0.rounded(.down)) }.map(String.init) ?? "-"
        }
        func clock(_ value: Double?) -> String {
            guard let seconds = value.flatMap({ Int(exactly: $0.rounded(.down)) }), seconds >= 0 else { return "-" }
            let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].drop { $0 == 0 }
            let shown = parts.count < 2 ? [seconds / 60, seconds % 60] : Array(parts)
            return shown.enumerated().map { ($0 > 0 && $1 < 10 ? "0" : "") + String($1) }.joined(separator: ":")
        }
        func kilometres(_ value: Double?) -> String {
            value.flatMap { FixedDecimal($0 / 1000, decimals: 2)?.text } ?? "-"
        }
        var table = TextTable([
            .left("date"), .right("length"), .right("km"), .right("sprints"), .right("on"), .right("best"),
            .right("score"), .left("state"), .left("name"),
        ])
        for (indexed, state) in sessions {
            let session = indexed.digest
            table.add([
                date(session) ?? "-", clock(session.duration), kilometres(session.distance),
                session.figure(\.sprints).map(String.init) ?? "-", session.figure(\.onTarget).map(String.init) ?? "-",
                // Rounded down, so that no 79.9 % reads as 80 %.
                session.bestEffort.map { whole($0 * 100 + 1e-9) + " %" } ?? "-", whole(session.score),
                state, session.name,
            ])
        }
        // A session's name is what is typed next, so it is last and never cut unless the terminal would break it.
        return table.text(width: max(style.width, 100))
    }
}

extension SessionDigest {
    /// A count; `nil` where there is no analysis that could have counted.
    func figure(_ count: KeyPath<SessionDigest, Int>) -> Int? { kind == nil ? nil : self[keyPath: count] }

    /// What the contract has of a session besides its name, in JSON.
    func writeFigures(to writer: inout JSONWriter) {
        writer.member("athlete", athlete)
        writer.member("kind", kind)
        writer.member("distance_m", distance, decimals: 1)
        writer.member("on_target", figure(\.onTarget))
        writer.member("plan", plan)
        writer.member("compliance", compliance, decimals: 4)
        writer.member("best_effort", bestEffort, decimals: 4)
        writer.member("mean_effort", meanEffort, decimals: 4)
        writer.member("effort_basis", effortBasis)
        writer.member("best_speed_mps", bestSprintSpeed, decimals: 3)
        writer.member("peak_hr_bpm", peakHeartRate, decimals: 1)
        writer.member("fade", fade, decimals: 4)
        writer.key("hr_recovery_bpm")
        writer.object { writer in
            writer.member("30", recovery30, decimals: 1)
            writer.member("60", recovery60, decimals: 1)
            writer.member("90", recovery90, decimals: 1)
        }
    }
}
