// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Measurement
import SimulatedStick

@testable import ANTSession

/// A session and a simulated stick, joined by an ideal cable, in a time of their own.
struct Dialogue {
    var session: StickSession
    var stick: StickFirmware
    /// Nanoseconds.
    var now: Int64 = 1_000_000_000
    var actions: [StickAction] = []
    var heard: [(message: ANTMessage, id: ANTChannelID, time: Int64)] = []
    private var air: [AirMessage]
    private var nextAir = 0

    init(_ configuration: StickConfiguration, _ model: StickFirmware.Model, air: [AirMessage] = [], seed: UInt64 = 1) {
        session = StickSession(configuration)
        stick = StickFirmware(model, seed: seed)
        self.air = air.sorted { $0.time < $1.time }
    }

    var time: Timestamp { Timestamp(nanoseconds: now) }

    var isReceiving: Bool { session.state == .receiving }
    var remarks: [StickRemark] { actions.compactMap { if case .remark(let remark) = $0 { remark } else { nil } } }
    var problems: [StickProblem] { actions.compactMap { if case .unusable(let it) = $0 { it } else { nil } } }
    var readies: Int { actions.count { $0 == .ready } }
    var commands: [ANTMessage] { actions.compactMap { if case .send(let it) = $0 { it } else { nil } } }

    private mutating func take(_ made: [StickAction]) {
        for action in made {
            switch action {
            case .send(let message):
                var bytes: [UInt8] = []
                message.appendCommandFrame(to: &bytes)
                stick.write(bytes, at: now)
                actions.append(action)
            case .flush(let count):
                stick.write([UInt8](repeating: 0, count: count), at: now)
                actions.append(action)
            case .heard(let message, let id): heard.append((message, id, now))
            case .ready, .unusable, .remark: actions.append(action)
            }
        }
    }

    mutating func start() {
        var made: [StickAction] = []
        session.start(at: time) { made.append($0) }
        take(made)
    }

    mutating func clearEndpoint() {
        var made: [StickAction] = []
        session.endpointWasCleared(at: time) { made.append($0) }
        take(made)
    }

    /// Lets everything happen that is due before then.
    mutating func run(seconds: Double) {
        let end = now + Int64(seconds * 1e9)
        while true {
            var next = end
            if let deadline = session.deadline { next = min(next, deadline.nanoseconds) }
            if let deadline = stick.deadline { next = min(next, deadline) }
            if nextAir < air.count { next = min(next, air[nextAir].time) }
            now = max(now, next)
            if nextAir < air.count, air[nextAir].time <= now {
                stick.hear(air[nextAir], at: now)
                nextAir += 1
            }
            stick.tick(at: now)
            var made: [StickAction] = []
            while let transfer = stick.read(at: now) {
                session.receive(transfer.span, at: time) { made.append($0) }
            }
            session.tick(at: time) { made.append($0) }
            take(made)
            if now >= end { return }
        }
    }

    /// Each sensor sends every quarter second or so, from its own phase on.
    static func air(_ sensors: [(type: UInt8, number: UInt32)], seconds: Double) -> [AirMessage] {
        var made: [AirMessage] = []
        for (index, sensor) in sensors.enumerated() {
            let period: Int64 = sensor.type == 120 ? 246_276_855 : 248_229_980
            var time = 1_000_000_000 + Int64(index) * 7_000_001
            var count: UInt8 = 0
            while time < 1_000_000_000 + Int64(seconds * 1e9) {
                made.append(
                    AirMessage(
                        time: time, number: sensor.number, deviceType: sensor.type,
                        page: [0, 0xFF, 0xFF, 0xFF, count, 0, count, 100], strength: -50 - Int8(index % 40)))
                count &+= 1
                time += period
            }
        }
        return made
    }
}
