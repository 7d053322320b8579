// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture
import JSON

/// What was wrong with the recording that a session was replayed from, as a journal entry of the session's capture: the capture itself is whole,
/// and does not show it.
package struct SourceNotes: Equatable, Sendable {
    /// Lines, and characters of each, that are kept: a journal entry is bounded, and anybody can write a capture.
    private static let mostLines = 64
    private static let longestLine = 500
    private static let event = "source_notes"

    package private(set) var lines: [String]

    /// - Returns: `nil` where there is nothing to note.
    package init?(_ lines: [String]) {
        guard !lines.isEmpty else { return nil }
        self.lines = lines.prefix(Self.mostLines).map { String($0.prefix(Self.longestLine)) }
    }

    /// - Returns: `nil` for any other event of a capture.
    package init?(_ event: CaptureEvent) {
        guard case .comment(let comment) = event, comment.origin == .journal, let value = JSONValue(comment.text),
            value["schema"]?.text == "sprintd.event/1", value["event"]?.text == Self.event
        else { return nil }
        self.init((value["notes"]?.elements ?? []).compactMap(\.text))
    }

    package var json: String {
        var writer = JSONWriter(pretty: false)
        writer.object { writer in
            writer.member("schema", "sprintd.event/1")
            writer.member("event", Self.event)
            writer.key("notes")
            writer.array { writer in for line in lines { writer.string(line) } }
        }
        return writer.text
    }
}
