// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Segmentation
package import SocketProtocol

extension LiveState {
    private static let mostAthletes = 64
    private static let mostSensors = 256
    private static let mostDevices = 64
    fileprivate static let mostPhases = 4000
    fileprivate static let mostBouts = 1000

    /// Takes one message of the daemon's.
    ///
    /// - Parameter time: seconds of a clock that never steps.
    /// - Returns: what it changed, as far as that is worth a line.
    package mutating func fold(_ message: SocketMessage, at time: Double) -> LiveChange? {
        switch message {
        case .version(let program, let protocolName):
            connection = .open
            self.program = program
            return .greeted(program: program, protocolName: protocolName)
        case .status(let status): return take(status)
        case .sensors(let sensors):
            self.sensors = Array(sensors.prefix(Self.mostSensors))
            return nil
        case .session(let session): return take(session)
        case .phase(let phase): return take(phase)
        case .sprint(let sprint): return take(sprint)
        case .now(let now):
            take(now, time)
            return nil
        case .notice(let device, let message):
            let text = device.map { "\($0): \(message)" } ?? message
            notice = Remark(text: text, time: time)
            return .notice(text)
        case .trouble(let text):
            trouble = Remark(text: text, time: time)
            return .trouble(text)
        case .configuration(.reloaded, _): return .configurationReloaded
        case .configuration(.refused, let reason): return .configurationRefused(reason ?? "no reason told")
        case .done(let command): return .done(command: command)
        case .error(let command, let message): return .refused(command: command, message: message)
        case .bye(let reason): return .farewell(reason: reason.rawValue)
        }
    }

    /// The connection is gone, or could not be made. What is known of the athletes stays to be looked at.
    package mutating func lose(_ reason: String, at time: Double) {
        if case .closed(_, let since) = connection {
            connection = .closed(reason, since: since)
            return
        }
        connection = .closed(reason, since: time)
        for index in athletes.indices { athletes[index].now = nil }
        sensors = []
        devices = []
    }

    // MARK: The whole picture

    private mutating func take(_ status: StatusMessage) -> LiveChange? {
        connection = .open
        droppedFrames = status.droppedFrames
        sensors = Array(status.sensors.prefix(Self.mostSensors))
        devices = Array(status.devices.prefix(Self.mostDevices))
        let known = athletes
        athletes = status.athletes.prefix(Self.mostAthletes).map { athlete in
            LiveAthlete(athlete, known: known.first { $0.name == athlete.name })
        }
        guard status.storage != storage else { return nil }
        storage = status.storage
        return .storage(status.storage)
    }

    // MARK: What happens

    /// The athlete's place in the list; an athlete who was not there gets one, as long as there is room.
    private mutating func place(_ name: String?) -> Int? {
        if let index = athletes.firstIndex(where: { $0.name == name }) { return index }
        guard athletes.count < Self.mostAthletes else { return nil }
        athletes.append(LiveAthlete(name: name))
        return athletes.count - 1
    }

    private mutating func take(_ message: SessionMessage) -> LiveChange? {
        guard let index = place(message.athlete) else { return nil }
        switch message.event {
        case .started:
            // The status after `watch` may have told it already.
            if athletes[index].session?.id != message.id {
                athletes[index].session = .init(id: message.id)
                athletes[index].phases = []
                athletes[index].bouts = []
                athletes[index].omittedBouts = 0
                athletes[index].now = nil
            }
            return .sessionStarted(athlete: message.athlete)
        case .ended:
            athletes[index].session?.isRunning = false
            if let duration = message.duration { athletes[index].session?.elapsed = duration }
            athletes[index].now = nil
            if let last = athletes[index].phases.indices.last, athletes[index].phases[last].end == nil {
                athletes[index].phases[last].end = athletes[index].session?.elapsed
            }
            return .sessionEnded(athlete: message.athlete, duration: message.duration)
        case .stored: return .sessionStored(athlete: message.athlete, folder: message.folder)
        }
    }

    private mutating func take(_ message: PhaseMessage) -> LiveChange? {
        guard let index = place(message.athlete) else { return nil }
        let (kind, start, decided) = (message.phase.kind, message.phase.start, message.phase.decided)
        if athletes[index].session == nil { athletes[index].session = .init() }
        let place = athletes[index].phases.lastIndex { $0.start == start }
        switch message.event {
        case .began:
            guard place == nil else { return nil }
            if let last = athletes[index].phases.indices.last, athletes[index].phases[last].end == nil {
                athletes[index].phases[last].end = start
            }
            athletes[index].phases.append(.init(kind: kind, start: start))
            if athletes[index].phases.count > Self.mostPhases { athletes[index].phases.removeFirst() }
            return .phaseBegan(
                athlete: message.athlete, kind, start: start, decided: decided,
                number: kind.isWork ? athletes[index].number(ofBoutAt: start) : nil)
        case .ended:
            if let place { athletes[index].phases[place] = .init(kind: kind, start: start, end: message.phase.end) }
            return nil
        case .relabelled:
            let before = place.map { athletes[index].phases[$0].kind }
            if let place { athletes[index].phases[place].kind = kind }
            return .phaseRelabelled(
                athlete: message.athlete, from: before, to: kind, start: start, decided: decided,
                number: kind.isWork ? athletes[index].number(ofBoutAt: start) : nil)
        }
    }

    private mutating func take(_ message: SprintMessage) -> LiveChange? {
        guard let index = place(message.athlete) else { return nil }
        let bout = message.sprint
        let kind: PhaseKind = message.kind == .interval ? .interval : .sprint
        if let place = athletes[index].bouts.firstIndex(where: { $0.start == bout.start }) {
            let before = athletes[index].bouts[place]
            athletes[index].bouts[place] = bout
            let isNews =
                bout.recovery30 != before.recovery30 || bout.recovery60 != before.recovery60
                || bout.recovery90 != before.recovery90
            guard isNews else { return nil }
            return .boutRecovered(
                athlete: message.athlete, kind, bout, number: athletes[index].omittedBouts + place + 1)
        }
        let place = athletes[index].bouts.lastIndex { $0.start < bout.start }.map { $0 + 1 } ?? 0
        athletes[index].bouts.insert(bout, at: place)
        let number = athletes[index].omittedBouts + place + 1
        if athletes[index].bouts.count > Self.mostBouts {
            athletes[index].bouts.removeFirst()
            athletes[index].omittedBouts &+= 1
        }
        return .boutScored(athlete: message.athlete, kind, bout, number: number)
    }

    private mutating func take(_ now: NowMessage, _ time: Double) {
        guard let index = place(now.athlete) else { return }
        if !(athletes[index].session?.isRunning ?? false) { athletes[index].session = .init() }
        athletes[index].session?.elapsed = now.time
        athletes[index].target = now.target
        athletes[index].now = now
        athletes[index].nowTime = time
    }
}

extension LiveAthlete {
    /// One of the status's athletes; what only other messages tell is kept of what was `known`.
    fileprivate init(_ status: AthleteStatus, known: LiveAthlete?) {
        self.init(name: status.name)
        target = status.target
        guard let running = status.session else {
            // The last session stays to be looked at.
            phases = known?.phases ?? []
            bouts = known?.bouts ?? []
            omittedBouts = known?.omittedBouts ?? 0
            session = known?.session
            session?.isRunning = false
            return
        }
        session = Session(id: running.id, plan: running.plan, elapsed: running.elapsed)
        omittedBouts = min(max(running.omittedBouts, 0), 1_000_000)
        phases = running.phases.enumerated().map { index, phase in
            let isOpen = running.hasOpenPhase && index == running.phases.count - 1
            return Phase(kind: phase.kind, start: phase.start, end: isOpen ? nil : phase.end)
        }
        bouts = (running.sprints + running.intervals).sorted { $0.start < $1.start }
        guard let known, known.session?.id == running.id else { return }
        now = known.now
        nowTime = known.nowTime
        keepEarlier(of: known)
    }

    /// A status tells of the latest only, and of fewer the more athletes there are: what was known of earlier ones stays.
    private mutating func keepEarlier(of known: LiveAthlete) {
        let firstPhase = phases.first?.start ?? .infinity
        phases = Array((known.phases.prefix { $0.start < firstPhase } + phases).suffix(LiveState.mostPhases))
        let firstBout = bouts.first?.start ?? .infinity
        let told = bouts.count
        bouts = Array((known.bouts.prefix { $0.start < firstBout } + bouts).suffix(LiveState.mostBouts))
        omittedBouts = max(0, omittedBouts - (bouts.count - told))
    }
}
