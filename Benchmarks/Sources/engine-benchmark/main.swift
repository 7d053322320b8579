// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import LiveCapture
import Measurement
import ProcessIO
import Scoring
import SessionStore
import SimulatedTransport
import Simulation
import Synchronization
import Transport

// usage: engine-benchmark STATE [sticks [athletes per stick [simulated seconds [rate [each|one]]]]]
//
// Runs the live engine with simulated sticks, each a transport with its own thread and ring; every athlete wears a strap and a footpod. `each`
// gives every athlete a session of his own, `one` records all of them in a single one. Every ten true seconds it prints what is resident, and
// at the end the processor time of each thread. With rate 0 time waits for the engine, so that nothing is dropped on a machine that is busy; one
// stick. Memory is then looked at after the first simulated minute, and at each full hour.

let arguments = CommandLine.arguments.dropFirst()
func number(_ place: Int, _ usual: Double) -> Double {
    let index = arguments.startIndex + place
    return index < arguments.endIndex ? Double(arguments[index]) ?? usual : usual
}
guard let state = arguments.first else {
    print("usage: engine-benchmark STATE [sticks [athletes per stick [simulated seconds [rate [each|one]]]]]")
    exit(64)
}
let sticks = Int(number(1, 8))
let athletes = Int(number(2, 63))
let seconds = number(3, 60)
let isPaced = number(4, 1) <= 0
if isPaced, sticks > 1 {
    print("rate 0 is for one stick")
    exit(64)
}
let sampler = Mutex<Sampler?>(nil)
let pace = Pace(first: 60) { seconds in sampler.withLock { $0 }?.mark(seconds) }
let clock =
    isPaced
    ? EngineClock(driven: { pace.now }, wallOffset: { WallClock.offset }) : EngineClock(rate: number(4, 1))
let isOne = arguments.last == "one"

func configuration(_ stick: Int) throws -> SimulatedSession.Configuration {
    var configuration = try SimulatedSession.Configuration(plan: "fartlek", seed: UInt64(stick + 1))
    configuration.athletes = athletes
    configuration.antMode = .scan
    configuration.duration = seconds
    // Its memory is not what is measured.
    configuration.truthLimit = 0
    return configuration
}

var members: [LivePipeline.Member] = []
var transports: [any Transport] = []
var all = Athlete()
for stick in 0..<sticks {
    let session = SimulatedSession(try configuration(stick))
    for index in 0..<athletes {
        var athlete = Athlete()
        athlete.name = "\(stick)-\(index)"
        athlete.sensors = session.sensors(of: index).map(\.id)
        all.sensors += athlete.sensors
        members.append(LivePipeline.Member(athlete: athlete))
    }
    transports.append(
        try SimulatedTransport(
            try configuration(stick), device: UInt8(stick + 1), now: { clock.now },
            wait: { isPaced ? pace.wait(until: $0) : clock.wait(until: $0) }))
}
let sensors = all.sensors.count
var setup = LiveEngine.Configuration(
    program: "engine-benchmark", members: isOne ? [LivePipeline.Member(athlete: all)] : members)
// The writer's clock is the true one: what it keeps between two commits must not be the frames of simulated minutes.
if isPaced { setup.policy.interval = 0.001 }
// As in the daemon, where somebody may always ask; the reports cost time that is not what the other rates measure.
let engine = try LiveEngine(setup, clock: clock, isWatched: isPaced)
pace.follow(engine.counters)
let lock = try StateLock(state: state, files: PosixFileSystem())
let start = MonotonicSeconds.now
let looking = Sampler(engine, since: start, isPaced: isPaced)
sampler.withLock { $0 = looking }
try engine.start(transports, lock: lock) { print($0) }

while true {
    let news = engine.events.wait()
    // Most of what is told is told here too; the daemon's socket thread takes it as soon.
    _ = engine.watch?.take(takesStatus: true)
    for event in news.events {
        switch event {
        case .trouble(let text), .recovery(let text): print(text)
        case .ended(let isWhole):
            looking.report(sensors: sensors, simulated: seconds, isWhole: isWhole)
            exit(0)
        case .sessionStarted, .pipeline, .sessionEnded, .sessionStored, .notice, .members, .reloaded, .refused: break
        }
    }
}
