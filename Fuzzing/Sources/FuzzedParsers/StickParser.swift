// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import ANTSession
import Measurement

/// What an ANT stick says to its host, and the sensors that come of it. What happens is told by an event's low three bits, how much later by its high
/// three; what is listened to by the two between, in the very first event.
enum StickParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        var cursor = InputCursor(input)
        var host = Host(choice: (input.first ?? 0) >> 3 & 3)
        host.start()
        while let (what, bytes) = cursor.next() {
            host.time = host.time.advanced(bySeconds: [0, 0.001, 0.03, 0.3, 0.6, 2.5, 11, 400][Int(what >> 5)])
            switch what & 7 {
            case 0: host.receive(bytes)
            case 1: host.receive(frame(bytes))
            case 2: if let asked = host.lastSent { host.receive(answer(to: asked, bytes)) }
            case 3: host.tick()
            case 4: host.clearEndpoint()
            case 5: host.start()
            case 6: host.stop()
            // As many sensors as a race has, on a stick that receives.
            default: for number in bytes { host.receive(frame(broadcast(of: number))) }
            }
        }
    }

    /// A good frame; the first byte is its identifier.
    private static func frame(_ bytes: [UInt8]) -> [UInt8] {
        guard let id = bytes.first,
            let message = ANTMessage(id: ANTMessageID(rawValue: id), payload: bytes.span.extracting(droppingFirst: 1))
        else { return bytes }
        return frame(message)
    }

    private static func frame(_ message: ANTMessage) -> [UInt8] {
        var frame: [UInt8] = []
        message.appendCommandFrame(to: &frame)
        // Hosts add two zero bytes, sticks none.
        return frame.dropLast(2)
    }

    private static func broadcast(of number: UInt8) -> [UInt8] {
        [ANTMessageID.broadcast.rawValue, 0, 4, 0, 0, 0, 0, number, number, 60, 0x80, number, 1, 120, 1]
    }

    /// What a stick that works would say, if the event has no bytes; else they are the code of its refusal, or what it tells of itself.
    private static func answer(to asked: ANTMessage, _ bytes: [UInt8]) -> [UInt8] {
        let channel = asked.byte(0) ?? 0
        switch asked.id {
        case .resetSystem: return frame([ANTMessageID.startup.rawValue, bytes.first ?? 0x20])
        case .request:
            let wanted = asked.byte(1) ?? 0
            let told: [UInt8] =
                switch ANTMessageID(rawValue: wanted) {
                case .capabilities: [8, 3, 0, 0xBA, 0x36, 0, 0xDF, 0]
                case .channelStatus: [channel, 2]
                default: [0x41, 0x50, 0x32, 0]
                }
            return frame([wanted] + (bytes.isEmpty ? told : bytes))
        default: return frame([ANTMessageID.channelResponse.rawValue, channel, asked.id.rawValue, bytes.first ?? 0])
        }
    }

    /// A session and its sensors, with what must hold of both.
    private struct Host {
        var time = Timestamp(seconds: 1)
        private(set) var lastSent: ANTMessage?
        private var session: StickSession
        private var sensors: SensorRegistry
        private var lost: Set<SensorID> = []
        private var problem: StickProblem?

        private static let strap = SensorID.ant(deviceType: 120, number: 0x10_0001)
        private static let pod = SensorID.ant(deviceType: 124, number: 7)

        init(choice: UInt8) {
            let many = (1...40).map { SensorID.ant(deviceType: $0 % 2 == 0 ? 120 : 124, number: UInt32($0)) }
            let mode: StickConfiguration.Mode =
                switch choice {
                case 0: .scan
                case 1: .channels(StickConfiguration.anyOfEachKind)
                case 2: .channels([Self.strap, Self.pod, .ant(deviceType: 17, number: 9)])
                default: .channels(many)
                }
            session = StickSession(StickConfiguration(mode: mode))
            let policies: [SensorRegistry.Policy] = [.everyone, .firstOfEachKind, .chosen([Self.strap, Self.pod])]
            sensors = SensorRegistry(policies[Int(choice) % policies.count])
        }

        mutating func start() {
            problem = nil
            follow { $0.start(at: $1, emit: $2) }
        }

        mutating func stop() { follow { session, _, emit in session.stop(emit: emit) } }
        mutating func clearEndpoint() { follow { $0.endpointWasCleared(at: $1, emit: $2) } }

        mutating func tick() {
            follow { $0.tick(at: $1, emit: $2) }
            if let deadline = session.deadline { demand(deadline > time, "wakes for nothing") }
            let now = time
            sensors.tick(at: now) { Self.note($0, &lost) }
            if let deadline = sensors.deadline { demand(deadline > now, "looks for who is lost already") }
        }

        /// How transfers cut the bytes does not matter.
        mutating func receive(_ bytes: [UInt8]) {
            var other = session
            var told: [StickAction] = []
            for piece in pieces(of: bytes) {
                other.receive(bytes.span.extracting(piece), at: time) { told.append($0) }
            }
            let actions = follow { $0.receive(bytes.span, at: $1, emit: $2) }
            demand(actions == told && session.state == other.state && session.channels == other.channels, "cuts matter")
        }

        @discardableResult
        private mutating func follow(
            _ event: (inout StickSession, Timestamp, (StickAction) -> Void) -> Void
        ) -> [StickAction] {
            var actions: [StickAction] = []
            event(&session, time) { actions.append($0) }
            for action in actions { take(action) }
            if session.state == .idle {
                demand(session.deadline == nil, "wakes though it is over")
            } else {
                guard let deadline = session.deadline else { fatalError("never wakes again") }
                demand(deadline.seconds(since: time) <= 31, "waits for ever: \(deadline.seconds(since: time)) s")
            }
            return actions
        }

        private mutating func take(_ action: StickAction) {
            switch action {
            case .send(let message):
                var frame: [UInt8] = []
                message.appendCommandFrame(to: &frame)
                var framer = ANTFramer()
                var offset = 0
                demand(framer.next(in: frame.span, from: &offset) == message, "sends what no stick can read")
                lastSent = message
            case .flush(let count): demand(count > 0, "an empty flush")
            case .heard(let message, let id):
                demand(message.page != nil, "data without data")
                let now = time
                sensors.hear(message, from: id, at: now) { Self.note($0, &lost) }
                demand(sensors.entries.count <= SensorRegistry.limit, "\(sensors.entries.count) sensors")
            case .ready:
                demand(session.channels.count <= 32, "\(session.channels.count) channels")
                problem = nil
            case .unusable(let new):
                demand(new != problem && !new.description.isEmpty, "told twice: \(new)")
                problem = new
            case .remark(let remark): demand(!remark.description.isEmpty, "a remark without a word")
            }
        }

        /// A sensor comes back from where it was lost, and only then.
        private static func note(_ event: SensorRegistry.Event, _ lost: inout Set<SensorID>) {
            switch event {
            case .found(let sensor, _): lost.remove(sensor)
            case .lost(let sensor): demand(lost.insert(sensor).inserted, "lost twice")
            case .back(let sensor, let seconds):
                demand(lost.remove(sensor) != nil && seconds >= 0, "back without having been away")
            case .batteryLow: break
            }
        }
    }
}
