// SPDX-License-Identifier: GPL-3.0-or-later
internal import ActivityFile
internal import Analysis
internal import FIT
internal import SessionIndex
internal import SessionStore

/// The session that an activity file is of, where it is in the history already.
struct ImportTwin: Equatable {
    var session: String
    /// Why it is taken for the same.
    var reason: String

    /// Seconds that a start or a length may differ by: a file's records stand at whole seconds, and the first and the last second of a session may
    /// be without one.
    private static let tolerance = 2.0
    /// Share of the distance: each program sums it up in its own way.
    private static let distanceTolerance = 0.01

    /// - Parameters:
    ///   - beginning: the file's first bytes.
    ///   - begin: seconds since 1970-01-01 00:00 UTC.
    ///   - document: the file's analysis.
    ///   - sessions: all that there are.
    init?(
        beginning: [UInt8], begin: Int64, document: AnalysisDocument, among sessions: [IndexedSession]
    ) {
        if let identity = FITFileID(beginning: beginning.span), identity.isOwn, let created = identity.created,
            let twin = sessions.first(where: { Self.made($0.digest, identity, created) })
        {
            self.init(session: twin.digest.name, reason: "the file was exported from it")
        } else if let twin = sessions.first(where: { Self.isAlike($0.digest, begin, document) }) {
            self.init(session: twin.digest.name, reason: "start, length and distance are the same")
        } else {
            return nil
        }
    }

    init(session: String, reason: String) {
        self.session = session
        self.reason = reason
    }

    private static func isNear(_ one: Int64?, _ other: Int64) -> Bool {
        one.map { abs(Double($0) - Double(other)) <= tolerance } ?? false
    }

    private static func made(_ digest: SessionDigest, _ identity: FITFileID, _ created: Int64) -> Bool {
        guard isNear(digest.start, created), let duration = digest.duration else { return false }
        return identity.serialNumber == Activity.serialNumber(duration: duration, frames: digest.frames)
    }

    /// Two athletes may train side by side, so that those with names must have the same.
    private static func isAlike(_ digest: SessionDigest, _ begin: Int64, _ document: AnalysisDocument) -> Bool {
        guard isNear(digest.start, begin), let duration = digest.duration,
            abs(duration - document.source.duration) <= tolerance
        else { return false }
        if let one = digest.athlete, let other = document.athlete.name, one != other { return false }
        let known = document.phases.compactMap(\.distance)
        switch (digest.distance, known.isEmpty ? nil : known.reduce(0, +)) {
        case (nil, nil): return true
        case (let one?, let other?): return abs(one - other) <= max(one, other) * distanceTolerance + 1
        case (nil, _?), (_?, nil): return false
        }
    }
}
