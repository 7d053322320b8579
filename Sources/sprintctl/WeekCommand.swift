// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import Measurement
internal import ProcessIO
internal import Report
internal import Scoring
internal import SessionStore

struct WeekCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "week",
        abstract: "Hold the last seven days against the workout's load rules.",
        discussion: """
            At most two to three sprint sessions in seven days, and at least one day without a session. A session \
            counts on the day of its start, by the time zone of TZ, else of this machine.
            """)

    @OptionGroup var state: SessionsCommand.State

    @Option(help: ArgumentHelp("Only this athlete.", valueName: "name"))
    var athlete: String?

    @Option(help: ArgumentHelp("The last of the seven days (today), as 2026-11-23.", valueName: "date"))
    var date: String?

    func validate() throws {
        if let date, CalendarDate.dayNumber(extendedDate: date) == nil {
            throw ValidationError("'\(date)' is no date: write YYYY-MM-DD.")
        }
    }

    func run() throws {
        let digests = try Self.digests(state)
        let day = date.flatMap { CalendarDate.dayNumber(extendedDate: $0) } ?? LocalTime.day(of: LocalTime.now)
        let names = Self.athletes(digests, only: athlete)
        guard !names.isEmpty else {
            throw CommandFailure(
                .noInput,
                athlete.map { "\(state.path): there is no session of '\($0)'" } ?? "\(state.path): holds no session")
        }
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        var texts: [String] = []
        for name in names {
            let own = digests.filter { $0.athlete == name }
            let week = TrainingWeek(endingWith: day, sessions: own.compactMap(Self.session))
            texts.append(WeekText(week, athlete: name, mass: own.last { $0.mass != nil }?.mass, style: style).text)
        }
        try output.write(texts.joined(separator: "\n"))
    }

    /// The week that a session's day ends, for its report.
    static func week(of name: String, state: SessionsCommand.State) throws(CommandFailure) -> TrainingWeek? {
        let digests = try digests(state)
        guard let session = digests.first(where: { $0.name == name }), let day = Self.session(session)?.day else {
            return nil
        }
        return TrainingWeek(
            endingWith: day, sessions: digests.filter { $0.athlete == session.athlete }.compactMap(Self.session))
    }

    private static func digests(_ state: SessionsCommand.State) throws(CommandFailure) -> [SessionDigest] {
        do throws(FileError) {
            return try state.folders.digests()
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func athletes(_ digests: [SessionDigest], only: String?) -> [String?] {
        var names: [String?] = []
        for digest in digests where !names.contains(digest.athlete) {
            if only == nil || digest.athlete == only { names.append(digest.athlete) }
        }
        return names
    }

    private static func session(_ digest: SessionDigest) -> TrainingWeek.Session? {
        digest.start.map { start in
            TrainingWeek.Session(
                day: LocalTime.day(of: start), sprints: digest.sprints, intervals: digest.intervals,
                duration: digest.duration ?? 0, score: digest.score, load: digest.load)
        }
    }
}
