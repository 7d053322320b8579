// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
import JSON
import Scoring

/// The whole picture: all that a client needs to go on from here with the messages that follow.
package struct StatusMessage: Equatable, Sendable {
    package enum Storage: String, Sendable, CaseIterable {
        case disk
        /// The disk is full or fails; recording goes on in memory.
        case memory
        /// Something recorded is lost.
        case failed
    }

    /// Wall time, UTC: `2026-11-23T11:00:00Z`.
    package var time: String
    /// Seconds since the daemon started.
    package var uptime: Double
    package var storage: Storage
    /// Frames that came in since the daemon started.
    package var frames: Int
    package var droppedFrames: Int
    package var athletes: [AthleteStatus] = []
    package var sensors: [SensorStatus] = []
    package var devices: [DeviceStatus] = []

    package init(time: String, uptime: Double, storage: Storage, frames: Int, droppedFrames: Int) {
        self.time = time
        self.uptime = uptime
        self.storage = storage
        self.frames = frames
        self.droppedFrames = droppedFrames
    }
}

/// One athlete, and the session that is being recorded.
package struct AthleteStatus: Equatable, Sendable {
    /// `nil` for an athlete of whom nothing was said.
    package var name: String?
    /// `nil` when none is being recorded.
    package var session: SessionStatus?
    /// Best 5 s mean speed, m/s; `nil` until a session has begun.
    package var maxSpeed: AnalysisDocument.Maximum?
    /// bpm.
    package var maxHeartRate: AnalysisDocument.Maximum?
    /// The share of maximum that a bout is asked for, 0...1.
    package var target: Double

    package init(name: String?, target: Double) {
        self.name = name
        self.target = target
    }
}

/// A session that is being recorded.
package struct SessionStatus: Equatable, Sendable {
    /// The name of its folder.
    package var id: String
    /// Wall time, UTC.
    package var start: String
    /// Seconds since its start.
    package var elapsed: Double
    /// The plan's name.
    package var plan: String?
    /// The latest, in time order; the last one goes on.
    package var phases: [AnalysisDocument.Phase] = []
    /// Whether the last phase goes on.
    package var hasOpenPhase = false
    package var sprints: [AnalysisDocument.Sprint] = []
    package var intervals: [AnalysisDocument.Sprint] = []
    /// Earlier ones that are not told.
    package var omittedPhases = 0
    package var omittedBouts = 0

    package init(id: String, start: String, elapsed: Double) {
        self.id = id
        self.start = start
        self.elapsed = elapsed
    }

    /// Leaves the earliest away.
    package mutating func keep(phases mostPhases: Int, bouts mostBouts: Int) {
        let surplus = phases.count - max(0, mostPhases)
        if surplus > 0 {
            phases.removeFirst(surplus)
            omittedPhases += surplus
            if phases.isEmpty { hasOpenPhase = false }
        }
        while sprints.count + intervals.count > max(0, mostBouts) {
            if let interval = intervals.first, sprints.first.map({ interval.start < $0.start }) ?? true {
                intervals.removeFirst()
            } else {
                sprints.removeFirst()
            }
            omittedBouts += 1
        }
    }
}

extension StatusMessage {
    func writeMembers(to object: inout JSONWriter) {
        object.text("time", time)
        object.seconds("uptime_s", uptime)
        object.text("storage", storage.rawValue)
        object.integer("frames", frames)
        object.integer("dropped_frames", droppedFrames)
        object.list("athletes", athletes) { $0.writeMembers(to: &$1) }
        object.list("sensors", sensors) { $0.writeMembers(to: &$1) }
        object.list("devices", devices) { $0.writeMembers(to: &$1) }
    }

    init(_ fields: Fields) throws(SocketFault) {
        time = try fields.text("time")
        uptime = try fields.number("uptime_s")
        storage = try fields.choice("storage")
        frames = try fields.integer("frames")
        droppedFrames = try fields.integer("dropped_frames")
        athletes = try fields.list("athletes") { fields throws(SocketFault) in try AthleteStatus(fields) }
        sensors = try fields.list("sensors") { fields throws(SocketFault) in try SensorStatus(fields) }
        devices = try fields.list("devices") { fields throws(SocketFault) in try DeviceStatus(fields) }
    }
}

extension AthleteStatus {
    func writeMembers(to object: inout JSONWriter) {
        object.text("name", name)
        object.object("session", session) { $0.writeMembers(to: &$1) }
        object.object("max_speed_mps", maxSpeed) { maximum, object in
            object.speed("value", maximum.value)
            object.text("basis", maximum.basis.rawValue)
            object.text("origin", maximum.origin)
        }
        object.object("max_hr_bpm", maxHeartRate) { maximum, object in
            object.rate("value", maximum.value)
            object.text("basis", maximum.basis.rawValue)
            object.text("origin", maximum.origin)
        }
        object.share("target", target)
    }

    init(_ fields: Fields) throws(SocketFault) {
        name = try fields.optionalText("name")
        target = try fields.number("target")
        if let session = try fields.optionalObject("session") { self.session = try SessionStatus(session) }
        if let maximum = try fields.optionalObject("max_speed_mps") {
            maxSpeed = try AnalysisDocument.Maximum(maximum)
        }
        if let maximum = try fields.optionalObject("max_hr_bpm") {
            maxHeartRate = try AnalysisDocument.Maximum(maximum)
        }
    }
}

extension SessionStatus {
    func writeMembers(to object: inout JSONWriter) {
        object.text("id", id)
        object.text("start", start)
        object.seconds("elapsed_s", elapsed)
        object.text("plan", plan)
        let open = hasOpenPhase ? phases.indices.last : nil
        object.list("phases", phases.enumerated()) { $0.element.writeMembers(to: &$1, isOpen: $0.offset == open) }
        object.list("sprints", sprints) { $0.writeMembers(to: &$1) }
        object.list("intervals", intervals) { $0.writeMembers(to: &$1) }
        object.integer("omitted_phases", omittedPhases)
        object.integer("omitted_bouts", omittedBouts)
    }

    init(_ fields: Fields) throws(SocketFault) {
        self.init(
            id: try fields.text("id"), start: try fields.text("start"), elapsed: try fields.number("elapsed_s"))
        plan = try fields.optionalText("plan")
        let read = try fields.list("phases") { fields throws(SocketFault) in try AnalysisDocument.Phase.read(fields) }
        phases = read.map(\.phase)
        hasOpenPhase = read.last?.isOpen ?? false
        sprints = try fields.list("sprints") { fields throws(SocketFault) in try AnalysisDocument.Sprint(fields) }
        intervals = try fields.list("intervals") { fields throws(SocketFault) in try AnalysisDocument.Sprint(fields) }
        omittedPhases = try fields.optionalInteger("omitted_phases") ?? 0
        omittedBouts = try fields.optionalInteger("omitted_bouts") ?? 0
    }
}
