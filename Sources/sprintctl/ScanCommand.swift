// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Show the ANT+ and Bluetooth sensors in the air.",
        discussion: """
            Opens the radios itself, so it is for a time when no sprintd has them; one of them is enough. Bluetooth sensors \
            are not connected, so they say no more than their advertisements; sprintctl sensors asks them. On a terminal \
            the table goes on until you press Ctrl-C or the time is over; elsewhere, and as JSON, it is printed once, at \
            the end.
            """)

    @OptionGroup var selection: RadioOptions

    @Option(help: ArgumentHelp("How long to listen (10; on a terminal, until Ctrl-C).", valueName: "s"))
    var seconds: Double?

    @Option(help: "A table to read, or a line of JSON for each sensor.")
    var format: AnalyzeCommand.Format = .text

    func validate() throws {
        if let seconds, !(0.1...86_400).contains(seconds) {
            throw ValidationError("--seconds must be 0.1 to 86400.")
        }
    }

    func run() throws {
        StopSignal.install()
        let output = StandardStream.output
        let listener = try SensorListener(selection.radios, connects: false)
        guard output.isTerminal, format == .text else {
            listener.listen(seconds: seconds ?? 10)
            listener.stop()
            return try Self.finish(listener, format) { SensorTable.lines($0, width: output.columns ?? .max) }
        }
        var rest = seconds ?? .infinity
        var drawn = 0
        while rest > 0, !StopSignal.isRaised {
            listener.listen(seconds: min(rest, 1))
            rest -= 1
            let width = output.columns ?? 80
            var lines = SensorTable.lines(listener.sightings, width: width)
            for trouble in listener.troubles { lines.append(String(trouble.text.prefix(width))) }
            // Back to the table's first line, what the terminal shows of a Ctrl-C included, and each line's rest cleared: no flicker.
            let up = drawn > 0 ? "\r\u{1B}[\(drawn)A" : ""
            try output.write(up + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J")
            drawn = lines.count
        }
        listener.stop()
        if listener.sightings.isEmpty { throw listener.silence }
    }

    /// Writes what was heard, or throws the reason why nothing was. What else is wrong goes to the error output.
    static func finish(
        _ listener: SensorListener, _ format: AnalyzeCommand.Format, text: ([SensorSighting]) -> [String]
    ) throws {
        let sightings = listener.sightings
        let troubles = listener.troubles
        // Otherwise they are the failure itself.
        if !sightings.isEmpty || troubles.count < listener.radioCount {
            for trouble in troubles { StandardStream.error.writeIgnoringFailure("sprintctl: \(trouble.text)\n") }
        }
        guard !sightings.isEmpty else { throw listener.silence }
        let lines = format == .json ? sightings.map(\.json) : text(sightings)
        try StandardStream.output.write(lines.map { $0 + "\n" }.joined())
    }
}
