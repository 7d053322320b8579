// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Segmentation

/// How well the found bouts of some sessions are the true ones.
struct Measures {
    private(set) var sessions = 0
    private(set) var hours = 0.0
    private(set) var truth = 0
    private(set) var found = 0
    private(set) var matched = 0
    /// Found less true, s.
    private(set) var onset = Distribution()
    private(set) var end = Distribution()
    /// When the start, and the end, was known, less where it truly was, s.
    private(set) var startLatency = Distribution()
    private(set) var endLatency = Distribution()
    /// Found less true, in percentage points.
    private(set) var external = Distribution()
    private(set) var `internal` = Distribution()
    /// Of the sprints whose true effort lies more than 3 points from the target.
    private(set) var verdicts = 0
    private(set) var rightVerdicts = 0
    private(set) var strides = 0
    private(set) var stridesTaken = 0

    /// Seconds by what was done and, within, by what it was taken for.
    private(set) var kinds: [String: [String: Double]] = [:]

    static let target = 0.8

    /// The share of time that was taken for what it was; `nil` where no phase is known.
    var rightTime: Double? {
        let all = kinds.values.reduce(0) { $0 + $1.values.reduce(0, +) }
        let right = kinds.reduce(0) { $0 + ($1.value[$1.key] ?? 0) }
        return all > 0 ? right / all : nil
    }

    var precision: Double? { found > 0 ? Double(matched) / Double(found) : nil }
    var recall: Double? { truth > 0 ? Double(matched) / Double(truth) : nil }
    /// `nil` where there was nothing to find and nothing was found.
    var f1: Double? { truth + found > 0 ? 2 * Double(matched) / Double(truth + found) : nil }
    var falsePerHour: Double? { hours > 0 ? Double(found - matched) / hours : nil }

    mutating func add(_ session: Session) {
        guard let bouts = session.truth else { return }
        let phases = session.analysis.phases
        let foundBouts = session.found
        let matching = Matching(truth: bouts.map(\.bout), found: foundBouts)
        sessions += 1
        hours += session.duration / 3600
        truth += bouts.count
        found += foundBouts.count
        matched += matching.pairs.count
        for pair in matching.pairs {
            let truth = bouts[pair.truth]
            let bout = foundBouts[pair.found]
            onset.add(bout.start - truth.bout.start)
            end.add(bout.end - truth.bout.end)
            guard let place = phases.firstIndex(where: { $0.start == bout.start && $0.end == bout.end }) else {
                continue
            }
            startLatency.add(phases[place].decided - truth.bout.start)
            if place + 1 < phases.count { endLatency.add(phases[place + 1].decided - truth.bout.end) }
            if let sprint = session.analysis.sprints.first(where: { $0.start == bout.start }) {
                add(sprint, truth, of: session)
            }
        }
        for known in session.truePhases {
            for phase in phases {
                let shared = min(known.end, phase.end) - max(known.start, phase.start)
                if shared > 0 { kinds[known.kind, default: [:]][phase.kind.rawValue, default: 0] += shared }
            }
        }
        strides += session.strides.count
        stridesTaken += session.strides.count { stride in
            foundBouts.contains { $0.start < stride.end && $0.end > stride.start }
        }
    }

    private mutating func add(_ sprint: AnalysisDocument.Sprint, _ truth: TrueBout, of session: Session) {
        // A maximum that nobody told makes every effort wrong by the same share, whatever the segmenter does.
        guard session.knowsMaxima else { return }
        if let effort = truth.externalEffort, let told = sprint.externalEffort { external.add(100 * (told - effort)) }
        if let effort = truth.internalEffort, let told = sprint.internalEffort { `internal`.add(100 * (told - effort)) }
        guard let effort = truth.externalEffort, abs(effort - Self.target) > 0.03 else { return }
        verdicts += 1
        if sprint.onTarget == (effort >= Self.target) { rightVerdicts += 1 }
    }
}
