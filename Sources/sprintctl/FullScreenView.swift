// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import LiveView
internal import Measurement
internal import ProcessIO
internal import Report
internal import SocketProtocol

/// The live view on a terminal of its own.
struct FullScreenView: ~Copyable {
    /// Seconds between two pictures at least: often enough to look alive, seldom enough for ssh.
    private static let shortestPause = 0.1
    /// Ages on the screen go on when nothing comes.
    private static let longestPause = 1.0

    private let feed: LiveFeed
    private let hasBell: Bool
    /// Who is to be selected as soon as the daemon has told of him.
    private var wanted: String?
    private var screen: TerminalScreen
    private let style: TextStyle
    private var controls = LiveControls()
    private var repaint = LiveRepaint()
    private var lastPicture: Timestamp?
    private var needsPicture = true

    init(feed: LiveFeed, athlete: String?, hasBell: Bool) throws(CommandFailure) {
        self.feed = feed
        self.hasBell = hasBell
        wanted = athlete
        do throws(ErrorNumber) {
            screen = try TerminalScreen()
        } catch {
            throw CommandFailure(.unavailable, "the standard input and output are no terminal: try --plain")
        }
        style = Environment.process.style(isTerminal: true, terminalColumns: nil)
    }

    /// Returns when somebody quits.
    mutating func run() throws(CommandFailure) {
        screen.enter()
        do throws(CommandFailure) {
            try loop()
        } catch {
            // Before the message, which would vanish with the screen.
            screen.leave()
            throw error
        }
        screen.leave()
    }

    private mutating func loop() throws(CommandFailure) {
        var wait = LiveWait()
        try wait.add(FileDescriptor.standardInput.rawValue)
        try wait.add(screen.wakeUp)
        while true {
            for event in screen.events() {
                switch event {
                case .stopped: return
                case .suspensionAsked: screen.suspend()
                case .continued: screen.takeAgain()
                case .resized: break
                }
                repaint.forget()
                needsPicture = true
            }
            if let keys = screen.keys() {
                guard !keys.isEmpty else { return }
                for key in LiveKey.keys(keys) where !handle(key) { return }
            }
            try takeNews()
            if isDue { try paint() }
            try wait.wait(for: feed, milliseconds: pause)
        }
    }

    private mutating func takeNews() throws(CommandFailure) {
        let before = feed.state
        let changes = try feed.update()
        let now = MonotonicClock.now.seconds
        for change in changes {
            switch change {
            case .done(let command):
                if let text = Self.answer(to: command) { controls.take(text, isGood: true, at: now) }
            case .refused(let command, let message):
                controls.take(command.map { "\($0): \(message)" } ?? message, isGood: false, at: now)
            case .configurationRefused(let message):
                controls.take("configuration refused: \(message)", isGood: false, at: now)
            case .configurationReloaded: controls.take("configuration read again", isGood: true, at: now)
            case .greeted, .phaseBegan, .phaseRelabelled, .boutScored, .boutRecovered, .sessionStarted, .sessionEnded,
                .sessionStored, .storage, .notice, .trouble, .farewell:
                break
            }
        }
        if let name = wanted, feed.hasPicture {
            controls.select(name, in: feed.state)
            wanted = nil
        }
        if feed.state != before || !changes.isEmpty { needsPicture = true }
        let isOwn = { [controls, feed] (change: LiveChange) in
            guard let place = controls.place(in: feed.state) else { return false }
            return change.athlete == feed.state.athletes[place].name
        }
        if hasBell, changes.contains(where: { $0.deservesBell && isOwn($0) }) {
            try StandardStream.output.write("\u{7}")
        }
    }

    private static func answer(to command: String) -> String? {
        switch command {
        case SocketCommand.startSession(athlete: nil).name: "session started"
        case SocketCommand.stopSession(athlete: nil).name: "session stopped"
        default: nil
        }
    }

    /// - Returns: whether to go on.
    private mutating func handle(_ key: LiveKey) -> Bool {
        needsPicture = true
        switch controls.handle(key, feed.state) {
        case .quit: return false
        case .redraw: repaint.forget()
        case .send(let command):
            if !feed.send(command) {
                controls.take("there is no daemon to ask", isGood: false, at: MonotonicClock.now.seconds)
            }
        case nil: break
        }
        return true
    }

    // MARK: Pictures

    private var age: Double { lastPicture.map { MonotonicClock.now.seconds(since: $0) } ?? .infinity }

    private var isDue: Bool { age >= (needsPicture ? Self.shortestPause : Self.longestPause) }

    /// Milliseconds that may be waited.
    private var pause: Int32 {
        let left = (needsPicture ? Self.shortestPause : Self.longestPause) - age
        return left > 0 ? Int32((left * 1000).rounded(.up)) : 0
    }

    private mutating func paint() throws(CommandFailure) {
        let size = screen.size ?? (rows: 24, columns: 80)
        let now = MonotonicClock.now
        let lines = LiveScreen.lines(
            feed.state, controls, columns: min(size.columns, 500), rows: min(size.rows, 300), style: style,
            time: now.seconds)
        let text = repaint.text(for: lines)
        lastPicture = now
        needsPicture = false
        if !text.isEmpty { try StandardStream.output.write(text) }
    }
}
