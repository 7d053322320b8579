// SPDX-License-Identifier: GPL-3.0-or-later
internal import Fusion
internal import Measurement
internal import Pipeline
internal import ProcessIO
internal import Report
internal import Scoring
internal import Segmentation
internal import ServiceIO

/// Shows pipeline events on the output as they come, or in the journal when that is where messages go. One athlete has a line that says what is so now;
/// of several, each line names whose it is.
struct LiveDisplay {
    /// Seconds of wall time between two rewrites of the status line: often enough to look alive, seldom enough for ssh.
    private static let statusInterval = 0.1

    private struct Phase {
        var kind: PhaseKind
        var start: Double
    }

    private var names: [String?]
    private var lines: LivePhaseLine
    private var open: [Phase?]
    private var bouts: [Int]
    private var lastStatus: Timestamp?
    private let showsStatus: Bool
    /// Of the only athlete; `nil` until the session begins.
    var configuration: AthleteConfiguration? {
        didSet {
            progress = configuration.flatMap { known in known.plan.map { PlanProgress($0, target: known.target) } }
        }
    }
    /// Where the only athlete is in the plan.
    private var progress: PlanProgress?

    init(names: [String?], showsStatus: Bool) {
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        let isCapable = output.isTerminal && Environment.process["TERM"] ?? "dumb" != "dumb"
        self.names = names.map { $0.map(style.printable) }
        // Nobody sits before a journal.
        let isJournal = Log.form == .journal
        self.showsStatus = showsStatus && names.count == 1 && !isJournal
        lines =
            isJournal
            ? LivePhaseLine(style: TextStyle(width: .max, color: .none, unicode: style.unicode), interactive: false)
            : LivePhaseLine(style: style, interactive: isCapable && names.count == 1)
        open = Array(repeating: nil, count: names.count)
        bouts = Array(repeating: 0, count: names.count)
    }

    /// Others are recorded now, with these numbers.
    mutating func rename(_ names: [String?]) {
        self.names = names
        if let last = names.indices.last { makeRoom(for: last) }
    }

    /// Of an athlete it may not have been told: where nobody takes events, the newest are dropped.
    private mutating func makeRoom(for athlete: Int) {
        while open.count <= athlete {
            open.append(nil)
            bouts.append(0)
        }
    }

    /// Said in the journal only, where nothing else shows that somebody is there.
    func noteBeginning(of athlete: Int) throws(CommandFailure) {
        if Log.form == .journal { Log.write(.info, owner(athlete) + "a session begins") }
    }

    private func owner(_ athlete: Int) -> String {
        guard names.count > 1 || athlete > 0 else { return "" }
        let name = names.indices.contains(athlete) ? names[athlete] : nil
        return "\(name ?? "athlete \(athlete + 1)"): "
    }

    /// A line of its own for something else that happened.
    mutating func write(_ text: String) throws(CommandFailure) {
        guard Log.form != .journal else { return Log.write(.info, text) }
        try StandardStream.output.write(lines.finish() + text + "\n")
    }

    mutating func show(_ event: PipelineEvent, of athlete: Int) throws(CommandFailure) {
        makeRoom(for: athlete)
        switch event {
        case .fused(let sample): try showStatus(sample, of: athlete)
        case .phase(let change): try show(change, of: athlete)
        case .boutEnded(let kind, let trace, let score):
            let result = LivePhaseLine.BoutResult(
                kind: kind, number: bouts[athlete], start: trace.start, end: trace.end, effort: score.effort,
                basis: score.basis,
                onTarget: score.isOnTarget, meanSpeed: trace.meanSpeed, peakHeartRate: trace.peakHeartRate)
            try write(.scored(result, decided: trace.end), of: athlete)
        }
    }

    private mutating func show(_ change: PhaseChange, of athlete: Int) throws(CommandFailure) {
        if athlete == 0 { progress?.apply(change) }
        switch change {
        case .began(let start):
            if start.kind.isWork { bouts[athlete] += 1 }
            open[athlete] = Phase(kind: start.kind, start: start.start.seconds)
            try write(
                .began(
                    start.kind, start: start.start.seconds, decided: start.decided.seconds,
                    number: start.kind.isWork ? bouts[athlete] : nil), of: athlete)
        case .becameInterval(let decided):
            let start = open[athlete]?.start ?? decided.seconds
            open[athlete]?.kind = .interval
            try write(
                .relabelled(
                    from: .sprint, to: .interval, start: start, decided: decided.seconds, number: bouts[athlete]),
                of: athlete)
        }
    }

    /// A further session of the athlete counts anew.
    mutating func begin(_ athlete: Int, _ configuration: AthleteConfiguration?) {
        makeRoom(for: athlete)
        open[athlete] = nil
        bouts[athlete] = 0
        self.configuration = configuration
    }

    mutating func end(at time: Double) throws(CommandFailure) {
        try StandardStream.output.write(lines.text(for: LivePhaseLine.Event.ended(time: time)))
    }

    mutating func end(at time: Double, of athlete: Int) throws(CommandFailure) {
        try write(.ended(time: time), of: athlete)
    }

    /// Leaves the terminal clean before somebody else writes.
    mutating func finish() {
        guard Log.form != .journal else { return }
        StandardStream.output.writeIgnoringFailure(lines.finish())
    }

    private mutating func write(_ event: LivePhaseLine.Event, of athlete: Int) throws(CommandFailure) {
        let line = owner(athlete) + lines.text(for: event)
        guard Log.form != .journal else { return Log.write(.info, String(line.dropLast())) }
        try StandardStream.output.write(line)
    }

    private mutating func showStatus(_ sample: FusedSample, of athlete: Int) throws(CommandFailure) {
        guard showsStatus, names.count == 1 else { return }
        let now = MonotonicClock.now
        if let lastStatus, now.seconds(since: lastStatus) < Self.statusInterval { return }
        lastStatus = now
        progress?.advance(to: sample.time.seconds)
        let moment = configuration.map {
            MomentaryEffort(speed: sample.speed, heartRate: sample.heartRate, maxima: $0.maxima)
        }
        let state = progress?.state(at: sample.time.seconds, moment)
        var status = LivePhaseLine.Status(
            time: sample.time.seconds, phase: open[athlete]?.kind, since: open[athlete]?.start,
            speed: sample.speed, heartRate: sample.heartRate, effort: state?.effort ?? moment?.share(),
            target: configuration?.effectiveTarget ?? ScoredSession.defaultTarget)
        status.plan = state
        let text = lines.text(for: status)
        if !text.isEmpty { try StandardStream.output.write(text) }
    }
}
