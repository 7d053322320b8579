// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Glibc
import LiveCapture
import LocalSocket
import Measurement
import Pipeline
import ProcessIO
import Scoring
import Segmentation
import SessionStore
import SimulatedTransport
import Simulation
import SocketProtocol
import Synchronization

// usage: socket-benchmark STATE [athletes [seconds]]
//
// How long a decision takes from the frame that made it possible to the program that reads it on the local socket: the live engine with a
// simulated stick at real time, two sensors for each athlete at ANT+'s four messages a second, and one client that watches. Each figure is
// the time that the client has the line less the frame's own stamp, as it lies in the engine's event, to the nanosecond.

let arguments = CommandLine.arguments.dropFirst()
guard let state = arguments.first else {
    print("usage: socket-benchmark STATE [athletes [seconds]]")
    exit(64)
}
let athletes = arguments.dropFirst().first.flatMap { Int($0) } ?? 15
let seconds = arguments.dropFirst(2).first.flatMap { Double($0) } ?? 300

/// A phase, by whose it is and when it began, in whole milliseconds as the socket tells it.
struct Decision: Hashable, Sendable {
    var athlete: String
    var start: Int
}

final class Decisions: Sendable {
    /// When the line was read.
    let read = Mutex<[Decision: Timestamp]>([:])
}

var configuration = try SimulatedSession.Configuration(plan: "fartlek", seed: 8)
configuration.athletes = athletes
configuration.antMode = .scan
configuration.leadIn = 0
configuration.duration = seconds
let clock = EngineClock()
let simulated = SimulatedSession(configuration)
let members = (0..<athletes).map { index in
    var athlete = Athlete()
    athlete.name = "athlete \(index)"
    athlete.sensors = simulated.sensors(of: index).map(\.id)
    athlete.maxSpeed = 8
    return LivePipeline.Member(athlete: athlete)
}
let engine = try LiveEngine(.init(program: "socket-benchmark", members: members), clock: clock, isWatched: true)
let path = state + "/benchmark.sock"
let lock = try StateLock(state: state, files: PosixFileSystem())
let server = try SocketServer(.init(program: "socket-benchmark", place: .path(path), members: members), engine)
let decisions = Decisions()
let client = try WorkerThread(name: "client") { [decisions] in
    guard let connection = try? LocalSocketClient(path: path), (try? connection.send(.watch)) != nil else { return }
    while let event = try? connection.next(), case .message(let message) = event {
        guard case .phase(let phase) = message, phase.event == .began else { continue }
        let now = MonotonicClock.now
        let decision = Decision(athlete: phase.athlete ?? "", start: Int((phase.phase.start * 1000).rounded()))
        decisions.read.withLock { $0[decision] = now }
    }
}
try engine.start(
    [try SimulatedTransport(configuration, now: { clock.now }, wait: { clock.wait(until: $0) })], lock: lock
) { print($0) }

var starts: [Int: Timestamp] = [:]
/// The frame's own time.
var made: [Decision: Timestamp] = [:]
listening: while true {
    for event in engine.events.wait().events {
        switch event {
        case .sessionStarted(let athlete, let start, _): starts[athlete] = start
        case .pipeline(let athlete, .phase(.began(let phase))):
            guard let start = starts[athlete], let name = members[athlete].athlete.name else { continue }
            let decision = Decision(athlete: name, start: Int((phase.start.seconds * 1000).rounded()))
            made[decision] = Timestamp(nanoseconds: start.nanoseconds + phase.decided.nanoseconds)
        case .ended: break listening
        default: continue
        }
    }
}
server.join()
client.join()

let latencies = decisions.read.withLock { read in
    made.compactMap { decision, time in read[decision].map { $0.seconds(since: time) * 1000 } }.sorted()
}
guard !latencies.isEmpty else {
    print("no decision was read")
    exit(1)
}
func quantile(_ share: Double) -> Double {
    (latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))] * 1000).rounded() / 1000
}
print("\(2 * athletes) sensors, \(engine.counters.frames) frames, \(engine.counters.drops) dropped")
print("\(latencies.count) of \(made.count) decisions read, from the frame's stamp to the line in the client's hands:")
print("p50 \(quantile(0.5)) ms, p90 \(quantile(0.9)) ms, p99 \(quantile(0.99)) ms, max \(quantile(1)) ms")
for limit in [0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 50, 1000] {
    let count = latencies.count { $0 <= limit }
    print("  within \(limit) ms: \(count) (\((1000 * Double(count) / Double(latencies.count)).rounded() / 10) %)")
    if count == latencies.count { break }
}
exit(quantile(0.99) <= 5 ? 0 : 1)
