// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// What was measured, for an analysis of the whole or of a moment.
extension PhaseRecorder {
    /// - Parameter back: 0 for the open phase, 1 for the one before it, and so on. The newest eight are at hand; to find an older one, all are
    ///   gone through.
    /// - Returns: `nil` where there is none.
    package func phase(before back: Int) -> PhaseRecord? { records.record(phaseCount - 1 - back)?.phase }

    /// All phases, in time order without holes, each put together for this one call.
    package func forEachPhase(_ body: (PhaseRecord) -> Void) {
        records.forEach { body($0.phase) }
    }

    /// All sprints and intervals that have been measured, in time order, each put together for this one call.
    package func forEachBout(_ body: (MeasuredBout) -> Void) {
        var (sprints, intervals) = (0, 0)
        // Those for which no next bout was seen yet: one, where phases follow each other.
        var waiting: [MeasuredBout] = []
        records.forEach { record in
            guard record.phase.kind.isWork else { return }
            while let first = waiting.first, record.phase.start >= first.trace.end {
                var bout = waiting.removeFirst()
                bout.rest = record.phase.start - first.trace.end
                body(bout)
            }
            guard let trace = record.bout else { return }
            let isInterval = record.phase.kind == .interval
            waiting.append(MeasuredBout(trace: trace, isInterval: isInterval, index: isInterval ? intervals : sprints))
            if isInterval { intervals += 1 } else { sprints += 1 }
        }
        for bout in waiting { body(bout) }
    }

    /// All phases.
    package var phases: [PhaseRecord] {
        var phases: [PhaseRecord] = []
        phases.reserveCapacity(phaseCount)
        forEachPhase { phases.append($0) }
        return phases
    }

    /// All sprints that have been measured.
    package var sprints: [SprintTrace] { traces(ofIntervals: false) }

    /// The same for intervals.
    package var intervals: [SprintTrace] { traces(ofIntervals: true) }

    private func traces(ofIntervals isInterval: Bool) -> [SprintTrace] {
        var traces: [SprintTrace] = []
        traces.reserveCapacity(isInterval ? intervalCount : sprintCount)
        forEachBout { if $0.isInterval == isInterval { traces.append($0.trace) } }
        return traces
    }
}
