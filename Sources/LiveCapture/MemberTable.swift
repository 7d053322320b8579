// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
import Scoring

/// Who is recorded, and whose each sensor is. An athlete's number stays the same for as long as the athlete is there: a new configuration
/// finds athletes again by their names.
///
///     running session     what is new waits for its end; who is no longer named stays until then
///     no running session  what is new holds at once
package struct MemberTable: Sendable {
    private enum Change: Sendable {
        case none
        case next(LivePipeline.Member)
        case leaves
    }

    /// Those who have left keep their places until somebody else takes them.
    package private(set) var members: [LivePipeline.Member]
    package private(set) var owners: [SensorID: [Int]] = [:]
    /// Those without a list of sensors.
    package private(set) var unbound: [Int] = []
    /// Sensors that have told a name that somebody lists, the one that told its last last.
    private var learned: [(sensor: SensorID, name: String)] = []
    /// A sensor whose address changes every quarter of an hour is a new one each time: the addresses of more than two days.
    private static let learnedLimit = 256
    private var active: [Bool]
    private var changes: [Change]

    package init(_ members: [LivePipeline.Member]) {
        self.members = members
        active = Array(repeating: true, count: members.count)
        changes = Array(repeating: .none, count: members.count)
        assignSensors()
    }

    /// Whether a session can begin or is running.
    package func isActive(_ member: Int) -> Bool { active.indices.contains(member) && active[member] }

    /// By number; `nil` where nobody is.
    package var present: [LivePipeline.Member?] { members.indices.map { active[$0] ? members[$0] : nil } }

    /// - Parameter isRunning: whether the athlete of that number has a session.
    /// - Returns: the numbers of those whose change waits for the end of their session.
    package mutating func replace(_ wanted: [LivePipeline.Member], isRunning: (Int) -> Bool) -> [Int] {
        var found: Set<Int> = []
        var added: [LivePipeline.Member] = []
        for member in wanted {
            let place = members.indices.first {
                active[$0] && !found.contains($0) && members[$0].athlete.name == member.athlete.name
            }
            guard let place else {
                added.append(member)
                continue
            }
            found.insert(place)
            if isRunning(place) {
                changes[place] = member == members[place] ? .none : .next(member)
            } else {
                members[place] = member
            }
        }
        for place in members.indices where active[place] && !found.contains(place) {
            if isRunning(place) { changes[place] = .leaves } else { active[place] = false }
        }
        for member in added {
            if let free = active.firstIndex(of: false) {
                members[free] = member
                active[free] = true
                changes[free] = .none
            } else {
                members.append(member)
                active.append(true)
                changes.append(.none)
            }
        }
        assignSensors()
        return changes.indices.filter { waits($0) }
    }

    /// - Returns: whether something had waited for it.
    package mutating func endSession(of member: Int) -> Bool {
        switch changes[member] {
        case .none: return false
        case .next(let next): members[member] = next
        case .leaves: active[member] = false
        }
        changes[member] = .none
        assignSensors()
        return true
    }

    private func waits(_ member: Int) -> Bool {
        switch changes[member] {
        case .none: false
        case .next, .leaves: true
        }
    }

    private mutating func assignSensors() {
        owners.removeAll()
        for (index, member) in members.enumerated() where active[index] {
            for sensor in member.athlete.sensors where owners[sensor]?.contains(index) != true {
                owners[sensor, default: []].append(index)
            }
        }
        unbound = members.indices.filter { active[$0] && !members[$0].athlete.listsSensors }
        for (sensor, name) in learned { assign(sensor, called: name) }
    }

    /// Beyond ``learnedLimit`` the one that has told its name least lately is nobody's any more.
    ///
    /// - Returns: those whose sensor it is from here on, and was not before.
    package mutating func learn(_ sensor: SensorID, _ name: String) -> [Int] {
        let new = assign(sensor, called: name)
        guard owners[sensor] != nil else { return [] }
        if let place = learned.lastIndex(where: { $0.sensor == sensor && $0.name == name }) {
            learned.append(learned.remove(at: place))
        } else if !new.isEmpty {
            learned.append((sensor, name))
        }
        if learned.count > Self.learnedLimit {
            learned.removeFirst()
            assignSensors()
        }
        return new
    }

    @discardableResult
    private mutating func assign(_ sensor: SensorID, called name: String) -> [Int] {
        let new = members.indices.filter { index in
            active[index] && owners[sensor]?.contains(index) != true
                && members[index].athlete.sensorNames.contains { $0.matches(name) }
        }
        if !new.isEmpty { owners[sensor, default: []] += new }
        return new
    }
}
