// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import LiveCapture
internal import Measurement
internal import ProcessIO
internal import SessionStore
internal import SocketProtocol

/// The server's thread: one epoll for the listener, the clients and the engine's queue.
///
/// Everything a client may cost is bounded: connections, a line, what waits for it to be read, and how much of it is read at one go.
struct SocketLoop: ~Copyable {
    private let engine: LiveEngine
    private let watch: WatchQueue
    private let handlers: SocketServer.Handlers
    private let log: @Sendable (String) -> Void
    private let greeting: [UInt8]
    private let started = MonotonicClock.now

    private var listener: SocketListener?
    private var set: EventSet
    private var picture: LivePicture
    private var connections: [UInt64: SocketConnection] = [:]
    private var lastTag = Self.firstClient
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    /// When `now` may be told again.
    private var nextNow = Timestamp.zero
    /// When the listener is looked at again after the system had no descriptor left; `nil` when it is.
    private var listensAgain: Timestamp?
    private var nextComplaint = Timestamp.zero
    /// The last answers, which many clients may ask for at once, or one without end.
    private var status: (line: [UInt8], time: Timestamp)?
    private var sensors: (line: [UInt8], time: Timestamp)?
    private var hasEnded = false

    private static let listenerTag: UInt64 = 0
    private static let watchTag: UInt64 = 1
    private static let firstClient: UInt64 = 16
    /// Connections taken at one go.
    private static let mostAccepted = 64
    /// Seconds.
    private static let answerAge = 0.1
    private static let complaintInterval = 10.0

    init(
        _ configuration: SocketServer.Configuration, _ engine: LiveEngine, _ watch: WatchQueue
    ) throws(LocalSocketError) {
        let listener =
            switch configuration.place {
            case .path(let path, let mode, let group): try SocketListener(path: path, mode: mode, group: group)
            case .descriptor(let descriptor): try SocketListener(given: descriptor)
            }
        let set: EventSet
        do throws(ErrorNumber) {
            set = try Self.eventSet(listener.descriptor, watch.fileDescriptor)
        } catch {
            listener.close()
            throw .system(doing: "wait for clients", error)
        }
        self.engine = engine
        self.watch = watch
        self.listener = consume listener
        self.set = consume set
        handlers = configuration.handlers
        log = configuration.log
        picture = LivePicture(configuration.members, rate: engine.clock.rate)
        greeting =
            SocketMessage.version(program: configuration.program, protocolName: SocketLimits.protocolName).line
    }

    private static func eventSet(_ listener: Int32, _ watch: Int32) throws(ErrorNumber) -> EventSet {
        let set = try EventSet()
        try set.add(listener, .reading, tag: listenerTag)
        try set.add(watch, .reading, tag: watchTag)
        return set
    }

    /// Returns when it is asked to, or when the engine has ended.
    mutating func run(until isStopping: () -> Bool) {
        while !isStopping() {
            let now = MonotonicClock.now
            takeNews(at: now)
            if hasEnded { break }
            endConnections(at: now)
            let pause = shortest(watch.arm(), pause(at: now))
            let ready = set.wait(milliseconds: pause)
            watch.disarm()
            for (tag, interest) in ready { serve(tag, interest) }
        }
        finish()
    }

    /// -1 is for ever.
    private func shortest(_ first: Int32, _ second: Int32) -> Int32 {
        first < 0 ? second : second < 0 ? first : min(first, second)
    }

    /// Milliseconds until something is due, -1 when nothing is.
    private func pause(at now: Timestamp) -> Int32 {
        var due = listensAgain
        for connection in connections.values {
            guard let deadline = connection.deadline else { continue }
            due = min(due ?? deadline, deadline)
        }
        if connections.values.contains(where: \.watches), nextNow > now { due = min(due ?? nextNow, nextNow) }
        guard let due else { return -1 }
        let milliseconds = max(0, due.nanoseconds(since: now)) / 1_000_000 + 1
        return Int32(clamping: milliseconds)
    }

    // MARK: News

    private mutating func takeNews(at now: Timestamp) {
        let isWatched = connections.values.contains(where: \.watches)
        watch.keepStatus(isWatched)
        let takesStatus = isWatched && now >= nextNow
        let news = watch.take(takesStatus: takesStatus)
        if let sensors = news.sensors { picture.take(sensors) }
        for event in news.events {
            if case .live(.ended) = event { hasEnded = true }
            // To be told even when nobody watches: the picture grows by it.
            for message in picture.take(event) where isWatched { tellWatching(message.line) }
        }
        if news.dropped > 0, isWatched {
            tellWatching(SocketMessage.trouble("\(news.dropped) events were not told: there were too many").line)
        }
        if !news.events.isEmpty { status = nil }
        guard takesStatus, !news.statuses.isEmpty else { return }
        nextNow = now.advanced(bySeconds: SocketLimits.nowInterval)
        for (athlete, sample) in news.statuses {
            if let message = picture.now(athlete, sample) {
                tellWatching(SocketMessage.now(message).line, topic: athlete)
            }
        }
    }

    private mutating func tellWatching(_ line: [UInt8], topic: Int? = nil) {
        for tag in connections.keys where connections[tag]?.watches ?? false { tell(line, to: tag, topic: topic) }
    }

    /// Puts the line behind what waits, and sends what can be sent.
    private mutating func tell(_ line: [UInt8], to tag: UInt64, topic: Int? = nil) {
        guard connections[tag] != nil else { return }
        if connections[tag]?.tell(line, topic: topic) == false {
            log("\(connections[tag]?.name ?? "a client") reads too slowly and is let go")
            connections[tag]?.watches = false
            connections[tag]?.end(.tooSlow, at: MonotonicClock.now)
        }
        send(tag)
    }

    private mutating func tell(_ message: SocketMessage, to tag: UInt64) { tell(message.line, to: tag) }

    // MARK: Connections

    private mutating func serve(_ tag: UInt64, _ interest: EventSet.Interest) {
        switch tag {
        case Self.listenerTag: accept()
        case Self.watchTag: break
        default:
            if interest.contains(.writing) { send(tag) }
            if interest.contains(.reading) { receive(tag) }
            // Hung up: neither end will say more.
            if !interest.isDisjoint(with: .failure), !interest.contains(.reading) { close(tag) }
        }
    }

    private mutating func accept() {
        guard let descriptor = listener?.descriptor else { return }
        for _ in 0..<Self.mostAccepted {
            do throws(ErrorNumber) {
                guard let client = try SocketSystem.accept(descriptor) else { return }
                welcome(client)
            } catch {
                // No descriptor is left. Whoever waits goes on waiting; looking again at once would only burn time.
                complain("a client must wait: \(error.text)")
                try? set.change(descriptor, [], tag: Self.listenerTag)
                listensAgain = MonotonicClock.now.advanced(bySeconds: 1)
                return
            }
        }
    }

    private mutating func welcome(_ client: Int32) {
        let connection = SocketConnection(client)
        guard connections.count < SocketLimits.clients else {
            complain("\(connection.name) is refused: there are \(connections.count) clients already")
            // What does not fit into a new socket's buffer is nobody's loss.
            _ = try? SocketSystem.send(SocketMessage.bye(.tooManyClients).line.span, to: client)
            return SocketSystem.close(client)
        }
        lastTag += 1
        let tag = lastTag
        do throws(ErrorNumber) {
            try set.add(client, .reading, tag: tag)
        } catch {
            complain("\(connection.name) is refused: \(error.text)")
            return SocketSystem.close(client)
        }
        connections[tag] = connection
        tell(greeting, to: tag)
    }

    /// Said once in a while: somebody who knocks a thousand times fills no log.
    private mutating func complain(_ text: String) {
        let now = MonotonicClock.now
        guard now >= nextComplaint else { return }
        nextComplaint = now.advanced(bySeconds: Self.complaintInterval)
        log(text)
    }

    private mutating func send(_ tag: UInt64) {
        guard connections[tag] != nil else { return }
        do throws(ErrorNumber) {
            try connections[tag]?.send()
        } catch {
            return close(tag)
        }
        settle(tag)
    }

    private mutating func receive(_ tag: UInt64) {
        guard connections[tag]?.deadline == nil else { return }
        var events: [LineBuffer.Event] = []
        do throws(ErrorNumber) {
            try connections[tag]?.receive(into: &buffer) { events.append($0) }
        } catch {
            return close(tag)
        }
        for event in events {
            // A command may have been the last.
            guard let connection = connections[tag], connection.deadline == nil else { return }
            switch event {
            case .line(let line): follow(line, of: tag)
            case .tooLong: tell(.error(command: nil, message: SocketFault.tooLong.description), to: tag)
            }
        }
        if let skipped = connections[tag]?.skipped, skipped > SocketLimits.skippedLine {
            connections[tag]?.end(.lineTooLong, at: MonotonicClock.now)
            send(tag)
        }
        settle(tag)
    }

    /// Closes the connection if nothing more will come of it; waits for the right things if not.
    private mutating func settle(_ tag: UInt64) {
        guard let connection = connections[tag] else { return }
        if connection.isDone { return close(tag) }
        let wanted = connection.wantedInterest
        guard wanted != connection.interest else { return }
        connections[tag]?.interest = wanted
        try? set.change(connection.descriptor, wanted, tag: tag)
    }

    private mutating func close(_ tag: UInt64) {
        guard let connection = connections.removeValue(forKey: tag) else { return }
        SocketSystem.close(connection.descriptor)
    }

    /// What has waited long enough.
    private mutating func endConnections(at now: Timestamp) {
        for (tag, connection) in connections {
            if let deadline = connection.deadline, now >= deadline { close(tag) }
        }
        if let time = listensAgain, now >= time, let descriptor = listener?.descriptor {
            listensAgain = nil
            try? set.change(descriptor, .reading, tag: Self.listenerTag)
        }
    }

    private mutating func finish() {
        watch.close()
        listener.take()?.close()
        let now = MonotonicClock.now
        for tag in connections.keys.sorted() {
            connections[tag]?.end(.ending, at: now)
            send(tag)
            close(tag)
        }
    }

    // MARK: Commands

    private mutating func follow(_ line: [UInt8], of tag: UInt64) {
        let command: SocketCommand
        do throws(SocketCommand.Refusal) {
            command = try SocketCommand.read(line.span)
        } catch {
            return tell(.error(command: error.command, message: error.message), to: tag)
        }
        switch command {
        case .watch:
            connections[tag]?.watches = true
            tell(.done(command: command.name), to: tag)
            tell(statusLine(), to: tag)
        case .unwatch:
            connections[tag]?.watches = false
            tell(.done(command: command.name), to: tag)
        case .status: tell(statusLine(), to: tag)
        case .sensors: tell(sensorsLine(), to: tag)
        case .startSession(let athlete): steer(.start, athlete, command, of: tag)
        case .stopSession(let athlete): steer(.stop, athlete, command, of: tag)
        case .reload: carryOut(command, of: tag, handlers.reload.map { reload in { reload() } })
        case .bind(let athlete, let sensor):
            carryOut(command, of: tag, handlers.bind.map { bind in { bind(athlete, sensor) } })
        case .unbind(let athlete, let sensor):
            carryOut(command, of: tag, handlers.unbind.map { unbind in { unbind(athlete, sensor) } })
        }
    }

    private mutating func steer(
        _ wish: SessionRule.Command, _ athlete: String?, _ command: SocketCommand, of tag: UInt64
    ) {
        var member: Int?
        if let athlete {
            member = picture.member(named: athlete)
            guard member != nil else {
                return tell(.error(command: command.name, message: "there is no athlete of that name"), to: tag)
            }
        }
        note(command, of: tag)
        engine.command(wish, member: member)
        tell(.done(command: command.name), to: tag)
    }

    private mutating func carryOut(
        _ command: SocketCommand, of tag: UInt64, _ body: (() -> CommandFailure?)?
    ) {
        guard let body else {
            return tell(.error(command: command.name, message: "this daemon runs without a configuration"), to: tag)
        }
        note(command, of: tag)
        if let failure = body() {
            tell(.error(command: command.name, message: failure.message), to: tag)
        } else {
            tell(.done(command: command.name), to: tag)
        }
    }

    /// Who changes something is named.
    private func note(_ command: SocketCommand, of tag: UInt64) {
        log("\(command.name) by \(connections[tag]?.name ?? "a client")")
    }

    private mutating func sensorsLine() -> [UInt8] {
        let now = MonotonicClock.now
        if let sensors, now.seconds(since: sensors.time) < Self.answerAge { return sensors.line }
        let line = SocketMessage.sensors(picture.sensors(at: engine.clock.now)).line
        sensors = (line, now)
        return line
    }

    private mutating func statusLine() -> [UInt8] {
        let now = MonotonicClock.now
        if let status, now.seconds(since: status.time) < Self.answerAge { return status.line }
        let unix = now.nanoseconds &+ WallClock.offset
        let message = StatusMessage(
            time: DateText.make(unixMilliseconds: unix / 1_000_000), uptime: now.seconds(since: started),
            storage: .disk, frames: Int(clamping: engine.counters.frames),
            droppedFrames: Int(clamping: engine.counters.drops))
        let line = SocketMessage.status(picture.complete(message, at: engine.clock.now)).line
        status = (line, now)
        return line
    }
}
