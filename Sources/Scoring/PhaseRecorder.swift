// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
import Measurement
package import Segmentation

/// Follows the segmenter's decisions and the fused stream, and measures every phase and every sprint between its back-dated edges.
package struct PhaseRecorder: Sendable {
    /// A bout of less than this many seconds stays a phase but is no sprint to score: nobody reaches speed in it.
    package static let shortestSprint = 3.0
    /// More phases than this are no workout but noise; later ones are counted, not kept.
    private static let mostPhases = 50_000
    /// Seconds; what a shorter silence moves out of reach, no decision needs, and ``foldPeaks()`` has folded in.
    private static let longSilence = 10.0

    private(set) var records: SessionRecords
    /// How many phases there are.
    package var phaseCount: Int { records.count }
    /// The last phase, which goes on until ``finish()``.
    package var openPhase: PhaseRecord? { records.last }
    /// Whether any phase is a bout, the open one included.
    package private(set) var hasWork = false
    /// How many sprints have had their recovery watched for long enough, and so change no more.
    package private(set) var sprintCount = 0
    /// The same for intervals.
    package private(set) var intervalCount = 0
    /// Where the last of these began; -1 where there is none.
    private var lastMeasuredStart = -1.0
    /// Phases beyond what is kept.
    package private(set) var overflow = 0
    /// Best 5 s mean speed so far, m/s.
    package private(set) var bestSpeed: Double?
    /// Where those 5 s ended, in seconds.
    package private(set) var bestSpeedTime: Double?
    /// The largest 5 s mean heart rate so far, bpm.
    package private(set) var bestHeartRate: Double?
    /// Where those 5 s ended, in seconds.
    package private(set) var bestHeartRateTime: Double?

    private var history = History()
    /// History as it stood before a silence that moved much of it out of reach: what was going on before is only now
    /// found to have ended.
    private var historyBeforeSilence: History?
    private var openTotals = History.Totals()
    /// Peaks of the open phase in quarters that history no longer reaches.
    private var openPeaks = History.Peaks()
    /// The open phase, where it is a bout that may outlast history.
    private var longBout: LongBout?
    private var lastTime = 0.0
    private var nextFold = 0.0
    private var nextBest = 0.0
    /// Until then a new best is possible: see ``watchForBest(_:)``.
    private var bestUntil = 0.0
    /// Anything that is known, as long as there is no best.
    private var speedToBeat = Double.leastNonzeroMagnitude
    private var heartRateToBeat = Double.leastNonzeroMagnitude
    /// Bouts that wait for their recovery, and the place of each among the phases.
    private var pending: [(start: Double, end: Double, kind: PhaseKind, phase: Int, long: LongBout?)] = [] {
        // The first waits until the reading 90 s after it is in.
        didSet { nextCompletion = pending.first.map { $0.end + 90 + SprintTrace.recoveryHalfWindow } ?? .infinity }
    }
    private var nextCompletion = Double.infinity

    /// `nil`: sprints can be scored against anything.
    private let limits: TraceLimits?

    /// - Parameter limits: what sprints will be held against; with them, what is kept of one does not depend on its length.
    package init(limits: TraceLimits? = nil) {
        self.limits = limits
        records = SessionRecords(limits: limits)
    }

    package mutating func ingest(_ sample: FusedSample) { take(sample) }

    /// As ``ingest(_:)`` for each of many samples.
    package mutating func ingest(_ samples: Span<FusedSample>) {
        for index in samples.indices { take(samples[index]) }
    }

    @inline(__always)
    private mutating func take(_ sample: FusedSample) {
        let time = larger(lastTime, sample.time.seconds)
        if time - lastTime > Self.longSilence { endSilence(at: time) }
        lastTime = time
        history.ingest(sample, at: time)
        if lastTime >= nextFold {
            foldPeaks()
            followLongBout(to: lastTime - Segmenter.longestBackdating)
            nextFold = lastTime + 60
        }
        watchForBest(sample)
        if lastTime >= nextBest {
            if lastTime < bestUntil { noteBest() }
            nextBest = lastTime + History.resolution
        }
        if lastTime > nextCompletion { completeSprints(final: false) }
    }

    @inline(never)
    private mutating func endSilence(at time: Double) {
        completeSprints(final: false)
        historyBeforeSilence = history
        // The open phase will not be found to have ended before this.
        let settled = min(lastTime, time - Segmenter.longestBackdating)
        if let phase = openPhase { openPeaks.merge(history.peaks(from: phase.start, to: settled)) }
        followLongBout(to: settled)
    }

    package mutating func apply(_ change: PhaseChange) {
        switch change {
        case .becameInterval(let decided):
            guard overflow == 0 else { return }
            records.changeLast {
                $0.kind = .interval
                $0.becameInterval = decided.seconds
            }
        case .began(let start):
            guard phaseCount < Self.mostPhases else {
                overflow += 1
                return
            }
            close(at: start.start.seconds)
            records.append(PhaseRecord(start), firstWanted: pending.first?.phase)
            hasWork = hasWork || start.kind.isWork
            openTotals = totals(at: start.start.seconds)
            openPeaks = History.Peaks()
            longBout = nil
        }
    }

    /// The recording ends: the open phase is measured up to the last sample, waiting sprints with the recovery there is.
    package mutating func finish() {
        close(at: lastTime)
        completeSprints(final: true)
    }

    /// The phases as they stand, the open one measured up to the last sample.
    package func snapshot() -> PhaseRecorder {
        var copy = self
        copy.finish()
        return copy
    }

    /// The last bout as it stands, for live display; `nil` when the open or last phase is no sprint.
    package func provisionalTrace(of phase: PhaseRecord) -> SprintTrace {
        guard let bout = followed(to: phase.end), bout.start == phase.start else {
            return SprintTrace(
                start: phase.start, end: phase.end, history: history(reaching: phase.start), nextWork: nil,
                limits: limits)
        }
        let peaks = History.Peaks(speed: phase.maxSpeed, heartRate: phase.peakHeartRate)
        return SprintTrace(bout, end: phase.end, peaks: peaks, history: history, nextWork: nil)
    }

    private func history(reaching time: Double) -> History {
        guard time < history.oldest, let historyBeforeSilence else { return history }
        return historyBeforeSilence
    }

    private func totals(at time: Double) -> History.Totals { history(reaching: time).totals(at: time) }

    private func peaks(from start: Double, to end: Double) -> History.Peaks {
        var peaks = history.peaks(from: start, to: end)
        if start < history.oldest, let historyBeforeSilence {
            peaks.merge(historyBeforeSilence.peaks(from: start, to: min(end, history.oldest)))
        }
        return peaks
    }

    private mutating func close(at end: Double) {
        guard var phase = openPhase else { return }
        phase.end = max(end, phase.start)
        var peaks = openPeaks
        peaks.merge(self.peaks(from: phase.start, to: phase.end))
        phase.measure(from: openTotals, to: totals(at: phase.end), peaks: peaks)
        records.changeLast { $0 = phase }
        guard phase.kind.isWork, phase.duration >= Self.shortestSprint, pending.last?.start != phase.start,
            lastMeasuredStart < phase.start
        else { return }
        pending.append((phase.start, phase.end, phase.kind, phaseCount - 1, followed(to: phase.end)))
    }

    /// A phase may outlast history: what leaves it within the next minute is folded in now.
    private mutating func foldPeaks() {
        guard let phase = openPhase else { return }
        let reach = history.oldest + 70
        guard reach > phase.start, history.oldest > 0 else { return }
        openPeaks.merge(history.peaks(from: max(phase.start, history.oldest), to: min(reach, lastTime)))
    }

    /// - Parameter settled: seconds; the open phase will not be found to have ended before this.
    private mutating func followLongBout(to settled: Double) {
        guard let phase = openPhase, phase.kind.isWork, settled > phase.start else { return }
        var bout =
            longBout
            ?? LongBout(
                start: phase.start, history: history(reaching: phase.start), limits: limits)
        longBout = nil
        bout.follow(to: settled, history)
        longBout = bout
    }

    /// The open phase's, taken down to its end.
    private func followed(to end: Double) -> LongBout? {
        guard var bout = longBout else { return nil }
        bout.follow(to: end, history)
        return bout
    }

    /// A mean is no more than the largest of the values that it is made of, so that most samples cannot make a new best. Those count that lie
    /// in its 5 s, in the quarter second at their beginning, and up to the longest spacing before that. What rounding adds to a mean is
    /// less than a millionth of it.
    @inline(__always)
    private mutating func watchForBest(_ sample: FusedSample) {
        let values = sample.values
        let isHigh =
            values[FusedSample.speedLane] >= speedToBeat || values[FusedSample.heartRateLane] >= heartRateToBeat
        // A doubtful speed stands for the one before it, which may be as high.
        guard isHigh || sample.doubts.contains(.speedOutlier) else { return }
        bestUntil = lastTime + 5 + 2 * History.resolution + History.longestSpacing
    }

    private mutating func noteBest() {
        let start = lastTime - 5
        guard start >= 0 else { return }
        defer {
            let almost = 1 - 1e-6
            if let bestSpeed { speedToBeat = bestSpeed * almost }
            if let bestHeartRate { heartRateToBeat = bestHeartRate * almost }
        }
        let means = history.means(from: start, to: lastTime)
        if let speed = means.speed, speed.coverage >= 0.9 {
            if speed.mean > bestSpeed ?? 0 { (bestSpeed, bestSpeedTime) = (speed.mean, lastTime) }
        }
        if let rate = means.heartRate, rate.coverage >= 0.9 {
            if rate.mean > bestHeartRate ?? 0 { (bestHeartRate, bestHeartRateTime) = (rate.mean, lastTime) }
        }
    }

    private mutating func completeSprints(final: Bool) {
        while let first = pending.first {
            guard final || lastTime > nextCompletion else { return }
            // From the bout on, not from the first phase: with every bout that search would be longer.
            let nextWork = records.first(from: first.phase) { $0.kind.isWork && $0.start >= first.end }?.start
            let trace =
                if let long = first.long {
                    SprintTrace(
                        long, end: first.end, peaks: peaksOfPhase(first.phase), history: history, nextWork: nextWork)
                } else {
                    SprintTrace(
                        start: first.start, end: first.end, history: history(reaching: first.start),
                        nextWork: nextWork, limits: limits)
                }
            records.setBout(trace, at: first.phase)
            if first.kind == .interval { intervalCount += 1 } else { sprintCount += 1 }
            lastMeasuredStart = max(lastMeasuredStart, first.start)
            pending.removeFirst()
        }
    }

    private func peaksOfPhase(_ place: Int) -> History.Peaks {
        let phase = records.record(place)?.phase
        return History.Peaks(speed: phase?.maxSpeed, heartRate: phase?.peakHeartRate)
    }

    /// How many bouts of its kind there have been with one that has ended, itself included: its index in the analysis.
    ///
    /// - Parameter back: 0 for the open phase, 1 for the one before it, and so on.
    package func index(ofBoutBefore back: Int, _ kind: PhaseKind) -> Int {
        let ended = (kind == .interval ? intervalCount : sprintCount) + pending.count { $0.kind == kind }
        let later = (0..<back).count { back in
            phase(before: back).map { $0.kind == kind && $0.duration >= Self.shortestSprint } ?? false
        }
        return ended - later
    }
}
