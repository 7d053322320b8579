// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
package import Segmentation
package import SocketProtocol

/// What a client of the daemon's socket knows of it: the last thing it was told of everything.
///
/// Times are seconds: of a session from its first frame, elsewhere of the clock that the caller has (``LiveState/fold(_:at:)``). Speeds are m/s,
/// heart rates bpm, cadences steps/min, efforts shares of the athlete's maximum. Nothing grows without bound, whatever the daemon says.
package struct LiveState: Equatable, Sendable {
    package enum Connection: Equatable, Sendable {
        /// Nothing has been tried yet.
        case opening
        case open
        /// Why there is none, and when that was first so.
        case closed(String, since: Double)
    }

    /// Something worth a line at the foot of the screen, and when it was said.
    package struct Remark: Equatable, Sendable {
        package var text: String
        package var time: Double
    }

    package var connection = Connection.opening
    /// The daemon's name and version.
    package var program: String?
    package var storage = StatusMessage.Storage.disk
    package var droppedFrames = 0
    package var athletes: [LiveAthlete] = []
    package var sensors: [SensorStatus] = []
    package var devices: [DeviceStatus] = []
    package var notice: Remark?
    package var trouble: Remark?
    package init() {}
}

/// One athlete of the daemon, with the session that runs or the last one that was seen.
package struct LiveAthlete: Equatable, Sendable {
    package struct Session: Equatable, Sendable {
        package var id: String?
        package var plan: String?
        package var elapsed = 0.0
        package var isRunning = true
    }

    package struct Phase: Equatable, Sendable {
        package var kind: PhaseKind
        package var start: Double
        /// `nil` while it lasts.
        package var end: Double?
    }

    /// `nil` for an athlete of whom the daemon was told nothing.
    package var name: String?
    package var session: Session?
    package var phases: [Phase] = []
    /// Sprints and intervals, by start.
    package var bouts: [AnalysisDocument.Sprint] = []
    /// Earlier bouts that a late client was not told of.
    package var omittedBouts = 0
    /// The share that a sprint is asked for.
    package var target = 0.8
    package var now: NowMessage?
    /// When `now` came.
    package var nowTime = 0.0

    package init(name: String?) { self.name = name }

    package var displayName: String { name ?? "athlete" }

    /// The phase that lasts, as far as is known.
    package var phase: Phase? {
        guard session?.isRunning ?? false else { return nil }
        if let phase = now?.phase { return Phase(kind: phase.kind, start: phase.start) }
        guard let last = phases.last, last.end == nil else { return nil }
        return last
    }

    /// Seconds since the session's first frame.
    package var clock: Double? { session.map { max($0.elapsed, now?.time ?? 0) } }

    /// Which of the session's bouts the one is that began then, from 1.
    package func number(ofBoutAt start: Double) -> Int { omittedBouts + bouts.count { $0.start < start } + 1 }
}
