// SPDX-License-Identifier: GPL-3.0-or-later

/// What one athlete truly did. Times are seconds of the recording, clipped to begin at 0.
package struct AthleteRecord: Equatable, Sendable {
    /// Phases and bouts beyond this many are counted, not kept: the memory of a session is bounded.
    package static let limit = 20_000

    package struct Phase: Equatable, Sendable {
        package var activity: Activity
        package var start: Double
        package var end: Double
    }

    package struct Bout: Equatable, Sendable {
        package var activity: Activity
        /// Where the runner begins to accelerate.
        package var start: Double
        /// Where the slowing begins.
        package var end: Double
        /// Where the working part starts: `start` + 3 s, or a fifth of a short bout.
        package var workStart: Double
        /// m/s over start...end.
        package var meanSpeed: Double
        /// m/s over workStart...end.
        package var workSpeed: Double
        package var peakSpeed: Double
        /// `workSpeed` as a share of the athlete's maximum.
        package var effort: Double
        /// What the athlete meant to run.
        package var intended: Double
        /// bpm: the highest rate in start...end + 30 s, and when it was reached.
        package var peakHeartRate: Double
        package var peakHeartRateTime: Double
        /// Whether the recording began within the bout: its start is the recording's.
        package var clipped: Bool
    }

    package private(set) var phases: [Phase] = []
    package private(set) var bouts: [Bout] = []
    /// Strides of the warm-up, which are part of it and no bouts.
    package private(set) var strides: [Phase] = []
    package private(set) var omitted = 0
    /// Beats since the recording began.
    package private(set) var beats = 0
    /// Metres since the recording began.
    package private(set) var distance = 0.0
    /// The best mean speed over 5 s, m/s.
    package private(set) var bestFiveSeconds = 0.0
    package private(set) var peakHeartRate = 0.0

    private let maxSpeed: Double
    private let limit: Int
    private var origin: Double?
    /// Positions of the last 5 s, one per step of time.
    private var recent: [Double] = Array(repeating: 0, count: 100)
    private var recentCount = 0
    /// The first bout whose heart-rate window may still be open.
    private var firstOpen = 0
    private var inBout = false
    private var boutPosition = 0.0
    private var workPosition: Double?
    private var phaseKept = false

    /// - Parameter limit: as ``limit``, at most.
    init(maxSpeed: Double, limit: Int) {
        self.maxSpeed = maxSpeed
        self.limit = limit
    }

    mutating func begin(
        _ activity: Activity, at time: Double, until end: Double, position: Double, effort: Double?
    ) {
        closeBout(at: time, position: position)
        let start = max(0, time)
        if let last = phases.last, last.activity == activity, phaseKept, !activity.isWork {
            phases[phases.count - 1].end = end
        } else if end > 0 {
            phaseKept = phases.count < limit
            if phaseKept {
                phases.append(Phase(activity: activity, start: start, end: end))
            } else {
                omitted += 1
            }
        }
        guard let effort, end > 0, bouts.count < limit else { return }
        inBout = true
        boutPosition = position
        workPosition = nil
        bouts.append(
            Bout(
                activity: activity, start: start, end: end, workStart: start + min(3, (end - start) / 5),
                meanSpeed: 0, workSpeed: 0, peakSpeed: 0, effort: 0, intended: effort, peakHeartRate: 0,
                peakHeartRateTime: start, clipped: time < 0))
    }

    mutating func stride(at time: Double, until end: Double) {
        guard end > 0, strides.count < limit else { return }
        strides.append(Phase(activity: .warmup, start: max(0, time), end: end))
    }

    private mutating func closeBout(at time: Double, position: Double) {
        guard inBout else { return }
        inBout = false
        let last = bouts.count - 1
        let bout = bouts[last]
        bouts[last].meanSpeed = (position - boutPosition) / max(bout.end - bout.start, 0.05)
        if let workPosition {
            bouts[last].workSpeed = (position - workPosition) / max(bout.end - bout.workStart, 0.05)
        }
        bouts[last].effort = bouts[last].workSpeed / maxSpeed
    }

    mutating func advance(
        to time: Double, by step: Double, speed: Double, position: Double, heartRate: Double, beat: Bool
    ) {
        guard time > step / 2 else {
            // The recording begins within a bout: only what it shows is counted.
            boutPosition = position
            return
        }
        if origin == nil { origin = position - speed * step }
        distance = position - (origin ?? 0)
        if beat { beats += 1 }
        peakHeartRate = max(peakHeartRate, heartRate)
        let slot = recentCount % recent.count
        if recentCount >= recent.count {
            bestFiveSeconds = max(bestFiveSeconds, (position - recent[slot]) / (Double(recent.count) * step))
        }
        recent[slot] = position
        recentCount += 1
        if inBout {
            let last = bouts.count - 1
            bouts[last].peakSpeed = max(bouts[last].peakSpeed, speed)
            if workPosition == nil, time >= bouts[last].workStart - step / 2 {
                bouts[last].workStart = time
                workPosition = position
            }
        }
        var open = firstOpen
        while open < bouts.count {
            if time > bouts[open].end + 30 {
                if open == firstOpen { firstOpen += 1 }
            } else if heartRate > bouts[open].peakHeartRate {
                bouts[open].peakHeartRate = heartRate
                bouts[open].peakHeartRateTime = time
            }
            open += 1
        }
    }

    mutating func finish(at time: Double, position: Double) {
        closeBout(at: time, position: position)
        if phaseKept, !phases.isEmpty { phases[phases.count - 1].end = time }
    }
}
