// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import LiveView
internal import ProcessIO

struct LiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live", abstract: "Follow the session that the daemon records.",
        discussion: """
            A full screen on a terminal: the phase, the time left by the plan, the effort against its target, heart rate, \
            speed, the sprints so far, sensors. Keys: q quits, s starts or stops the session, tab or 1 to 9 choose the \
            athlete, ? shows help. When the daemon goes, the view waits for it.

            With --plain, or where the output is no terminal, a line for each event.
            """)

    @Flag(help: "A line for each event, for logs and screen readers.")
    var plain = false

    @Flag(inversion: .prefixedNo, help: "A bell when a phase begins.")
    var bell = true

    @Option(help: ArgumentHelp("Whose session to show first.", valueName: "name"))
    var athlete: String?

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        let output = StandardStream.output
        let isCapable = output.isTerminal && Environment.process["TERM"] ?? "dumb" != "dumb"
        let feed = LiveFeed(paths: daemon.paths)
        if plain || !isCapable {
            try PlainView(feed: feed, athlete: athlete).run()
        } else {
            var view = try FullScreenView(feed: feed, athlete: athlete, hasBell: bell)
            try view.run()
        }
    }
}
