// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import LiveCapture
import Measurement
import ProcessIO

enum MonotonicSeconds {
    static var now: Double { MonotonicClock.now.seconds }
}

/// Looks every ten seconds, from a thread of its own, at what the process has in memory.
final class Sampler: Sendable {
    private let engine: LiveEngine
    private let start: Double

    init(_ engine: LiveEngine, since start: Double) {
        self.engine = engine
        self.start = start
        _ = try? WorkerThread(name: "sampler") { [self] in
            while true {
                MonotonicClock.sleep(nanoseconds: 10_000_000_000)
                line()
            }
        }
    }

    func line() {
        let status = Self.text("/proc/self/status").split(separator: "\n")
        func field(_ name: String) -> Substring {
            status.first { $0.hasPrefix(name) }?.drop { !$0.isNumber } ?? "?"
        }
        print(
            "\(Int(MonotonicSeconds.now - start)) s: \(engine.counters.frames) frames, \(engine.counters.drops) dropped, "
                + "\(engine.counters.late) late, VmRSS \(field("VmRSS")), RssAnon \(field("RssAnon"))")
    }

    func report(sensors: Int, simulated: Double, isWhole: Bool) {
        line()
        let elapsed = MonotonicSeconds.now - start
        print("\(sensors) sensors, \(simulated) s of them in \(elapsed) s; all stored: \(isWhole)")
        let times = engine.counters.processorSeconds
        for (name, time) in [("pipeline", times.pipeline), ("writer", times.writer)] {
            print("\(name): \(time) s, \(time / elapsed * 100) % of one core; a true second of these sensors: \(time / simulated * 1000) ms")
        }
    }

    private static func text(_ path: String) -> String {
        (try? WholeFile.read(path, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
