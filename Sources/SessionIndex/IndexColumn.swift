// SPDX-License-Identifier: GPL-3.0-or-later
internal import SessionStore

/// A column of the index's table that holds one member of a session's digest.
struct IndexColumn: Sendable {
    let name: String
    let read: @Sendable (SessionDigest) -> Database.Value
    let write: @Sendable (inout SessionDigest, Database.Value) -> Void

    private init(_ name: String, _ member: any WritableKeyPath<SessionDigest, Double?> & Sendable) {
        self.name = name
        read = { .init($0[keyPath: member]) }
        write = { $0[keyPath: member] = $1.number }
    }

    private init(_ name: String, _ member: any WritableKeyPath<SessionDigest, String?> & Sendable) {
        self.name = name
        read = { .init($0[keyPath: member]) }
        write = { $0[keyPath: member] = $1.text }
    }

    private init(_ name: String, _ member: any WritableKeyPath<SessionDigest, Int> & Sendable) {
        self.name = name
        read = { .integer(Int64($0[keyPath: member])) }
        write = { $0[keyPath: member] = $1.integer.flatMap { Int(exactly: $0) } ?? 0 }
    }

    static let all = [
        IndexColumn("athlete", \.athlete), IndexColumn("mass", \.mass), IndexColumn("kind", \.kind),
        IndexColumn("duration", \.duration), IndexColumn("distance", \.distance), IndexColumn("sprints", \.sprints),
        IndexColumn("on_target", \.onTarget), IndexColumn("intervals", \.intervals), IndexColumn("score", \.score),
        IndexColumn("plan", \.plan), IndexColumn("compliance", \.compliance), IndexColumn("load", \.load),
        IndexColumn("best_speed", \.bestSpeed), IndexColumn("best_hr", \.bestHeartRate),
        IndexColumn("best_effort", \.bestEffort), IndexColumn("mean_effort", \.meanEffort),
        IndexColumn("effort_basis", \.effortBasis), IndexColumn("best_sprint_speed", \.bestSprintSpeed),
        IndexColumn("peak_hr", \.peakHeartRate), IndexColumn("fade", \.fade), IndexColumn("recovery30", \.recovery30),
        IndexColumn("recovery60", \.recovery60), IndexColumn("recovery90", \.recovery90),
        IndexColumn("frames", \.frames),
    ]
}
