// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import LiveView
internal import ProcessIO

/// A line an event, for as long as somebody listens.
struct PlainView {
    let feed: LiveFeed
    /// Whose; `nil` is everybody's.
    let athlete: String?

    /// - Throws: `.unavailable` when there is no daemon at the start: who asks then wants to know. Later ones are waited for.
    func run() throws(CommandFailure) {
        StopSignal.install()
        let output = StandardStream.output
        var text = LivePlainText(
            style: Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns))
        var wait = LiveWait()
        var isFirst = true
        var wasClosed = false
        while !StopSignal.isRaised {
            let hadPicture = feed.hasPicture
            for change in try feed.update() {
                if let athlete, let owner = change.athlete, owner != athlete { continue }
                let names = athlete == nil && feed.state.athletes.count > 1
                if let line = text.text(for: change, namesAthlete: names) { try output.write(line) }
            }
            if feed.hasPicture, !hadPicture { try output.write(text.picture(of: feed.state, athlete: athlete)) }
            if case .closed(let reason, _) = feed.state.connection {
                if isFirst { throw CommandFailure(.unavailable, reason) }
                if !wasClosed { try output.write(text.line("\(reason); waiting for the next")) }
                wasClosed = true
            } else {
                wasClosed = false
            }
            isFirst = false
            try wait.wait(for: feed, milliseconds: 1000)
        }
    }
}

/// Waits for the daemon, and for whatever else there is.
struct LiveWait: ~Copyable {
    private var set: EventSet?
    private var connection: Int?

    /// Waits for a further descriptor too.
    mutating func add(_ descriptor: Int32) throws(CommandFailure) {
        do throws(ErrorNumber) {
            try prepare()
            try set?.add(descriptor, .reading, tag: 0)
        } catch {
            throw CommandFailure(.unavailable, "cannot wait for events: \(error.text)")
        }
    }

    mutating func wait(for feed: LiveFeed, milliseconds: Int32) throws(CommandFailure) {
        do throws(ErrorNumber) {
            try prepare()
            if let (descriptor, number) = feed.waitingFor, number != connection {
                try set?.add(descriptor, .reading, tag: 0)
                connection = number
            }
        } catch {
            throw CommandFailure(.unavailable, "cannot wait for events: \(error.text)")
        }
        _ = set?.wait(milliseconds: milliseconds)
    }

    private mutating func prepare() throws(ErrorNumber) {
        if set == nil { set = try EventSet() }
    }
}
