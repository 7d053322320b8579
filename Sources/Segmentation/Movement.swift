// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Whether the athlete stands, moves, or has gone from a walk to a jog; since when.
struct Movement: Sendable {
    /// Steps per minute below which nobody walks.
    private static let stillCadence = 30.0
    /// m/s; the walk–run transition lies at about 2 m/s (Thorstensson & Roberthson 1987, Acta Physiol Scand 131:211).
    private static let jogSpeed = 1.9
    /// How much faster than the recovery's walk a jog is, m/s.
    private static let jogRise = 0.6

    private(set) var stillSince: Timestamp?
    private(set) var movingSince: Timestamp?
    private(set) var joggingSince: Timestamp?
    private(set) var hasMovedBySpeed = false
    private(set) var hasMovedByCadence = false
    private(set) var evidence = Evidence.heartRate
    private var slowest: Double?
    private var smooth: Double?
    private var lastSpeedTime: Timestamp?

    /// Whether a speed has been told at all.
    var hasSpeed: Bool { lastSpeedTime != nil }

    /// Whether the athlete walks or stands rather than runs, as far as speed tells.
    var isSlow: Bool { smooth.map { $0 < Self.jogSpeed } ?? false }

    /// Whether speed or cadence has told anything.
    var isKnown: Bool { movingSince != nil || stillSince != nil }

    /// - Returns: `nil` until speed or cadence has told.
    func isMoving(at time: Timestamp) -> Bool? {
        if movingSince != nil { return true }
        if stillSince != nil { return false }
        return nil
    }

    /// What was jogged before a bout says nothing of what comes after it.
    mutating func forgetJog() {
        joggingSince = nil
        slowest = nil
        smooth = nil
    }

    /// - Parameters:
    ///   - news: what a sample brought.
    ///   - hasSpeed: whether a speed is known, from this sample or from one before it.
    @inline(__always)
    mutating func ingest(_ news: News, hasSpeed: Bool, at time: Timestamp) {
        if let speed = news.speed {
            let still = speed < Segmenter.stillSpeed
            hasMovedBySpeed = hasMovedBySpeed || !still
            // A speed that was never anything but 0 is a treadmill's or a lost satellite's.
            if hasMovedBySpeed { note(still: still, at: time, by: .speed) }
            followJog(speed, at: time)
        } else if let cadence = news.cadence, !hasSpeed {
            let still = cadence < Self.stillCadence
            hasMovedByCadence = hasMovedByCadence || !still
            if hasMovedByCadence { note(still: still, at: time, by: .cadence) }
        }
    }

    private mutating func note(still: Bool, at time: Timestamp, by evidence: Evidence) {
        self.evidence = evidence
        if still {
            movingSince = nil
            stillSince = stillSince ?? time
        } else {
            stillSince = nil
            movingSince = movingSince ?? time
        }
    }

    private mutating func followJog(_ speed: Double, at time: Timestamp) {
        let interval = lastSpeedTime.map { min(time.seconds(since: $0), 8) } ?? 0
        lastSpeedTime = time
        let value = smooth.map { $0 + min(1, interval / 4) * (speed - $0) } ?? speed
        smooth = value
        slowest = min(slowest ?? value, value)
        guard let slowest, value >= larger(Self.jogSpeed, slowest + Self.jogRise) else {
            joggingSince = nil
            return
        }
        joggingSince = joggingSince ?? time
    }
}
