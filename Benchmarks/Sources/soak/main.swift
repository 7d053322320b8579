// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import FileIO
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
// that of its capture, and its sprints those that were run; no frame may have come late. Whenever everybody is back, clients hang up, time stands still, and what the process
// has is noted: memory, descriptors and threads must not have grown. Ends with 1 when something is not so. STATE must be empty.

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

/// A disk's last frames, and a socket's last farewell: seconds that they are waited for.
let patience = 30.0
let samples = Mutex<[Resources]>([])
let rests = Mutex<[Resources]>([])
samples.withLock { $0.reserveCapacity(4096) }
rests.withLock { $0.reserveCapacity(4096) }
/// Sessions that have begun, and that lie whole on the disk.
let begunSessions = Atomic<Int>(0)
let storedSessions = Atomic<Int>(0)
let trouble = Troublemaker(seed: seed, members: members)
let path = state + "/soak.sock"
let clients = Clients(path: path)
if !FileTree.exists(state) { try FileTree.makeFolder(state, mode: 0o700) }
let truth = try TruthFile(state + "/truth", names: names)
let transport = SoakTransport(
    seed: seed, seconds: hours * 3600, names: names, truth: truth,
    minute: { minute in
        trouble.minute()
        guard minute.isMultiple(of: 60) else { return }
        let sample = Resources(hour: Double(minute) / 60)
        samples.withLock { $0.append(sample) }
    },
    rest: { time in
        trouble.rest()
        clients.rest()
        let end = MonotonicClock.now.advanced(bySeconds: patience)
        let usual = rests.withLock { $0.first?.descriptors } ?? 0
        repeat {
            MonotonicClock.sleep(nanoseconds: 100_000_000)
        } while MonotonicClock.now < end
            && (storedSessions.load(ordering: .acquiring) < begunSessions.load(ordering: .acquiring)
                || usual > 0 && Resources.openDescriptors > usual)
        // What is free is given back, so that what is resident is what is needed.
        cthreads_give_back()
        let sample = Resources(hour: time / 3600)
        rests.withLock { $0.append(sample) }
        clients.goOn()
    })
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
let server = try SocketServer(.init(program: "soak", place: .path(path), members: members), engine)
let begun = MonotonicClock.now
try engine.start([transport], lock: lock) { print($0) }
try clients.start(seed: seed)

var isWhole = false
var troubles = 0
running: while true {
    for event in engine.events.wait().events {
        switch event {
        case .trouble: troubles += 1
        case .sessionStarted: begunSessions.add(1, ordering: .releasing)
        case .sessionStored: storedSessions.add(1, ordering: .releasing)
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
let outings = try truth.read()
try verdict.judge(state: state, outings)
var failures = verdict.failures
if truth.lost > 0 { failures.append("\(truth.lost) outings could not be noted") }
let all = rests.withLock { $0 }
let heap = all.growth(\.heap)
let memory = all.growth(\.anonymous)
let descriptors = all.growth(\.descriptors)
let threads = all.growth(\.threads)
/// Bytes: ten for each session of a third of 72 hours.
let heapLimit = 1 << 10
/// KiB: pages that are needed for the sake of a few bytes.
let anonymousLimit = 128
/// Hours: in a third of them every sensor has been heard once, and has its place.
let leastHours = 36.0
if all.count < 6 {
    failures.append("too few moments without a session to compare: \(all.count)")
} else if hours >= leastHours {
    if heap.to - heap.from > heapLimit { failures.append("the heap grew from \(heap.from) to \(heap.to) bytes") }
    if memory.to - memory.from > anonymousLimit {
        failures.append("anonymous memory grew from \(memory.from) to \(memory.to) KiB")
    }
} else {
    print("Memory is not judged: that takes \(Int(leastHours)) hours.")
}
if descriptors.to > descriptors.from {
    failures.append("descriptors grew from \(descriptors.from) to \(descriptors.to)")
}
if threads.to > threads.from { failures.append("threads grew from \(threads.from) to \(threads.to)") }
if engine.counters.late != 0 { failures.append("\(engine.counters.late) frames came late") }
if engine.counters.drops != 0 { failures.append("\(engine.counters.drops) frames dropped") }
if !isWhole { failures.append("not all that was recorded is on the disk") }

print("at rest: hour  resident  anonymous (KiB)  heap (bytes)  descriptors  threads")
for (index, sample) in all.enumerated() where index.isMultiple(of: max(1, all.count / 24)) {
    print(
        "\((sample.hour * 10).rounded() / 10)  \(sample.resident)  \(sample.anonymous)  \(sample.heap)  \(sample.descriptors)  \(sample.threads)"
    )
}
let busy = samples.withLock { $0 }
let counts = trouble.counts
let rate = (hours * 3600 / elapsed).rounded()
print(
    """
    \(hours) h simulated in \(Int(elapsed)) s (\(Int(rate)) times real time), seed \(seed)
    frames \(engine.counters.frames), dropped \(engine.counters.drops), late \(engine.counters.late)
    faults: disk \(counts.diskFailures) (\(trouble.disk.refusals) calls refused), wall clock \(counts.clockSteps), \
    configuration \(counts.reloads), clients \(clients.abuses.load(ordering: .relaxed))
    the client that behaves: \(clients.messages.load(ordering: .relaxed)) messages, \
    connected anew \(clients.reconnections.load(ordering: .relaxed)) times; \(troubles) lines of trouble told
    outings with a stick unplugged or a footpod silent: \
    \(outings.count { $0.participants.contains { !$0.outages.isEmpty } }) of \(outings.count)
    sessions \(verdict.sessions), folders left empty by a failing disk \(verdict.leftovers); sprints \(verdict.sprints), of them hit by a fault \(verdict.hitSprints) (\(verdict.foundThough) found all the same)
    sprints that no fault hit: worst start \(verdict.worstStart) s, end \(verdict.worstEnd) s, speed \(verdict.worstSpeed) m/s
    at rest, \(all.count) times, the least of the second and of the last third: heap \(heap.from) to \(heap.to) bytes, anonymous memory \
    \(memory.from) to \(memory.to) KiB, descriptors \(descriptors.from) to \(descriptors.to), threads \(threads.from) to \(threads.to)
    each hour, whatever goes on: anonymous memory \(busy.map(\.anonymous).min() ?? 0) to \(busy.map(\.anonymous).max() ?? 0) KiB, \
    descriptors \(busy.map(\.descriptors).min() ?? 0) to \(busy.map(\.descriptors).max() ?? 0)
    """)
for failure in failures { print("FAILED: \(failure)") }
print(failures.isEmpty ? "all held" : "\(failures.count) failures")
exit(failures.isEmpty ? 0 : 1)
