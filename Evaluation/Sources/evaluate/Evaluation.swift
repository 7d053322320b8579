// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Foundation

/// `Evaluation/Sources/evaluate/Evaluation.swift` lies four levels below it.
private let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

/// Runs all sessions that the options ask for and prints the tables.
func evaluate(_ options: Options) throws {
    var summary = Summary()
    let out = options.folder.map { URL(filePath: $0) }
    let folder = out?.appending(path: "sessions")
    if let folder {
        // What an earlier run left there would be taken for this one's.
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    func take(_ session: Session) throws {
        if options.listsErrors { listErrors(of: session) }
        if let folder {
            let json = session.json(order: summary.sessions.count)
            try Data(json.utf8).write(to: folder.appending(path: session.fileName + ".json"))
        }
        summary.add(session)
    }
    let conditions = Condition.all.filter { options.only.map($0.name.contains) ?? true }
    for condition in options.isQuick ? conditions.map({ $0.quick() }) : conditions {
        for seed in condition.base + 1...condition.base + UInt64(condition.count) * options.times {
            if options.isTuning, seed.isMultiple(of: 2) { continue }
            let session = try Session(condition, seed: seed)
            try take(session)
        }
    }
    if options.takesReal {
        if let folder = RealFolder(projectRoot: root) {
            for run in try folder.all() { try take(Session(run, in: folder)) }
        } else {
            print("There are no real recordings here: the simulated sessions only. See CONTRIBUTING.md.\n")
        }
    }
    let details = """
        Bouts. Errors and latencies in s: |m| median of sizes, |p95| their 95th percentile, m median with sign.

        \(summary.bouts)

        Kinds of phases: what was done, and what it was taken for, in per cent of the time

        \(summary.kinds)

        Efforts: found less true, in percentage points

        \(summary.efforts)

        """
    let aims = "Aims\n\n\(summary.aims)\n"
    if let out {
        try Data("\(details)\n\(aims)".utf8).write(to: out.appending(path: "measures.txt"))
        try Data(summary.json.utf8).write(to: out.appending(path: "measures.json"))
        print(aims)
        print("Every condition's figures: \(out.appending(path: "measures.txt").path)\n")
    } else {
        print(details)
        print(aims)
    }
}

/// What of one session is wrong, a line each.
func listErrors(of session: Session) {
    guard let truth = session.truth else { return }
    let found = session.found
    let matching = Matching(truth: truth.map(\.bout), found: found)
    func say(_ what: String, _ bout: Bout) {
        print(
            "\(session.name) (\(session.condition)): \(what) \(bout.kind.rawValue) "
                + "\(text(bout.start, 1))…\(text(bout.end, 1)) (\(text(bout.length, 1)) s)")
    }
    if session.half == .real { for bout in truth { say("true", bout.bout) } }
    for index in truth.indices where !matching.pairs.contains(where: { $0.truth == index }) {
        say("missed", truth[index].bout)
    }
    for index in found.indices where !matching.pairs.contains(where: { $0.found == index }) {
        say("false", found[index])
    }
    for pair in matching.pairs {
        let onset = found[pair.found].start - truth[pair.truth].bout.start
        let end = found[pair.found].end - truth[pair.truth].bout.end
        if max(abs(onset), abs(end)) > 2 { say("off by \(text(onset, 1)), \(text(end, 1)):", truth[pair.truth].bout) }
        guard session.knowsMaxima, let effort = truth[pair.truth].externalEffort,
            let told = session.analysis.sprints.first(where: { $0.start == found[pair.found].start })?.externalEffort,
            abs(told - effort) > 0.01
        else { continue }
        say("effort \(text(100 * effort, 1)) off by \(text(100 * (told - effort), 1)):", truth[pair.truth].bout)
    }
}
