// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import LiveCapture
import Measurement
import ProcessIO
import Synchronization

enum MonotonicSeconds {
    static var now: Double { MonotonicClock.now.seconds }
}

/// Looks at what the process has in memory: when it is told to, or every ten seconds from a thread of its own.
final class Sampler: Sendable {
    private let engine: LiveEngine
    private let start: Double
    /// KiB at the marks.
    private let marks = Mutex<[Mark]>([])

    private struct Mark {
        var seconds: Double
        var anonymous: Int
        var heap: Int
    }

    /// - Parameter isPaced: whether it is told when to look.
    init(_ engine: LiveEngine, since start: Double, isPaced: Bool) {
        self.engine = engine
        self.start = start
        guard !isPaced else { return }
        _ = try? WorkerThread(name: "sampler") { [self] in
            while true {
                MonotonicClock.sleep(nanoseconds: 10_000_000_000)
                line()
            }
        }
    }

    func line() {
        print(
            "\(Int(MonotonicSeconds.now - start)) s: \(engine.counters.frames) frames, \(engine.counters.drops) dropped, "
                + "\(engine.counters.late) late, VmRSS \(Self.status("VmRSS")) kB, RssAnon \(Self.status("RssAnon")) kB"
        )
    }

    /// - Parameter seconds: simulated.
    func mark(_ seconds: Double) {
        // What was written last is committed meanwhile, and its memory given back.
        MonotonicClock.sleep(nanoseconds: 20_000_000)
        let mark = Mark(
            seconds: seconds, anonymous: Self.status("RssAnon"), heap: Int(cthreads_heap() / 1024))
        marks.withLock { $0.append(mark) }
        print("simulated \(Int(seconds)) s: RssAnon \(mark.anonymous) kB, from malloc and not freed \(mark.heap) kB")
    }

    func report(sensors: Int, simulated: Double, isWhole: Bool) {
        line()
        let elapsed = MonotonicSeconds.now - start
        if let first = marks.withLock({ $0.first }), let last = marks.withLock({ $0.last }) {
            print(
                "from \(Int(first.seconds)) to \(Int(last.seconds)) s: RssAnon \(last.anonymous - first.anonymous) kB more, "
                    + "from malloc and not freed \(last.heap - first.heap) kB more")
        }
        print("\(sensors) sensors, \(simulated) s of them in \(elapsed) s; all stored: \(isWhole)")
        let times = engine.counters.processorSeconds
        for (name, time) in [("pipeline", times.pipeline), ("writer", times.writer)] {
            print(
                "\(name): \(time) s, \(time / elapsed * 100) % of one core; a true second of these sensors: \(time / simulated * 1000) ms"
            )
        }
    }

    /// - Returns: kB.
    private static func status(_ name: String) -> Int {
        let text = (try? WholeFile.read("/proc/self/status", limit: 1 << 16)) ?? []
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(name + ":") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
