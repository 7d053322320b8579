// SPDX-License-Identifier: GPL-3.0-or-later
import ANTSession
import Analysis
import Capture
import Glibc
import Measurement
import Pipeline
import ProcessIO
import SimulatedStick
import TestSupport
import Transport
import USBTransport

/// Trials of the transport against emulated sticks. Each is run in a process of its own.
enum Trials {
    static let all: [(name: String, run: @Sendable (Control) throws -> String)] = [
        ("handshake", handshake), ("channels", channels), ("lock", lock), ("scan", scan), ("throughput", throughput),
        ("replug", replug), ("faults", faults), ("outages", outages), ("several", several), ("busy", busy),
        ("forbidden", forbidden),
        ("replay", replay),
        ("idle", idle),
    ]

    private static func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw TrialFailure(what()) }
    }

    /// Everything that the stick handed over has arrived, not one message more or less.
    private static func settle(_ bench: Bench, _ name: String, after what: String = "") throws {
        try bench.control.say("pause")
        // What is on its way takes a moment; a silence of 0.15 s ends it.
        var delivered = -1
        for _ in 0..<100 {
            let before = delivered
            try bench.run(seconds: 0.05)
            delivered = try bench.control.delivered(name)
            if delivered == before, bench.broadcasts == delivered { break }
        }
        try expect(
            bench.broadcasts == delivered,
            "\(what): the stick handed over \(delivered) messages, \(bench.broadcasts) came")
        try bench.control.say("resume")
    }

    static func handshake(_ control: Control) throws -> String {
        // Started without a stick.
        let bench = try Bench(control, Bench.scan)
        try bench.run(seconds: 0.1)
        // At most that there is none yet.
        try expect(
            bench.notices.allSatisfy { $0.kind == .remark },
            "told of something where nothing is: \(bench.notices)")
        try control.say("air 1 1 1 60")
        let before = MonotonicClock.now
        try control.say("plug a usbm")
        try bench.wait(for: "the stick") { $0.count(.deviceReady) == 1 }
        let taken = MonotonicClock.now.seconds(since: before)
        try expect(bench.count(.deviceArrived) == 1, "arrived \(bench.count(.deviceArrived)) times")
        try bench.wait(for: "the sensors") { $0.count(.sensorFound) == 2 }
        let start = bench.broadcasts
        try bench.run(seconds: 2)
        // 4.06 Hz and 4.03 Hz.
        let rate = Double(bench.broadcasts - start) / 2
        try expect((6.5...9.5).contains(rate), "\(rate) messages/s instead of 8.1")
        try settle(bench, "a")
        try control.say("unplug a")
        try bench.wait(for: "the departure") { $0.count(.deviceLeft) == 1 }
        bench.stop()
        return "ready after \(Int(taken * 1000)) ms; \(rate) messages/s; \(bench.notices.map(\.text))"
    }

    static func channels(_ control: Control) throws -> String {
        // Whose numbers they are is the simulation's; so a scan tells them first.
        try control.say("air 1 7 1 60")
        try control.say("plug a usb2 usb_serial_simple")
        let bench = try Bench(control, Bench.scan)
        try bench.wait(for: "the sensors") { $0.count(.sensorFound) == 2 }
        let sensors = bench.notices.compactMap(\.sensor)
        bench.stop()
        let before = bench.broadcasts
        let again = try Bench(control, USBTransport.Configuration(athletes: [sensors]))
        try again.wait(for: "channels") { $0.count(.deviceReady) == 1 }
        try again.wait(for: "the sensors") { $0.count(.sensorFound) == 2 && $0.broadcasts > 8 }
        try expect(again.notices.contains { $0.text.contains("on 2 channels") }, "no channels: \(again.notices)")
        try control.say("restart a")
        try again.wait(for: "a second start") { $0.count(.deviceReady) == 2 }
        again.stop()
        let delivered = try control.delivered("a")
        try expect(delivered == before + again.broadcasts, "\(delivered) handed over, \(again.broadcasts) came")
        return "\(sensors)"
    }

    static func lock(_ control: Control) throws -> String {
        try control.say("air 3 9 2 120")
        try control.say("plug a usbm")
        let bench = try Bench(control, USBTransport.Configuration(athletes: [[]], firstCome: true))
        try bench.wait(for: "a strap and a footpod") { $0.count(.sensorFound) == 2 }
        let own = Set(bench.notices.compactMap(\.sensor))
        for _ in 0..<5 {
            let readies = bench.count(.deviceReady)
            try control.say("unplug a")
            try control.say("plug a usb2")
            try bench.wait(for: "the stick") { $0.count(.deviceReady) > readies }
            let messages = bench.broadcasts
            try bench.wait(for: "data") { $0.broadcasts > messages + 10 }
        }
        bench.stop()
        let heard = Set(bench.notices.compactMap(\.sensor))
        try expect(own.count == 2 && heard == own, "began with \(own), heard \(heard)")
        return "\(own) through five replugs"
    }

    static func scan(_ control: Control) throws -> String {
        try control.say("air 15 2 1 60")
        try control.say("plug a usbm")
        let bench = try Bench(control, Bench.scan)
        try bench.wait(for: "30 sensors") { $0.count(.sensorFound) == 30 }
        try bench.run(seconds: 2)
        try settle(bench, "a")
        bench.stop()
        try expect(bench.count(.sensorLost) == 0, "lost a sensor")
        return "\(bench.broadcasts) messages of 30 sensors"
    }

    static func throughput(_ control: Control) throws -> String {
        try control.say("plug a usbm")
        let bench = try Bench(control, Bench.scan)
        try bench.wait(for: "the stick") { $0.count(.deviceReady) == 1 }
        // 121 messages/s, 24 times as fast.
        let messages = Int(try control.say("air 15 3 24 25").first ?? "") ?? 0
        let before = MonotonicClock.now
        try bench.wait(for: "\(messages) messages", seconds: 30) { $0.broadcasts >= messages }
        let seconds = MonotonicClock.now.seconds(since: before)
        try settle(bench, "a")
        try expect(bench.overflow == 0, "the ring overflowed")
        bench.stop()
        return "\(messages) messages in \(seconds) s, \(Int(Double(messages) / seconds)) a second, none lost"
    }

    static func replug(_ control: Control) throws -> String {
        var random = SeededGenerator(seed: 20)
        let bench = try Bench(control, Bench.scan)
        try control.say("air 4 4 8 400")
        func cycles(_ count: Int) throws {
            for _ in 0..<count {
                try control.say("plug a \(random.element(of: ["usbm", "usb2"]))")
                // From before the first transfer to long after the last setting.
                try bench.run(seconds: Double.random(in: 0...0.05, using: &random))
                try control.say("unplug a")
            }
            try bench.wait(for: "quiet") { $0.count(.deviceLeft) == $0.count(.deviceArrived) }
            try bench.run(seconds: 0.1)
        }
        try cycles(20)
        let descriptors = openDescriptors().count
        try cycles(180)
        // The last stick's transfers may still be on their way home.
        try? bench.wait(for: "the last descriptor", seconds: 5) { _ in openDescriptors().count <= descriptors }
        let left = openDescriptors()
        try expect(left.count <= descriptors, "\(left), were \(descriptors) before 180 cycles")
        let readies = bench.count(.deviceReady)
        let before = MonotonicClock.now
        try control.say("plug a usbm")
        try bench.wait(for: "the last stick") { $0.count(.deviceReady) == readies + 1 }
        let taken = MonotonicClock.now.seconds(since: before)
        let messages = bench.broadcasts
        try bench.wait(for: "its data") { $0.broadcasts > messages + 20 }
        try control.say("pause")
        try bench.run(seconds: 0.1)
        bench.stop()
        let handedOver = Int(try control.say("total").first ?? "") ?? -1
        try expect(bench.broadcasts == handedOver, "\(handedOver) messages handed over, \(bench.broadcasts) came")
        return "200 cycles, \(readies) reached their data, none of \(handedOver) messages lost; the last ready after "
            + "\(Int(taken * 1000)) ms; \(left.count) descriptors as before"
    }

    /// Makes the fault, waits until `sign` shows that it was met, undoes it, and wants data again, every message of it.
    private static func overcome(
        _ name: String, _ bench: Bench, _ start: [String], _ end: [String] = [], sign: (Bench) -> Bool
    ) throws {
        for command in start { try bench.control.say(command) }
        try bench.wait(for: "a sign of \(name)", sign)
        for command in end { try bench.control.say(command) }
        let before = bench.broadcasts
        try bench.wait(for: "data after \(name)", seconds: 40) { $0.broadcasts > before + 20 }
        // Nothing can be counted while there is noise between the messages.
        if name != "garbage" { try settle(bench, "a", after: name) }
    }

    /// What is overcome at once.
    static func faults(_ control: Control) throws -> String {
        try control.say("air 4 5 4 300")
        try control.say("plug a usbm")
        let bench = try Bench(control, Bench.scan)
        try bench.wait(for: "the stick") { $0.count(.deviceReady) == 1 }
        var frames = bench.frames
        try overcome("a stalled input", bench, ["stall a in"]) { $0.frames > frames + 3 }
        frames = bench.frames
        try overcome("three stalled inputs", bench, ["stall a in", "stall a in", "stall a in"]) {
            $0.frames > frames + 3
        }
        try overcome("bus errors", bench, ["errors a 5"]) { _ in true }
        for (name, commands) in [
            ("a restart", ["restart a"]), ("lost answers", ["unanswered a 2", "restart a"]),
            ("slow answers", ["delay a 200", "restart a"]),
            ("a stalled output", ["delay a 0", "stall a out", "restart a"]),
        ] {
            let readies = bench.count(.deviceReady)
            try overcome(name, bench, commands) { $0.count(.deviceReady) > readies }
        }
        try overcome("wrong checksums", bench, ["badsums a 30"]) { _ in true }
        try overcome("split frames", bench, ["cutting a split"]) { _ in true }
        try overcome("merged frames", bench, ["cutting a merged"], ["cutting a whole"]) { _ in true }
        try overcome("garbage", bench, ["garbage a 7"], ["garbage a 0"]) { _ in true }
        try control.say("unplug a")
        let readies = bench.count(.deviceReady)
        try control.say("plug a usb2")
        try control.say("stale a 40")
        try bench.wait(for: "a stick full of stale data") { $0.count(.deviceReady) > readies }
        bench.stop()
        try expect(bench.count(.deviceUnusable) == 0, "a fault was told: \(bench.notices)")
        return "all met and overcome"
    }

    /// What lasts, and is told.
    static func outages(_ control: Control) throws -> String {
        try control.say("air 4 5 4 300")
        try control.say("plug a usbm")
        let bench = try Bench(control, Bench.scan)
        try bench.wait(for: "the stick") { $0.count(.deviceReady) == 1 }
        try overcome("bus errors that do not end", bench, ["errors a 100000"], ["errors a 0"]) {
            $0.count(.deviceUnusable) == 1
        }
        try overcome("refused commands", bench, ["refuse a 5b", "restart a"], ["refuse a no"]) {
            $0.count(.deviceUnusable) == 2
        }
        try overcome("a silent stick", bench, ["silent a"], ["silent a no"]) { $0.count(.deviceUnusable) == 3 }
        bench.stop()
        return "\(bench.notices.filter { $0.kind != .sensorFound }.map { "\($0.at): \($0.text)" })"
    }

    static func several(_ control: Control) throws -> String {
        try control.say("air 2 6 2 120")
        let bench = try Bench(control, Bench.scan)
        for name in ["a", "b", "c"] { try control.say("plug \(name) usbm") }
        try bench.wait(for: "three sticks") { $0.count(.deviceReady) == 3 && $0.heard.count == 3 }
        try bench.wait(for: "data of all") { $0.heard.values.allSatisfy { $0.broadcasts > 10 } }
        try control.say("unplug b")
        try bench.wait(for: "the departure") { $0.count(.deviceLeft) == 1 }
        let before = bench.broadcasts
        try bench.wait(for: "data of the others") { $0.broadcasts > before + 50 }
        try expect(bench.count(.sensorFound) == 4, "\(bench.count(.sensorFound)) sensors")
        try expect(bench.count(.sensorLost) == 0, "lost a sensor that two sticks hear")
        bench.stop()
        return "\(bench.broadcasts) messages"
    }

    static func busy(_ control: Control) throws -> String {
        let place = try control.say("plug a usbm")
        try control.say("busy a")
        let bench = try Bench(control, Bench.scan)
        try bench.wait(for: "the notice") { $0.count(.deviceUnusable) == 1 }
        let node = USBInspection.node(bus: 1, device: UInt8(place.last ?? "") ?? 0)
        try expect(
            bench.notices.contains { $0.text.contains("is held by another program") },
            "told otherwise: \(bench.notices.map(\.text))")
        // Somebody with the node open, as the kernel sees it.
        let holder = try Holder(node)
        try bench.wait(for: "the holder's name") { bench in
            bench.notices.contains { $0.text.contains("is held by sleep (process \(holder.process))") }
        }
        holder.end()
        try control.say("busy a no")
        try bench.wait(for: "the stick", seconds: 20) { $0.count(.deviceReady) == 1 }
        bench.stop()
        return "\(bench.notices.map(\.text))"
    }

    /// To be run without CAP_DAC_OVERRIDE.
    static func forbidden(_ control: Control) throws -> String {
        let place = try control.say("plug a usbm")
        try control.say("forbid a")
        try control.say("air 1 1 1 120")
        let bench = try Bench(control, Bench.scan)
        try bench.wait(for: "the notice") { $0.count(.deviceUnusable) == 1 }
        let node = USBInspection.node(bus: 1, device: UInt8(place.last ?? "") ?? 0)
        let text = "cannot be opened: no permission for \(node); sprintctl doctor tells what to type"
        try expect(
            bench.notices.contains { $0.kind == .deviceUnusable && $0.text.contains(text) },
            "told otherwise: \(bench.notices.map(\.text))")
        // As by the udev rule, or by `usermod -aG plugdev`: nothing tells of it, and nobody restarts anything.
        try control.say("forbid a no")
        try bench.wait(for: "the stick", seconds: 40) { $0.count(.deviceReady) == 1 }
        try bench.wait(for: "data") { $0.broadcasts > 0 }
        try expect(bench.count(.deviceUnusable) == 1, "told \(bench.count(.deviceUnusable)) times")
        bench.stop()
        return "\(bench.notices.map(\.text))"
    }

    static func replay(_ control: Control) throws -> String {
        try control.say("plug a usbm")
        var writer = try PcapngWriter(.init(application: "stick-trials"))
        var pipeline = RecordingPipeline(athletes: [AthleteConfiguration()])
        var recording: [UInt8] = []
        do {
            let bench = try Bench(control, Bench.scan)
            try bench.wait(for: "the stick") { $0.count(.deviceReady) == 1 }
            // The trial's own queue holds what came so far; from here on it is recorded, with the next start's descriptor.
            try control.say("unplug a")
            try bench.wait(for: "the departure") { $0.count(.deviceLeft) == 1 }
            bench.tap = { frame, bytes in
                pipeline.ingest(frame, bytes) { _, _ in }
                writer.frame(frame, bytes)
            }
            try control.say("plug a usbm")
            try bench.wait(for: "the stick") { $0.count(.deviceReady) == 2 }
            try control.say("air 1 8 10 60")
            try bench.run(seconds: 3)
            bench.stop()
        }
        writer.drain { (bytes: Span<UInt8>) in recording = bytes.indices.map { bytes[$0] } }
        pipeline.finish()
        let live = pipeline.analysis(of: 0, kind: "pcapng").json(pretty: true)

        var reader = CaptureReader(requiresChecksums: true)
        var again = RecordingPipeline(athletes: [AthleteConfiguration()])
        reader.append(recording.span)
        reader.endOfInput()
        var more = true
        while more {
            switch try reader.next(frame: { frame, bytes in again.ingest(frame, bytes) { _, _ in } }, event: { _ in }) {
            case .frame, .event: break
            case .needsInput, .end: more = false
            }
        }
        again.finish()
        let replayed = again.analysis(of: 0, kind: "pcapng")
        try expect(replayed.json(pretty: true) == live, "the replay differs:\n\(live)\n\(replayed.json(pretty: true))")
        try expect(replayed.quality.frames > 100, "only \(replayed.quality.frames) frames")
        try expect(replayed.source.sensors.count == 2, "\(replayed.source.sensors.count) sensors")
        return "\(replayed.quality.frames) frames, the same analysis"
    }

    /// Figures, for people: what an idle transport costs.
    static func idle(_ control: Control) throws -> String {
        func usage() -> (seconds: Double, wakes: Int) {
            var usage = rusage()
            // SAFETY: filled during the call.
            unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
            func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
            return (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_nvcsw)
        }
        func measure(_ bench: Bench, _ what: String) throws -> String {
            let before = usage()
            MonotonicClock.sleep(nanoseconds: 5_000_000_000)
            let after = usage()
            bench.drain()
            let share = (after.seconds - before.seconds) / 5 * 100
            return "\(what): \(Double(after.wakes - before.wakes) / 5) wake-ups/s, \(share) % of a core"
        }
        var configuration = Bench.scan
        configuration.stick.silence = 10
        let bench = try Bench(control, configuration)
        var told: [String] = [try measure(bench, "no stick")]
        try control.say("plug a usbm")
        try bench.wait(for: "the stick") { $0.count(.deviceReady) == 1 }
        told.append(try measure(bench, "a stick and no sensor"))
        try control.say("air 1 1 1 60")
        try bench.wait(for: "the sensors") { $0.count(.sensorFound) == 2 }
        told.append(try measure(bench, "a stick and two sensors"))
        bench.stop()
        return told.joined(separator: "; ")
    }
}

/// A program that has a file open and does nothing.
struct Holder {
    let process: Int32

    init(_ node: String) throws(TrialFailure) {
        var child = pid_t()
        let words = ["sh", "-c", "exec sleep 60 <> \"$0\"", node]
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        // SAFETY: the list ends with NULL, and its texts live until the call has returned.
        guard unsafe posix_spawnp(&child, "sh", nil, nil, &arguments, environ) == 0 else {
            throw TrialFailure("sh cannot be run")
        }
        process = child
    }

    func end() {
        // Whoever started us may have blocked the politer one.
        kill(process, SIGKILL)
        var status: Int32 = 0
        // SAFETY: fills the number.
        _ = unsafe waitpid(process, &status, 0)
    }
}
