// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import LiveCapture
import LocalSocket
import Measurement
import ProcessIO
import Scoring
import SessionStore
import Simulation
import Synchronization

// usage: soak STATE [hours [seed]]
//
// So many simulated hours (72) of the whole live engine with its socket, as fast as nothing is dropped: two sticks with two athletes each go out
// again and again, sessions begin and end by themselves, and faults come by seeded chance. In the end every session must be there, its analysis
// that of its capture, and its sprints those that were run; memory, descriptors and threads must not have grown. Ends with 1 when something
// is not so. STATE must be empty.

let arguments = Array(CommandLine.arguments.dropFirst())
guard let state = arguments.first else {
    print("usage: soak STATE [hours [seed]]")
    exit(64)
}
let hours = arguments.dropFirst().first.flatMap { Double($0) } ?? 72
let seed = arguments.dropFirst(2).first.flatMap { UInt64($0) } ?? 1
StandardStream.takeFailuresAsErrors()

let maxSpeed = 8.0
let names = [["Ada", "Ben"], ["Cleo", "Dan"]]
var members: [LivePipeline.Member] = []
for (stick, wearers) in names.enumerated() {
    for (place, name) in wearers.enumerated() {
        var athlete = Athlete()
        athlete.name = name
        athlete.maxSpeed = maxSpeed
        athlete.maxHeartRate = 195
        for day in 0..<Ground.days {
            let configuration = Ground.configuration(
                UInt8(stick + 1), athletes: wearers.count, seed: seed, day: day, plan: Ground.plans[0])
            athlete.sensors += SimulatedSession(configuration).sensors(of: place).map(\.id)
        }
        members.append(LivePipeline.Member(athlete: athlete))
    }
}

let samples = Mutex<[Resources]>([])
let trouble = Troublemaker(seed: seed, members: members)
let transport = SoakTransport(seed: seed, seconds: hours * 3600, names: names) { minute in
    trouble.minute()
    guard minute.isMultiple(of: 60) else { return }
    let sample = Resources(hour: minute / 60)
    samples.withLock { $0.append(sample) }
}
var configuration = LiveEngine.Configuration(program: "soak", members: members)
configuration.files = { FailingFiles(trouble.disk) }
let clock = EngineClock(
    driven: { Timestamp(nanoseconds: transport.shown.load(ordering: .acquiring)) },
    wallOffset: { WallClock.offset &+ trouble.wallError.load(ordering: .acquiring) })
let engine = try LiveEngine(configuration, clock: clock, isWatched: true)
transport.follow(engine.counters)
trouble.follow(engine)
let lock = try StateLock(state: state, files: PosixFileSystem())
guard try SessionFolders(state: state, files: PosixFileSystem()).names().isEmpty else {
    print("\(state) is not empty")
    exit(64)
}
let path = state + "/soak.sock"
let server = try SocketServer(.init(program: "soak", place: .path(path), members: members), engine)
let clients = Clients(path: path)
let begun = MonotonicClock.now
try engine.start([transport], lock: lock) { print($0) }
try clients.start(seed: seed)

var isWhole = false
var troubles = 0
running: while true {
    for event in engine.events.wait().events {
        switch event {
        case .trouble: troubles += 1
        case .ended(let whole):
            isWhole = whole
            break running
        default: continue
        }
    }
}
let elapsed = MonotonicClock.now.seconds(since: begun)
clients.stop()
server.join()
trouble.end()

var verdict = Verdict(maxSpeed: maxSpeed)
try verdict.judge(state: state, transport.outings.withLock { $0 })
var failures = verdict.failures
let all = samples.withLock { $0 }
let last = all.last?.hour ?? 0
/// What was needed at first, and in the end: medians of a sixth of the time each, without the first twelfth.
func growth(_ value: (Resources) -> Int) -> (from: Int, to: Int) {
    let part = max(1, last / 6)
    let first = max(1, last / 12)
    return (all.median(first...first + part, value), all.median(last - part...max(last, 1), value))
}
let memory = growth(\.anonymous)
let descriptors = growth(\.descriptors)
let threads = growth(\.threads)
if memory.to - memory.from > 1024 { failures.append("memory grew from \(memory.from) to \(memory.to) KiB") }
if descriptors.to - descriptors.from > 4 {
    failures.append("descriptors grew from \(descriptors.from) to \(descriptors.to)")
}
if threads.to != threads.from { failures.append("threads grew from \(threads.from) to \(threads.to)") }
if engine.counters.drops != 0 { failures.append("\(engine.counters.drops) frames dropped") }
if !isWhole { failures.append("not all that was recorded is on the disk") }

print("hour  resident  anonymous (KiB)  descriptors  threads")
for sample in all where sample.hour == 1 || sample.hour.isMultiple(of: max(1, last / 12)) {
    print("\(sample.hour)  \(sample.resident)  \(sample.anonymous)  \(sample.descriptors)  \(sample.threads)")
}
let counts = trouble.counts
let rate = (hours * 3600 / elapsed).rounded()
print(
    """
    \(hours) h simulated in \(Int(elapsed)) s (\(Int(rate)) times real time), seed \(seed)
    frames \(engine.counters.frames), dropped \(engine.counters.drops), late \(engine.counters.late)
    faults: disk \(counts.diskFailures) (\(trouble.disk.refusals) calls refused), wall clock \(counts.clockSteps), \
    configuration \(counts.reloads), clients \(clients.abuses.load(ordering: .relaxed))
    the client that behaves: \(clients.messages.load(ordering: .relaxed)) messages, \
    connected \(clients.reconnections.load(ordering: .relaxed)) times; \(troubles) lines of trouble told
    outings with a stick unplugged or a footpod silent: \
    \(transport.outings.withLock { $0.count { $0.participants.contains { !$0.outages.isEmpty } } }) of \(transport.outings.withLock(\.count))
    sessions \(verdict.sessions), folders left empty by a failing disk \(verdict.leftovers); sprints \(verdict.sprints), of them hit by a fault \(verdict.hitSprints) (\(verdict.foundThough) found all the same)
    sprints that no fault hit: worst start \(verdict.worstStart) s, end \(verdict.worstEnd) s, speed \(verdict.worstSpeed) m/s
    anonymous memory \(memory.from) to \(memory.to) KiB, descriptors \(descriptors.from) to \(descriptors.to), threads \(threads.from) to \(threads.to)
    """)
for failure in failures { print("FAILED: \(failure)") }
print(failures.isEmpty ? "all held" : "\(failures.count) failures")
exit(failures.isEmpty ? 0 : 1)
