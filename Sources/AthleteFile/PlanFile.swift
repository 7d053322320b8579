// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring
internal import Segmentation

/// Reads a plan from TOML text.
///
/// ```toml
/// name = "hills"
/// source = "my coach"
/// target = 0.85                 # a share of maximum, for all bouts
/// steps = [
///     { kind = "warmup", seconds = 600 },
///     { repeat = 6, steps = [
///         { kind = "sprint", seconds = 20, target = 0.9, basis = "speed" },
///         { kind = "recovery", seconds = 100 },
///     ] },
///     { kind = "cooldown", seconds = 300 },
/// ]
/// ```
///
/// `name` and `steps` are needed. A bout without a `target` has the plan's, and that is 0.8 when it is left out. Repeats may hold repeats.
package enum PlanFile {
    /// Bytes; a larger file is no plan.
    package static let largest = 65_536

    private static let mostRepeats = 100
    private static let deepest = 3

    /// - Throws: at the first place where the text is not a plan.
    package static func plan(_ text: String) throws(AthleteFileError) -> Plan {
        try plan(
            try TOMLDocument(text, tablesInArrays: true).entries,
            at: TOMLDocument.Entry(path: [], value: .table, line: 1, column: 1))
    }

    /// All that a plan may have, and its steps and repeats.
    package static let keys = ["name", "source", "target", "steps"]

    /// Reads a plan from a table of a larger file.
    ///
    /// - Parameters:
    ///   - entries: what is in the table, with paths from it on.
    ///   - place: where the table stands.
    package static func plan(
        _ entries: [TOMLDocument.Entry], at place: TOMLDocument.Entry
    ) throws(AthleteFileError) -> Plan {
        var plan = Plan(name: "", steps: [], target: ScoredSession.defaultTarget)
        var steps: TOMLDocument.Entry?
        for entry in entries where entry.path.count == 1 {
            switch entry.path[0] {
            case "name": plan.name = try self.text(entry)
            case "source": plan.source = try self.text(entry)
            case "target": plan.target = try entry.number(in: Plan.targets, unit: "(a share of maximum)")
            case "steps": steps = entry
            default: throw entry.unknown
            }
        }
        guard !plan.name.isEmpty else { throw missing("name", of: place) }
        guard let steps else { throw missing("steps", of: place, "are") }
        try append(steps, of: entries, to: &plan.steps, depth: 0)
        guard plan.steps.contains(where: { $0.kind.isWork }) else {
            throw steps.error("hold no sprint and no interval")
        }
        return plan
    }

    private static func text(_ entry: TOMLDocument.Entry) throws(AthleteFileError) -> String {
        let text = try entry.string()
        guard text.unicodeScalars.count <= Plan.longestText else {
            throw entry.error("longer than \(Plan.longestText) characters")
        }
        return text
    }

    private static func append(
        _ entry: TOMLDocument.Entry, of entries: [TOMLDocument.Entry], to steps: inout [Plan.Step], depth: Int
    ) throws(AthleteFileError) {
        guard case .array(let values) = entry.value else { throw entry.mistyped("an array of steps") }
        guard !values.isEmpty else { throw entry.error("are none") }
        for (index, value) in values.enumerated() {
            guard case .table = value else { throw entry.mistyped("an array of steps, each { … }", found: value) }
            let path = entry.path + ["\(index)"]
            let place = entries.first { $0.path == path } ?? entry
            let members = entries.filter { $0.path.count == path.count + 1 && $0.path.starts(with: path) }
            if members.contains(where: { $0.path.last == "steps" || $0.path.last == "repeat" }) {
                try appendRepeat(members, at: place, of: entries, to: &steps, depth: depth)
            } else {
                steps.append(try step(members, at: place))
            }
            guard steps.count <= Plan.mostSteps else {
                throw entry.error("are more than \(Plan.mostSteps), repeats written out")
            }
        }
    }

    private static func appendRepeat(
        _ members: [TOMLDocument.Entry], at place: TOMLDocument.Entry, of entries: [TOMLDocument.Entry],
        to steps: inout [Plan.Step], depth: Int
    ) throws(AthleteFileError) {
        var count = 1
        var inner: TOMLDocument.Entry?
        for member in members {
            switch member.path.last {
            case "repeat": count = try member.integer(in: 1...mostRepeats)
            case "steps": inner = member
            default: throw member.error("has no place in a repeat, which has repeat and steps")
            }
        }
        guard let inner else { throw missing("steps", of: place, in: "repeat") }
        guard depth < deepest else { throw inner.error("nested too deeply") }
        var block: [Plan.Step] = []
        try append(inner, of: entries, to: &block, depth: depth + 1)
        for _ in 0..<count where steps.count <= Plan.mostSteps { steps += block }
    }

    private static func step(
        _ members: [TOMLDocument.Entry], at place: TOMLDocument.Entry
    ) throws(AthleteFileError) -> Plan.Step {
        var kind: PhaseKind?
        var seconds: Double?
        var target: Double?
        var basis: Plan.TargetBasis?
        for member in members {
            switch member.path.last {
            case "kind":
                kind = try member.choice(Dictionary(uniqueKeysWithValues: PhaseKind.allCases.map { ($0.rawValue, $0) }))
            case "seconds": seconds = try member.number(in: Plan.stepLengths, unit: "s")
            case "target": target = try member.number(in: Plan.targets, unit: "(a share of maximum)")
            case "basis":
                basis = try member.choice(
                    Dictionary(uniqueKeysWithValues: Plan.TargetBasis.allCases.map { ($0.rawValue, $0) }))
            default: throw member.error("unknown key")
            }
        }
        guard let kind else { throw missing("kind", of: place, in: "step") }
        guard let seconds else { throw missing("seconds", of: place, in: "step") }
        guard kind.isWork || target == nil && basis == nil else {
            throw AthleteFileError(
                line: place.line, column: place.column, reason: "only a sprint or an interval has a target")
        }
        return Plan.Step(kind, seconds: seconds, target: target, basis: basis)
    }

    private static func missing(
        _ key: String, of place: TOMLDocument.Entry, _ verb: String = "is"
    ) -> AthleteFileError {
        AthleteFileError(line: place.line, column: place.column, reason: "\(key): \(verb) missing")
    }

    private static func missing(_ key: String, of place: TOMLDocument.Entry, in what: String) -> AthleteFileError {
        AthleteFileError(line: place.line, column: place.column, reason: "\(key): is missing in this \(what)")
    }
}
