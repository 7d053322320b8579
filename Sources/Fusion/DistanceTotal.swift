// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// One sensor's cumulative distance, as far as the total needs it.
struct DistanceTrack: BitwiseCopyable {
    private var heard = false
    private var last = 0.0
    private var lastTime: Int64 = 0
    /// The last reading not after the total's own time, or the first one if there is none.
    private var anchor = 0.0
    private var anchorTime: Int64 = 0

    enum Step: Equatable {
        /// Metres since the total's time.
        case metres(Double)
        /// The distance fell.
        case reset
        /// More than a runner covers.
        case jump
    }

    /// - Parameters:
    ///   - value: metres, finite.
    ///   - totalTime: when the total last grew, in nanoseconds.
    /// - Returns: what the total would have to grow by, if this sensor is its source.
    @inline(__always)
    mutating func read(_ value: Double, at now: Int64, totalTime: Int64) -> Step {
        defer {
            last = value
            lastTime = now
        }
        guard heard else {
            heard = true
            setAnchor(value, now)
            return .metres(0)
        }
        guard value >= last else {
            setAnchor(value, now)
            return .reset
        }
        if lastTime <= totalTime { setAnchor(last, lastTime) }
        let metres = value - anchor
        let covered = now &- anchorTime
        guard metres <= SpeedGate.highest * 1.2 * Double(covered) / 1e9 + 50 else {
            setAnchor(value, now)
            return .jump
        }
        guard anchorTime < totalTime, covered > 0 else { return .metres(metres) }
        // The part before the total's time is in the total already.
        return .metres(metres * Double(max(0, now &- totalTime)) / Double(covered))
    }

    private mutating func setAnchor(_ value: Double, _ time: Int64) {
        anchor = value
        anchorTime = time
    }
}

/// One never-falling distance, made of the increments of whichever sensor is its source, or of speed where none is.
struct DistanceTotal: BitwiseCopyable {
    /// Metres; meaningless until `begun`.
    private(set) var metres = 0.0
    /// When it last grew, in nanoseconds.
    private(set) var time: Int64 = .min
    private(set) var begun = false

    private var speed = 0.0
    private var speedTime: Int64 = 0
    private var hasSpeed = false
    /// Metres by speed since a sensor's distance last counted, held back in case its next reading covers them.
    private var pending = 0.0

    mutating func add(_ increment: Double, at now: Int64) {
        begun = true
        metres += larger(0, increment)
        time = now
        pending = 0
    }

    /// Takes a believable speed.
    ///
    /// - Parameters:
    ///   - longest: nanoseconds between two speeds over which the runner's path is bridged by their mean.
    ///   - counts: whether there is no distance to go by.
    /// - Returns: whether the total was brought to now.
    mutating func integrate(_ next: Double, at now: Int64, longest: Int64, counts: Bool) -> Bool {
        if hasSpeed, now &- speedTime <= longest {
            // What lies before the total's time is in it already.
            pending += (speed + next) / 2 * Double(now &- max(speedTime, time)) / 1e9
        }
        hasSpeed = true
        speed = next
        speedTime = now
        begun = true
        guard counts else { return false }
        metres += pending
        pending = 0
        time = now
        return true
    }
}
