// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANTSession
internal import ArgumentParser
internal import ProcessIO
internal import Transport

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Show the ANT+ sensors in the air.",
        discussion: """
            Opens the stick itself, so it is for a time when no sprintd has it. On a terminal the table goes on until you \
            press Ctrl-C or the time is over; elsewhere it is printed once, at the end.
            """)

    @Option(help: ArgumentHelp("How long to listen (10; on a terminal, until Ctrl-C).", valueName: "s"))
    var seconds: Double?

    func validate() throws {
        if let seconds, !(0.1...86_400).contains(seconds) {
            throw ValidationError("--seconds must be 0.1 to 86400.")
        }
    }

    func run() throws {
        StopSignal.install()
        let output = StandardStream.output
        let listener = try StickListener()
        guard output.isTerminal else {
            listener.listen(seconds: seconds ?? 10)
            return try finish(listener)
        }
        var rest = seconds ?? .infinity
        var drawn = 0
        while rest > 0, !StopSignal.isRaised {
            listener.listen(seconds: min(rest, 1))
            rest -= 1
            var lines = SensorTable.lines(listener.registry, now: MonotonicClock.now)
            if let last = listener.notices.last { lines.append(last.text) }
            // Back to the table's first line, and each line's rest cleared: no flicker.
            let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
            let width = output.columns ?? 80
            try output.write(up + lines.map { "\($0.prefix(width))\u{1B}[K\n" }.joined())
            drawn = lines.count
        }
        if listener.registry.entries.isEmpty { throw Self.silence(listener) }
    }

    private func finish(_ listener: StickListener) throws {
        listener.stop()
        guard !listener.registry.entries.isEmpty else { throw Self.silence(listener) }
        let lines = SensorTable.lines(listener.registry, now: MonotonicClock.now)
        try StandardStream.output.write(lines.map { $0 + "\n" }.joined())
    }

    /// Why nothing was heard.
    static func silence(_ listener: StickListener) -> CommandFailure {
        guard let last = listener.notices.last(where: { $0.notice.kind != .remark }) else {
            return CommandFailure(.unavailable, "no ANT+ stick is plugged in; sprintctl doctor tells more")
        }
        guard last.notice.kind == .deviceReady else {
            return CommandFailure(.unavailable, "\(last.text); sprintctl doctor tells more")
        }
        return CommandFailure(.unavailable, "no sensor is in the air; a strap sends only while it is worn")
    }
}
