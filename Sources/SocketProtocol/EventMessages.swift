// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
import JSON

/// A session began, ended, or lies whole on the disk.
package struct SessionMessage: Equatable, Sendable {
    package enum Event: String, Sendable, CaseIterable {
        case started
        case ended
        case stored
    }

    package var event: Event
    package var athlete: String?
    /// The name of its folder.
    package var id: String
    /// Wall time, UTC; `nil` of a session that only its folder is known of.
    package var start: String?
    /// Seconds from the first frame to the last; `nil` before the end.
    package var duration: Double?
    /// `nil` until it is stored.
    package var folder: String?

    package init(_ event: Event, athlete: String?, id: String) {
        self.event = event
        self.athlete = athlete
        self.id = id
    }

    func writeMembers(to object: inout JSONWriter) {
        object.text("event", event.rawValue)
        object.text("athlete", athlete)
        object.text("id", id)
        object.text("start", start)
        object.seconds("duration_s", duration)
        object.key("folder")
        // A path that was cut would name something else.
        object.string(folder)
    }

    init(_ fields: Fields) throws(SocketFault) {
        event = try fields.choice("event")
        athlete = try fields.optionalText("athlete")
        id = try fields.text("id")
        start = try fields.optionalText("start")
        duration = try fields.optionalNumber("duration_s")
        folder = try fields.optionalText("folder")
    }
}

/// A phase began, ended, or turned out to be of another kind.
package struct PhaseMessage: Equatable, Sendable {
    package enum Event: String, Sendable, CaseIterable {
        case began
        case ended
        /// The sprint that goes on has become an interval.
        case relabelled
    }

    package var event: Event
    package var athlete: String?
    /// Its end is its start while it goes on.
    package var phase: AnalysisDocument.Phase

    package init(_ event: Event, athlete: String?, phase: AnalysisDocument.Phase) {
        self.event = event
        self.athlete = athlete
        self.phase = phase
    }

    func writeMembers(to object: inout JSONWriter) {
        object.text("event", event.rawValue)
        object.text("athlete", athlete)
        phase.writeMembers(to: &object, isOpen: event != .ended)
    }

    init(_ fields: Fields) throws(SocketFault) {
        event = try fields.choice("event")
        athlete = try fields.optionalText("athlete")
        phase = try AnalysisDocument.Phase.read(fields).phase
    }
}

/// What a bout came to: once when it ends, and again when the heart's recovery has been watched.
package struct SprintMessage: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case sprint
        case interval
    }

    package var athlete: String?
    /// Which of the analysis's two lists it stands in; its index counts within that.
    package var kind: Kind
    /// Whether the figures will change no more.
    package var isFinal: Bool
    package var sprint: AnalysisDocument.Sprint

    package init(athlete: String?, kind: Kind, isFinal: Bool, sprint: AnalysisDocument.Sprint) {
        self.athlete = athlete
        self.kind = kind
        self.isFinal = isFinal
        self.sprint = sprint
    }

    func writeMembers(to object: inout JSONWriter) {
        object.text("athlete", athlete)
        object.text("kind", kind.rawValue)
        object.bool("final", isFinal)
        sprint.writeMembers(to: &object)
    }

    init(_ fields: Fields) throws(SocketFault) {
        athlete = try fields.optionalText("athlete")
        kind = try fields.choice("kind")
        isFinal = try fields.bool("final")
        sprint = try AnalysisDocument.Sprint(fields)
    }
}
