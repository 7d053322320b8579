// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Fusion
internal import LiveCapture
internal import Measurement
internal import Pipeline
internal import Scoring
internal import Segmentation
internal import SocketProtocol
internal import Transport

/// What is so, put together from what happens: late clients are given it, and it gives events the names that clients know.
struct LivePicture {
    private struct Running {
        var status: SessionStatus
        /// On the frames' clock.
        var start: Timestamp
        var configuration: AthleteConfiguration
        var progress: PlanProgress?
    }

    private struct Person {
        var member: LivePipeline.Member?
        var running: Running?
        /// Announced, and not begun yet.
        var coming: SessionStatus?
        /// Of the last session.
        var configuration: AthleteConfiguration?
        var name: String? { running?.configuration.name ?? member?.athlete.name }
    }

    private var persons: [Person]
    private var heard: [HeardSensor] = []
    private var lost: Set<SensorID> = []
    private var devices = DeviceBoard()
    private var storage = StatusMessage.Storage.disk
    /// Sessions that have ended and are not stored yet, by the names that they were given.
    private var ended: [(name: String, athlete: String?, start: String, duration: Double)] = []

    /// Sensors of one list: those of athletes first, then the latest heard.
    private static let mostSensors = 64
    /// A sensor is connected for so many seconds after it was heard, if its transport does not say otherwise.
    private static let staleness = 10.0
    /// As above, on the frames' clock.
    private let staleness: Double

    /// - Parameter rate: seconds of the frames' clock a second.
    init(_ members: [LivePipeline.Member], rate: Double) {
        staleness = Self.staleness * max(1, rate)
        persons = members.map { Person(member: $0) }
    }

    /// - Returns: `nil` where there is none of that name.
    func member(named name: String) -> Int? {
        persons.firstIndex { $0.member != nil && $0.name == name }
            ?? persons.firstIndex { $0.member != nil && $0.name?.lowercased() == name.lowercased() }
    }

    // MARK: Events

    /// - Returns: what is to be told of it.
    mutating func take(_ event: WatchQueue.Event) -> [SocketMessage] {
        switch event {
        case .live(let event): take(event)
        case .report(let report): take(report)
        }
    }

    mutating func take(_ sensors: [HeardSensor]) { heard = sensors }

    private mutating func withPerson(_ athlete: Int, _ body: (inout Person) -> [SocketMessage]) -> [SocketMessage] {
        guard persons.indices.contains(athlete) else { return [] }
        return body(&persons[athlete])
    }

    private mutating func take(_ event: LiveEvent) -> [SocketMessage] {
        switch event {
        case .sessionStarted(let athlete, let start, let configuration):
            return withPerson(athlete) { Self.begin(&$0, start, configuration) }
        case .pipeline(let athlete, .phase(let change)):
            return withPerson(athlete) { person in
                person.running?.progress?.apply(change)
                return []
            }
        case .pipeline: return []
        case .sessionEnded(let athlete, let duration): return end(athlete, duration)
        case .sessionStored(let folder): return [.session(stored(folder))]
        case .notice(let notice, let text): return take(notice, text)
        case .trouble(let text), .recovery(let text): return [.trouble(text)]
        case .members(let members):
            for index in members.indices.suffix(from: min(persons.count, members.count)) {
                persons.append(Person(member: members[index]))
            }
            for index in members.indices { persons[index].member = members[index] }
            return []
        case .reloaded(let remarks):
            return [.configuration(.reloaded, message: remarks.isEmpty ? nil : remarks.joined(separator: "; "))]
        case .refused(let reason): return [.configuration(.refused, message: reason)]
        case .ended: return []
        }
    }

    private static func begin(
        _ person: inout Person, _ start: Timestamp, _ configuration: AthleteConfiguration
    ) -> [SocketMessage] {
        guard var status = person.coming else { return [] }
        person.coming = nil
        status.plan = configuration.plan?.name
        person.configuration = configuration
        person.running = Running(
            status: status, start: start, configuration: configuration,
            progress: configuration.plan.map { PlanProgress($0, target: configuration.target) })
        var message = SessionMessage(.started, athlete: configuration.name, id: status.id)
        message.start = status.start
        return [.session(message)]
    }

    private mutating func end(_ athlete: Int, _ duration: Double) -> [SocketMessage] {
        guard persons.indices.contains(athlete), let running = persons[athlete].running else { return [] }
        persons[athlete].running = nil
        var message = SessionMessage(.ended, athlete: running.configuration.name, id: running.status.id)
        message.start = running.status.start
        message.duration = duration
        // Each is stored or lost in the end; if it is lost, its name is forgotten here some day.
        if ended.count >= 256 { ended.removeFirst() }
        ended.append((running.status.id, running.configuration.name, running.status.start, duration))
        return [.session(message)]
    }

    /// A folder's name may have got a number behind the session's, if that was taken.
    private mutating func stored(_ folder: String) -> SessionMessage {
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        let place = ended.firstIndex { $0.name == name } ?? ended.firstIndex { name.hasPrefix($0.name + "-") }
        var message = SessionMessage(.stored, athlete: nil, id: name)
        message.folder = folder
        guard let place else { return message }
        let session = ended.remove(at: place)
        message.athlete = session.athlete
        message.start = session.start
        message.duration = session.duration
        return message
    }

    private mutating func take(_ notice: TransportNotice, _ text: String) -> [SocketMessage] {
        switch (notice.kind, notice.sensor) {
        case (.sensorLost, let sensor?): lost.insert(sensor)
        case (.sensorBack, let sensor?), (.sensorFound, let sensor?): lost.remove(sensor)
        case (.sensorLost, nil), (.sensorBack, nil), (.sensorFound, nil), (.batteryLow, _), (.remark, _): break
        case (.deviceArrived, _), (.deviceReady, _), (.deviceLeft, _), (.deviceUnusable, _):
            devices.take(notice, text)
        }
        if lost.count > 4 * SensorLedger.limit { lost.removeAll() }
        return [.notice(device: Self.device(of: notice), message: text)]
    }

    /// - Returns: `nil` for what is of no single device: no stick has the number 0, which is an adapter's.
    private static func device(of notice: TransportNotice) -> String? {
        switch (notice.sensor, notice.kind, notice.device) {
        case (nil, .remark, _), (.ant, _, 0): nil
        case (_, _, let number): DeviceBoard.name(number)
        }
    }

    private mutating func take(_ report: LiveReport) -> [SocketMessage] {
        switch report {
        case .sessionBegan(let athlete, let name, let unixSeconds):
            return withPerson(athlete) { person in
                let start = DateText.make(unixMilliseconds: unixSeconds &* 1000)
                person.coming = SessionStatus(id: name, start: start, elapsed: 0)
                return []
            }
        case .phase(let athlete, let event, let phase):
            return withPerson(athlete) { person in
                person.running?.status.take(event, phase)
                return [.phase(PhaseMessage(event.asTold, athlete: person.name, phase: phase))]
            }
        case .bout(let athlete, let isInterval, let isFinal, let bout):
            return withPerson(athlete) { person in
                person.running?.status.take(bout, isInterval: isInterval)
                return [
                    .sprint(
                        SprintMessage(
                            athlete: person.name, kind: isInterval ? .interval : .sprint, isFinal: isFinal,
                            sprint: bout))
                ]
            }
        case .storage(let storage):
            switch storage {
            // What is lost stays lost.
            case .disk: self.storage = self.storage == .failed ? .failed : .disk
            case .memory: self.storage = self.storage == .failed ? .failed : .memory
            case .failed: self.storage = .failed
            }
            return []
        }
    }

    // MARK: What is so

    /// - Returns: `nil` when the athlete's session is over already.
    mutating func now(_ athlete: Int, _ sample: FusedSample) -> NowMessage? {
        guard persons.indices.contains(athlete), let running = persons[athlete].running else { return nil }
        let time = sample.time.seconds
        persons[athlete].running?.progress?.advance(to: time)
        let moment = MomentaryEffort(
            speed: sample.speed, heartRate: sample.heartRate, maxima: running.configuration.maxima)
        let state = persons[athlete].running?.progress?.state(at: time, moment)
        let target = state?.target ?? running.configuration.effectiveTarget
        var now = NowMessage(athlete: running.configuration.name, time: time, target: target)
        now.phase = running.status.phases.last.map { .init(kind: $0.kind, start: $0.start) }
        now.speed = sample.speed
        now.heartRate = sample.heartRate
        now.cadence = sample.cadence
        now.effort = state?.effort ?? moment.share()
        if now.phase?.kind.isWork ?? false { now.isOnTarget = now.effort.map { $0 >= target } }
        if let state, let plan = running.configuration.plan {
            now.step = .init(
                index: state.index + 1, of: plan.steps.count, kind: state.step.kind, elapsed: state.elapsed,
                planned: state.step.seconds, left: state.left, repetition: state.bout, repetitions: state.bouts,
                isComplete: state.isComplete)
            now.next = state.next.map { .init(kind: $0.kind, planned: $0.seconds) }
        }
        return now
    }

    /// - Parameters:
    ///   - status: with all but athletes, sensors and devices.
    ///   - time: on the frames' clock.
    func complete(_ status: StatusMessage, at time: Timestamp) -> StatusMessage {
        var status = status
        status.storage = storage
        status.athletes = persons.compactMap { person in
            guard person.member != nil || person.running != nil else { return nil }
            let configuration = person.running?.configuration ?? person.configuration
            var athlete = AthleteStatus(
                name: person.name,
                target: configuration?.effectiveTarget ?? person.member?.athlete.target ?? person.member?.plan?.target
                    ?? ScoredSession.defaultTarget)
            athlete.maxSpeed = configuration.map { Self.maximum($0.maxima.speed) }
            athlete.maxHeartRate = configuration.map { Self.maximum($0.maxima.heartRate) }
            athlete.session = person.running.map { running in
                var session = running.status
                session.elapsed = max(0, time.seconds(since: running.start))
                return session
            }
            return athlete
        }
        status.sensors = sensors(at: time)
        status.devices = devices.devices
        return status
    }

    private static func maximum(_ value: Maxima.Value) -> AnalysisDocument.Maximum {
        AnalysisDocument.Maximum(value: value.value, basis: value.basis, origin: value.origin)
    }

    /// - Parameter time: on the frames' clock.
    func sensors(at time: Timestamp) -> [SensorStatus] {
        var owners: [SensorID: String] = [:]
        var owned: [SensorID] = []
        for person in persons {
            for sensor in person.member?.athlete.sensors ?? [] where !owned.contains(sensor) {
                owned.append(sensor)
                owners[sensor] = person.name
            }
        }
        let known = Dictionary(heard.map { ($0.id, $0) }) { first, _ in first }
        let others = heard.filter { !owned.contains($0.id) }
            .sorted { ($0.lastHeard?.nanoseconds ?? .min) > ($1.lastHeard?.nanoseconds ?? .min) }
        return (owned + others.map(\.id)).prefix(Self.mostSensors).compactMap { id in
            SensorStatus(id, known[id], athlete: owners[id], isLost: lost.contains(id), at: time, staleness)
        }
    }
}

extension SessionStatus {
    fileprivate mutating func take(_ event: LiveReport.PhaseEvent, _ phase: AnalysisDocument.Phase) {
        switch event {
        case .began:
            phases.append(phase)
            hasOpenPhase = true
        case .ended, .relabelled:
            guard let last = phases.indices.last else { return }
            phases[last] = phase
            if case .ended = event { hasOpenPhase = false }
        }
        keep(phases: SocketLimits.statusPhases, bouts: SocketLimits.statusBouts)
    }

    fileprivate mutating func take(_ bout: AnalysisDocument.Sprint, isInterval: Bool) {
        let list = isInterval ? \Self.intervals : \Self.sprints
        if let place = self[keyPath: list].lastIndex(where: { $0.index == bout.index }) {
            self[keyPath: list][place] = bout
        } else if bout.index > self[keyPath: list].last?.index ?? 0 {
            self[keyPath: list].append(bout)
        }
        keep(phases: SocketLimits.statusPhases, bouts: SocketLimits.statusBouts)
    }
}

extension LiveReport.PhaseEvent {
    fileprivate var asTold: PhaseMessage.Event {
        switch self {
        case .began: .began
        case .ended: .ended
        case .relabelled: .relabelled
        }
    }
}

extension SensorStatus {
    /// - Parameters:
    ///   - sensor: `nil` when it was not heard.
    ///   - isLost: whether its transport says so.
    ///   - staleness: seconds.
    /// - Returns: `nil` for what is on neither radio.
    fileprivate init?(
        _ id: SensorID, _ sensor: HeardSensor?, athlete: String?, isLost: Bool, at time: Timestamp, _ staleness: Double
    ) {
        let transport: Transport
        switch id {
        case .ant: transport = .ant
        case .bluetooth, .bluetoothConnection: transport = .bluetooth
        case .file: return nil
        }
        let silence = sensor?.lastHeard.map { max(0, time.seconds(since: $0)) }
        let state: State =
            if let silence { isLost || silence > staleness ? .lost : .connected } else { .searching }
        self.init(id: id.description, transport: transport, state: state)
        kind = (id.kind ?? sensor?.kind)?.name
        name = sensor?.name
        self.athlete = athlete
        signal = sensor?.signal.map(Int.init)
        battery = sensor?.battery.map(Int.init)
        batteryState = sensor?.batteryStatus?.rawValue
        self.silence = silence
    }
}
