// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Foundation
import LiveCapture
import Measurement
import ProcessIO
import Scoring
import SocketProtocol
import Synchronization
import Testing

@testable import LocalSocket

@Suite(.timeLimit(.minutes(15))) struct SocketServerTests {
    // MARK: What is told

    /// What a watcher is told of ended phases and bouts is what stands in the session's analysis, key by key.
    @Test func aWatchedSessionIsToldAsItsAnalysisHasIt() throws {
        let world = try World("sprint-2x10-20", rate: 60, plan: Plan.named("sprint-5x30-90"))
        let client = try world.client()
        #expect(try client.ask(.watch) == .done(command: "watch"))
        let messages = try client.rest()
        #expect(messages.last == .bye(.ending))
        #expect(client.connection.faults == 0)
        var phases: [AnalysisDocument.Phase] = []
        var sprints: [Int: AnalysisDocument.Sprint] = [:]
        var provisional = 0
        var events: [SessionMessage.Event] = []
        var folder: String?
        var open: AnalysisDocument.Phase?
        for message in messages {
            switch message {
            case .session(let session):
                events.append(session.event)
                #expect(session.athlete == "Ada")
                folder = session.folder ?? folder
            case .phase(let phase):
                switch phase.event {
                case .began:
                    #expect(open == nil)
                    open = phase.phase
                case .ended:
                    #expect(open?.start == phase.phase.start && open?.kind == phase.phase.kind)
                    open = nil
                    phases.append(phase.phase)
                case .relabelled: open?.kind = phase.phase.kind
                }
            case .sprint(let sprint):
                if sprint.isFinal { sprints[sprint.sprint.index] = sprint.sprint } else { provisional += 1 }
            case .now(let now):
                #expect(now.athlete == "Ada" && now.target == 0.8)
                #expect(now.phase?.kind == open?.kind)
            case .status, .sensors, .version, .notice, .trouble, .configuration, .done, .error, .bye: break
            }
        }
        #expect(events == [.started, .ended, .stored])
        #expect(provisional == 2)
        let text = try String(contentsOfFile: try #require(folder) + "/analysis.json", encoding: .utf8)
        var told = AnalysisDocument(
            source: .init(kind: "", duration: 0), athlete: .init(),
            score: .init(target: 0, value: nil, sprints: 0, onTarget: 0), quality: .init())
        told.phases = phases
        told.sprints = sprints.keys.sorted().compactMap { sprints[$0] }
        #expect(told.sprints.count == 2)
        for key in ["phases", "sprints"] {
            #expect(try Self.list(key, of: told.json(pretty: true)) == Self.list(key, of: text))
        }
        #expect(
            messages.contains { if case .now(let now) = $0 { now.step != nil && now.heartRate != nil } else { false } })
    }

    private static func list(_ key: String, of json: String) throws -> NSArray {
        let root = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return try #require(root?[key] as? NSArray)
    }

    @Test func whoComesLateSeesTheWholePicture() throws {
        let world = try World("sprint-2x10-20", rate: 40)
        let early = try world.client()
        #expect(try early.ask(.watch) == .done(command: "watch"))
        var seen: [AnalysisDocument.Phase] = []
        while seen.count < 3, let message = try early.next() {
            if case .phase(let phase) = message, phase.event == .ended { seen.append(phase.phase) }
        }
        let status = try world.client().status()
        let session = try #require(status.athletes.first?.session)
        #expect(status.athletes.first?.name == "Ada")
        #expect(Array(session.phases.prefix(3)) == seen)
        // The third may have ended this moment, and the next not begun yet.
        #expect(session.hasOpenPhase || session.phases.count == 3)
        #expect(session.elapsed > 0)
        #expect(session.id.hasSuffix("-ada"))
        #expect(status.athletes.first?.maxSpeed?.value == 8.1)
        #expect(status.frames > 0 && status.droppedFrames == 0)
        #expect(status.storage == .disk)
        #expect(status.sensors.map(\.id) == world.members[0].athlete.sensors.map(\.description))
        #expect(status.sensors.allSatisfy { $0.state == .connected && $0.athlete == "Ada" })
    }

    @Test func nobodyIsToldWhoDoesNotWatch() throws {
        let world = try World("sprint-1x10-20", rate: 300)
        let client = try world.client()
        #expect(try client.ask(.watch) == .done(command: "watch"))
        #expect(try client.ask(.unwatch) != nil)
        while try client.ask(.unwatch) != .done(command: "unwatch") {}
        world.server.stop()
        #expect(try client.rest().allSatisfy { if case .bye = $0 { true } else { $0 == .done(command: "unwatch") } })
    }

    // MARK: Commands

    @Test func sessionsBeginAndEndByCommand() throws {
        let world = try World(athletes: ["Ada", "Bob"])
        let client = try world.client()
        #expect(try client.ask(.watch) == .done(command: "watch"))
        #expect(try client.ask(.startSession(athlete: "Eve")) != nil)
        #expect(
            try client.ask(.startSession(athlete: "Eve"))
                == .error(command: "session.start", message: "there is no athlete of that name"))
        try client.connection.send(.startSession(athlete: "bob"))
        var events: [String] = []
        while events.count < 3, let message = try client.next() {
            guard case .session(let session) = message else { continue }
            events.append("\(session.athlete ?? "") \(session.event.rawValue)")
            if session.event == .started { try client.connection.send(.stopSession(athlete: nil)) }
        }
        #expect(events == ["Bob started", "Bob ended", "Bob stored"])
        #expect(
            world.logged.lines.contains { $0.hasPrefix("session.start by process \(getpid()) of user \(getuid())") })
        #expect(try client.status().athletes.map(\.name) == ["Ada", "Bob"])
    }

    @Test func handlersAreAskedAndTheirAnswersPassedOn() throws {
        let bound = Mutex<[String]>([])
        var handlers = SocketServer.Handlers()
        handlers.reload = { CommandFailure(.configuration, "line 3 is wrong") }
        handlers.bind = { athlete, sensor in
            bound.withLock { $0.append("\(athlete) \(sensor)") }
            return nil
        }
        let world = try World(handlers: handlers)
        let client = try world.client()
        #expect(try client.ask(.reload) == .error(command: "reload", message: "line 3 is wrong"))
        let sensor = SensorID.ant(deviceType: 124, number: 9)
        #expect(try client.ask(.bind(athlete: "Ada", sensor: sensor)) == .done(command: "bind"))
        #expect(
            try client.ask(.unbind(athlete: "Ada", sensor: sensor))
                == .error(command: "unbind", message: "this daemon runs without a configuration"))
        #expect(bound.withLock { $0 } == ["Ada ant:124:9"])
    }

    @Test func aChangedConfigurationIsTold() throws {
        let world = try World()
        let client = try world.client()
        #expect(try client.ask(.watch) == .done(command: "watch"))
        var eve = Athlete()
        eve.name = "Eve"
        world.engine.reload(.init(members: world.members + [.init(athlete: eve)], rule: SessionRule(), remarks: ["so"]))
        world.engine.tell(.refused(reason: "line 3"))
        var told: [SocketMessage] = []
        while told.count < 2, let message = try client.next() {
            if case .configuration = message { told.append(message) }
        }
        #expect(told.contains(.configuration(.reloaded, message: "so")))
        #expect(told.contains(.configuration(.refused, message: "line 3")))
        #expect(try client.status().athletes.map(\.name) == ["Ada", "Eve"])
    }

    // MARK: Hostile clients

    @Test func whatIsNoCommandIsAnsweredAndTheConnectionStays() throws {
        let world = try World()
        let client = try RawClient(world.path)
        for line in ["GET / HTTP/1.1\r\n", "\u{0}\u{1}\u{2}\n", "{\"command\":\"fly\"}\n", "[[[[[[[[\n"] {
            client.send(Array(line.utf8))
        }
        client.send([UInt8](repeating: 0x7B, count: 100_000) + [0x0A])
        client.send([0xFF, 0xFE, 0x0A])
        client.send(SocketCommand.sensors.line)
        client.halfClose()
        let lines = client.readAll().split(separator: "\n")
        #expect(lines.count == 8)
        #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix(#"{"class":"error","#) })
        #expect(lines.last?.hasPrefix(#"{"class":"sensors","#) == true)
    }

    @Test func aLineWithoutAnEndIsEnded() throws {
        let world = try World()
        let client = try RawClient(world.path)
        let megabyte = [UInt8](repeating: 0x61, count: 1 << 20)
        client.send(megabyte)
        client.send(megabyte)
        #expect(client.readAll().hasSuffix("{\"class\":\"bye\",\"reason\":\"line too long\"}\n"))
        #expect(try world.client().status().athletes.count == 1)
    }

    @Test func aClientThatDoesNotReadIsLetGo() throws {
        let world = try World()
        let slow = try RawClient(world.path)
        // Each answer is longer than its command: at some time the socket takes no more, and then the backlog does not.
        for _ in 0..<200 { slow.send(Array(repeating: SocketCommand.status.line, count: 40).flatMap(\.self)) }
        #expect(try world.client().status().athletes.count == 1)
        // Its farewell comes behind what it has not read, if it reads at last.
        let text = slow.readAll()
        #expect(text.hasPrefix("{\"class\":\"version\""))
        #expect(text.utf8.count < SocketLimits.backlog + 1 << 20)
        #expect(world.logged.lines.contains { $0.contains("reads too slowly") })
    }

    @Test func beyondTheLimitClientsAreRefused() throws {
        let world = try World()
        var clients: [Client] = []
        for _ in 0..<SocketLimits.clients { clients.append(try world.client()) }
        let refused = try RawClient(world.path)
        #expect(refused.readAll() == "{\"class\":\"bye\",\"reason\":\"too many clients\"}\n")
        // One that goes makes room.
        #expect(try clients[7].ask(.sensors) != nil)
        clients.remove(at: 7)
        var last: Client?
        while last == nil { last = try? world.client() }
        #expect(try last?.ask(.sensors) != nil)
    }

    /// They come faster than they go, so that most are beyond the limit. `scripts/abuse-socket` does it with all of them open at once.
    @Test func aThousandConnectionsCostTheSessionNothing() throws {
        let world = try World("sprint-1x10-20", rate: 20)
        let client = try world.client()
        let before = try client.status()
        var crowd: [RawClient] = []
        for index in 0..<1000 {
            let one = try RawClient(world.path)
            if index.isMultiple(of: 2) { one.send(SocketCommand.watch.line) }
            crowd.append(one)
            if crowd.count > 2 * SocketLimits.clients { crowd.removeFirst() }
        }
        // The session goes on, for one who was there before.
        while try client.status().frames <= before.frames {}
        crowd = []
        // Whoever has gone leaves room.
        var last: Client?
        while last == nil { last = try? world.client() }
        #expect(try last?.status().droppedFrames == 0)
    }

    /// What half a client, or one that has stopped, does with its end.
    enum Half: String, CaseIterable, CustomTestStringConvertible {
        case sendsNoMore = "sends no more, and goes"
        case readsNoMore = "reads no more"
        case neither = "does neither, and keeps its descriptor"
        case neverReads = "sends no more, and never reads"
        case inACommand = "sends no more, in the middle of a command"

        var testDescription: String { rawValue }
    }

    /// All places are theirs. However they stop, they are let go in the end, at the latest when something is told that they do not take.
    @Test(arguments: Half.allCases) func halfAClientKeepsNoPlace(_ half: Half) throws {
        let world = try World()
        var crowd: [Client] = []
        for _ in 0..<SocketLimits.clients {
            let client = try world.client()
            let descriptor = client.connection.fileDescriptor
            if half != .inACommand { #expect(try client.ask(.watch) == .done(command: "watch")) }
            switch half {
            case .sendsNoMore, .neverReads: shutdown(descriptor, Int32(SHUT_WR))
            case .readsNoMore: shutdown(descriptor, Int32(SHUT_RD))
            case .neither: shutdown(descriptor, Int32(SHUT_RDWR))
            case .inACommand:
                _ = try SocketSystem.send(Array("{\"command\":\"sta".utf8).span, to: descriptor, waits: true)
                shutdown(descriptor, Int32(SHUT_WR))
            }
            crowd.append(client)
        }
        if half == .sendsNoMore {
            world.engine.tell(.trouble("told to all"))
            for client in crowd {
                var isTold = false
                while !isTold, let message = try client.next() { isTold = message == .trouble("told to all") }
                #expect(isTold)
            }
            crowd = []
        }
        let text = String(repeating: "x", count: 4096)
        var last: Client?
        while last == nil {
            world.engine.tell(.trouble(text))
            last = try? world.client()
        }
        #expect(try last?.status().athletes.count == 1)
        withExtendedLifetime(crowd) {}
    }

    @Test func whoHasSaidAllStillHears() throws {
        let world = try World("sprint-1x10-20", rate: 60)
        let client = try RawClient(world.path)
        client.send(SocketCommand.watch.line)
        client.halfClose()
        let text = client.readAll()
        #expect(text.contains(#""class":"sprint""#))
        #expect(text.hasSuffix("{\"class\":\"bye\",\"reason\":\"ending\"}\n"))
    }
}

/// Bytes in and out.
final class RawClient {
    private let descriptor: Int32

    init(_ path: String) throws { descriptor = try SocketSystem.connect(path) }

    deinit { SocketSystem.close(descriptor) }

    /// A daemon that has hung up takes nothing more.
    func send(_ bytes: [UInt8]) {
        var rest = bytes.span
        while !rest.isEmpty {
            guard let count = try? SocketSystem.send(rest, to: descriptor, waits: true) else { return }
            rest = rest.extracting(droppingFirst: count)
        }
    }

    func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Up to the end of the connection, a minute at most.
    func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while SocketSystem.waitToRead(descriptor, milliseconds: 60_000) {
            guard let count = try? SocketSystem.receive(from: descriptor, into: &buffer), count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
