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

    /// Seconds that a start or an end may differ by: in the first and the last seconds of a session there may be nothing that a file has records
    /// of. The time of its making in one of our own files is rounded down at most.
    private static let tolerance = 10.0
    private static let ownTolerance = 2.0
    /// Share of the distance: each program sums it up in its own way. Metres besides, for short ones.
    private static let distanceTolerance = 0.01
    private static let shortTolerance = 5.0

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
            self.init(session: twin.digest.name, reason: "start, end and distance are the same")
        } else {
            return nil
        }
    }

    init(session: String, reason: String) {
        self.session = session
        self.reason = reason
    }

    private static func isNear(_ one: Int64?, _ other: Int64, within tolerance: Double) -> Bool {
        one.map { abs(Double($0) - Double(other)) <= tolerance } ?? false
    }

    private static func made(_ digest: SessionDigest, _ identity: FITFileID, _ created: Int64) -> Bool {
        guard isNear(digest.start, created, within: ownTolerance), let duration = digest.duration else { return false }
        return identity.serialNumber == Activity.serialNumber(duration: duration, frames: digest.frames)
    }

    /// Two athletes may train side by side, so that those with names must have the same.
    private static func isAlike(_ digest: SessionDigest, _ begin: Int64, _ document: AnalysisDocument) -> Bool {
        guard isNear(digest.start, begin, within: tolerance), let start = digest.start, let duration = digest.duration,
            abs(Double(start) + duration - Double(begin) - document.source.duration) <= tolerance
        else { return false }
        if let one = digest.athlete, let other = document.athlete.name, one != other { return false }
        let known = document.phases.compactMap(\.distance)
        switch (digest.distance, known.isEmpty ? nil : known.reduce(0, +)) {
        case (nil, nil): return true
        case (let one?, let other?): return abs(one - other) <= max(one, other) * distanceTolerance + shortTolerance
        case (nil, _?), (_?, nil): return false
        }
    }
}
