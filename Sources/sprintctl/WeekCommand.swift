// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import Measurement
internal import ProcessIO
internal import Report
internal import Scoring
internal import SessionIndex
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

    @OptionGroup var athlete: SessionsCommand.AthleteFilter

    @Option(help: ArgumentHelp("The last of the seven days (today), as 2026-11-23.", valueName: "date"))
    var date: String?

    func validate() throws {
        if let date, CalendarDate.dayNumber(extendedDate: date) == nil {
            throw ValidationError("'\(date)' is no date: write YYYY-MM-DD.")
        }
    }

    func run() throws {
        let index = try state.index()
        let day = date.flatMap { CalendarDate.dayNumber(extendedDate: $0) } ?? LocalTime.day(of: LocalTime.now)
        let wanted = try athlete.name()
        let known = try Self.asked { () throws(SessionIndexError) in try index.athletes() }
        let output = StandardStream.output
        guard !known.isEmpty else { return try output.write(state.emptyText(athlete: nil)) }
        let athletes = known.filter { wanted == nil || $0.name == wanted }
        guard !athletes.isEmpty else {
            throw CommandFailure(.noInput, "\(state.path): there is no session of '\(wanted ?? "")'")
        }
        let sessions = try Self.sessions(around: day, index)
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        let texts = athletes.map { athlete in
            let own = sessions.filter { $0.athlete == athlete.name }
            let week = TrainingWeek(endingWith: day, sessions: own.compactMap(Self.session))
            return WeekText(week, athlete: athlete.name, mass: athlete.mass, style: style).text
        }
        try output.write(texts.joined(separator: "\n"))
    }

    /// The week that a session's day ends, for its report.
    static func week(of name: String, state: SessionsCommand.State) throws(CommandFailure) -> TrainingWeek? {
        guard let start = SessionName.start(of: name) else { return nil }
        let day = LocalTime.day(of: start)
        let sessions = try Self.sessions(around: day, try state.index())
        guard let session = sessions.first(where: { $0.name == name }) else { return nil }
        return TrainingWeek(
            endingWith: day, sessions: sessions.filter { $0.athlete == session.athlete }.compactMap(Self.session))
    }

    /// The finished sessions of the week that a day ends, and of the days beside it: no zone is a day from UTC.
    private static func sessions(around day: Int, _ index: SessionIndex) throws(CommandFailure) -> [SessionDigest] {
        let from = Int64(day - TrainingWeek.length) * 86_400
        let until = Int64(day + 2) * 86_400
        return try asked { () throws(SessionIndexError) in try index.sessions(from: from, until: until) }
            .filter(\.isFinished).map(\.digest)
    }

    private static func asked<Answer>(
        _ question: () throws(SessionIndexError) -> Answer
    ) throws(CommandFailure) -> Answer {
        do throws(SessionIndexError) {
            return try question()
        } catch {
            throw CommandFailure(.inputOutput, error.description)
        }
    }

    private static func session(_ digest: SessionDigest) -> TrainingWeek.Session? {
        digest.start.map { start in
            TrainingWeek.Session(
                day: LocalTime.day(of: start), sprints: digest.sprints, intervals: digest.intervals,
                duration: digest.duration ?? 0, score: digest.score, load: digest.load)
        }
    }
}
