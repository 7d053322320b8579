// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import Foundation
import LiveCapture
import LocalSocket
import Measurement
import ProcessIO
import Scoring
import SessionStore
import SimulatedTransport
import Simulation
import SocketProtocol
import Synchronization
import Transport

/// A live engine on made-up sensors, with a server, in a folder of its own.
final class World {
    let folder = FileManager.default.temporaryDirectory.appending(path: "socket-\(UUID().uuidString.prefix(8))").path
    var path: String { folder + "/sprintd.sock" }
    let engine: LiveEngine
    let server: SocketServer
    let members: [LivePipeline.Member]
    let logged = Log()

    final class Log: Sendable {
        private let stored = Mutex<[String]>([])
        var lines: [String] { stored.withLock { $0 } }
        func add(_ line: String) { stored.withLock { $0.append(line) } }
    }

    /// - Parameters:
    ///   - workout: `nil` for sensors that say nothing.
    ///   - rate: simulated seconds a second. At 60, the rings hold what a machine that is busy elsewhere leaves waiting for two seconds.
    ///   - place: `nil` for a socket of its own.
    init(
        _ workout: String? = nil, rate: Double = 1, athletes: [String] = ["Ada"], plan: Plan? = nil,
        handlers: SocketServer.Handlers = .init(), place: SocketServer.Place? = nil
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let clock = EngineClock(rate: rate)
        var transports: [any Transport] = [Silence()]
        var sensors: [[SensorID]] = athletes.map { _ in [.ant(deviceType: 120, number: 7)] }
        if let workout {
            var configuration = try SimulatedSession.Configuration(plan: workout, seed: 3)
            configuration.athletes = athletes.count
            configuration.leadIn = 0
            let session = SimulatedSession(configuration)
            sensors = athletes.indices.map { session.sensors(of: $0).map(\.id) }
            transports = [
                try SimulatedTransport(configuration, now: { clock.now }, wait: { clock.wait(until: $0) })
            ]
        }
        members = zip(athletes, sensors).map { name, sensors in
            var athlete = Athlete()
            athlete.name = name
            athlete.sensors = sensors
            athlete.maxSpeed = 8.1
            athlete.maxHeartRate = 190
            return LivePipeline.Member(athlete: athlete, plan: plan)
        }
        var engineConfiguration = LiveEngine.Configuration(program: "test 1", members: members)
        // At many times real time, a second in which the machine does something else is minutes of silence.
        engineConfiguration.rule = SessionRule(silence: 86_400)
        engine = try LiveEngine(engineConfiguration, clock: clock, isWatched: true)
        var configuration = SocketServer.Configuration(
            program: "test 1", place: place ?? .path(folder + "/sprintd.sock"), members: members)
        configuration.handlers = handlers
        let logged = logged
        configuration.log = { logged.add($0) }
        server = try SocketServer(configuration, engine)
        try engine.start(transports, lock: StateLock(state: folder + "/state", files: PosixFileSystem())) { _ in }
    }

    deinit {
        engine.stop()
        server.join()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func client() throws -> Client { try Client(path) }

    /// A radio on which nobody speaks.
    private final class Silence: Transport {
        let name = "silence"
        private let sink = Mutex<Box?>(nil)
        private final class Box: Sendable {
            let sink: FrameSink
            init(_ sink: consuming FrameSink) { self.sink = sink }
        }
        func start(_ sink: consuming FrameSink) throws(TransportError) {
            let box = Box(sink)
            self.sink.withLock { $0 = box }
        }
        func stop() { sink.withLock { $0 = nil } }
    }
}

/// A client that fails instead of waiting for ever.
final class Client {
    struct Silence: Error, CustomStringConvertible {
        var description: String
    }

    let connection: LocalSocketClient

    init(_ path: String) throws {
        connection = try LocalSocketClient(path: path)
        guard case .version(program: "test 1", protocolName: "sprintd.socket/1")? = try next() else {
            throw Silence(description: "no greeting")
        }
    }

    /// - Returns: `nil` when the connection is closed.
    func next() throws -> SocketMessage? {
        switch try connection.next(timeout: .seconds(60)) {
        case .message(let message): return message
        case .closed: return nil
        case .timedOut: throw Silence(description: "no message in a minute")
        }
    }

    /// Sends a command, and returns the first message that is no news.
    func ask(_ command: SocketCommand) throws -> SocketMessage? {
        try connection.send(command)
        while let message = try next() {
            switch message {
            case .version, .session, .phase, .sprint, .now, .notice, .trouble, .configuration: continue
            case .status, .sensors, .done, .error, .bye: return message
            }
        }
        return nil
    }

    func status() throws -> StatusMessage {
        guard case .status(let status)? = try ask(.status) else { throw Silence(description: "no status") }
        return status
    }

    /// All messages up to the end of the connection.
    func rest() throws -> [SocketMessage] {
        var messages: [SocketMessage] = []
        while let message = try next() { messages.append(message) }
        return messages
    }
}
