// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Foundation
import GATT
import Glibc
import Measurement
import TestSupport

/// Adapters, sensors, and a transport among them in a process of its own, whose C library gets its Bluetooth sockets from here.
/// One thread plays all of it.
final class World {
    /// Where the test itself was built.
    private static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    private static let probe = products.appending(path: "BluetoothProbe").path
    private static let sprintctl = products.appending(path: "sprintctl").path
    private static let library = products.appending(path: "libFakeBluetooth.so").path

    static let isPossible =
        FileManager.default.isExecutableFile(atPath: probe) && FileManager.default.fileExists(atPath: library)

    let folder: String
    private(set) var controllers: [FakeController] = []
    private(set) var sensors: [FakePeripheral] = []
    private var announcements: Int32
    private var listeners: [Int32] = []
    private let arguments: [String]
    private var process: ChildProcess?
    private var isOver = false
    private var rest: [UInt8] = []
    private var lastAdvertising = 0.0
    /// Seconds between two rounds of advertisements.
    var advertisingPeriod = 0.004

    /// What the transport has handed over.
    private(set) var frames: [(time: Timestamp, bytes: [UInt8])] = []
    private(set) var notices: [String] = []
    /// What is neither, of another program.
    private(set) var lines: [String] = []
    private(set) var usage: (microseconds: Int, threads: Int, dropped: Int)?
    private(set) var events: [GATTEvent] = []
    private(set) var samples: [SensorID: [Reading]] = [:]
    private(set) var decoder = GATTDecoder()

    init(adapters: Int = 1, _ arguments: [String] = []) throws {
        folder = "/tmp/ble-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        announcements = Sockets.listen("\(folder)/announcements")
        for index in 0..<adapters { controllers.append(FakeController(index, folder: folder)) }
        self.arguments = ["--first-delay", "0.01", "--retry-period", "0.1"] + arguments
    }

    deinit {
        for descriptor in listeners + [announcements] { close(descriptor) }
        controllers = []
        sensors = []
        try? FileManager.default.removeItem(atPath: folder)
    }

    func launch() throws {
        process = ChildProcess(Self.probe, arguments, environment)
    }

    /// In the transport's place. What it writes, to its error output too, is in ``lines``.
    func launchSprintctl(_ arguments: String...) {
        process = ChildProcess(Self.sprintctl, arguments, environment, takesErrors: true)
    }

    /// - Returns: its exit status; minus the signal's number if one ended it.
    func waitForEnd() -> Int32? { play(atMost: 60) { isOver } ? end() : nil }

    /// What it wrote last to its adapters is heard too: the end of its output may come before that.
    private func end() -> Int32? {
        let status = process?.wait()
        for controller in controllers { controller.hear() }
        return status
    }

    private var environment: [String: String] {
        ProcessInfo.processInfo.environment.merging(["LD_PRELOAD": Self.library, "FAKE_BLUETOOTH": folder]) { $1 }
    }

    // MARK: Rights

    private static let dropper = "/usr/bin/setpriv"

    /// Whether a process can be started as nobody, and still finds its program and libraries.
    static let canDropRights: Bool = {
        guard isPossible, geteuid() == 0, FileManager.default.isExecutableFile(atPath: dropper) else { return false }
        let rights = droppedTo(["net_raw", "net_admin"])
        // The program itself is still found with root's rights, below a folder that is closed to others; what is put in front of it no more.
        return [[probe, "--exit"], ["/usr/bin/test", "-r", library]].allSatisfy { command in
            ChildProcess(dropper, rights + command, [:]).wait() == 0
        }
    }()

    /// As the user nobody, with these capabilities and no others, ever. They are ambient, because what a file gives makes the loader
    /// forget LD_PRELOAD.
    private static func droppedTo(_ capabilities: [String]) -> [String] {
        let set = (["-all"] + capabilities.map { "+\($0)" }).joined(separator: ",")
        return [
            "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=\(set)", "--ambient-caps=\(set)",
            "--bounding-set=\(set)",
        ]
    }

    /// As ``launch()``, with a kernel that asks for rights, and a process that has only these.
    func launch(withOnly capabilities: [String]) throws {
        set("rights", true)
        admitEverybody()
        // Only the probe gets the fake kernel: with a sanitizer in it, no program without could load it.
        let words = ["/usr/bin/env", "LD_PRELOAD=\(Self.library)", Self.probe] + arguments
        var environment = environment
        environment["LD_PRELOAD"] = nil
        process = ChildProcess(Self.dropper, Self.droppedTo(capabilities) + words, environment)
    }

    private func admitEverybody() {
        let files = FileManager.default
        for name in [""] + ((try? files.contentsOfDirectory(atPath: folder)) ?? []) {
            try? files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: "\(folder)/\(name)")
        }
    }

    /// Gives the kernel a key for a sensor, of the level 2 or 3; 0 takes it away.
    func setKey(_ level: Int, for sensor: FakePeripheral) {
        let path = "\(folder)/\(sensor.fileName).key"
        Sockets.remove(path)
        if level > 0 { _ = FileManager.default.createFile(atPath: path, contents: Data("\(level)".utf8)) }
    }

    @discardableResult
    func add(
        _ nature: FakePeripheral.Nature, _ address: UInt64, isRandom: Bool = true, name: String = "Sensor"
    ) -> FakePeripheral {
        let sensor = FakePeripheral(nature, address: address, isRandom: isRandom, name: name, folder: folder)
        sensors.append(sensor)
        return sensor
    }

    func addAdapter(_ index: Int) -> FakeController {
        let controller = FakeController(index, folder: folder)
        controllers.append(controller)
        announce()
        return controller
    }

    func removeAdapter(_ index: Int) {
        controllers.filter { $0.index == index }.forEach { $0.remove() }
        controllers.removeAll { $0.index == index }
        announce()
    }

    /// A file that the fake kernel looks for: see fakebluetooth.c.
    func set(_ name: String, _ isThere: Bool) {
        if isThere { Sockets.touch("\(folder)/\(name)") } else { Sockets.remove("\(folder)/\(name)") }
    }

    /// Stack Internal Event, Device: registered. Whoever hears it looks for itself.
    func announce() {
        for listener in listeners { Sockets.send([4, 0xFD, 6, 1, 0, 1, 0, 0, 0], to: listener) }
    }

    func forgetUsage() { usage = nil }

    func say(_ line: String) {
        guard let process else { return }
        Sockets.send(Array((line + "\n").utf8), to: process.descriptor)
    }

    // MARK: Time

    static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// Plays until something holds.
    ///
    /// - Parameter seconds: how long it may take on a busy machine; no test is judged by how long it took.
    /// - Returns: whether it came to hold.
    func play(atMost seconds: Double = 30, until condition: () -> Bool) -> Bool {
        let end = Self.now + seconds
        while !condition() {
            guard Self.now < end, !isOver else { return condition() }
            step()
        }
        return true
    }

    func play(for seconds: Double) {
        _ = play(atMost: seconds) { false }
    }

    private func step() {
        let output = process?.descriptor ?? -1
        let descriptors =
            [announcements, output] + listeners
            + controllers.flatMap { $0.clients + [$0.listener] } + sensors.flatMap { [$0.listener, $0.link ?? -1] }
        let ready = Sockets.readable(descriptors.filter { $0 >= 0 }, milliseconds: 2)
        let now = Self.now
        if ready.contains(announcements), let listener = Sockets.accept(announcements) { listeners.append(listener) }
        for controller in controllers { controller.hear() }
        for sensor in sensors {
            if ready.contains(sensor.listener) { sensor.takeConnection(at: now) }
            if let link = sensor.link, ready.contains(link) { sensor.hear() }
            sensor.measure(at: now)
        }
        if now - lastAdvertising >= advertisingPeriod {
            lastAdvertising = now
            for sensor in sensors where sensor.isAdvertising {
                let packet = sensor.advertisement
                for controller in controllers { controller.report(packet) }
            }
        }
        if ready.contains(output) { readOutput(output) }
    }

    // MARK: What comes out

    private func readOutput(_ output: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: read writes at most as many bytes as the buffer has.
        let count = unsafe read(output, &buffer, buffer.count)
        guard count > 0 else {
            isOver = true
            return
        }
        rest += buffer[..<count]
        var start = 0
        while let end = rest[start...].firstIndex(of: 0x0A) {
            take(String(decoding: rest[start..<end], as: UTF8.self))
            start = end + 1
        }
        rest.removeFirst(start)
    }

    private func take(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        switch words[0] {
        case "F" where words.count == 3:
            let frame = (time: Timestamp(nanoseconds: Int64(words[1]) ?? 0), bytes: bytes(words[2]))
            frames.append(frame)
            Self.decode(frame, &decoder) { event in
                events.append(event)
                if case .sample(let sample) = event { samples[sample.sensor, default: []].append(sample.reading) }
            }
        case "N": notices.append(String(line.dropFirst(2)))
        case "U":
            let numbers = line.split(separator: " ").dropFirst().compactMap { Int($0) }
            if numbers.count == 3 { usage = (numbers[0], numbers[1], numbers[2]) }
        default: lines.append(line)
        }
    }

    static func decode(
        _ frame: (time: Timestamp, bytes: [UInt8]), _ decoder: inout GATTDecoder, _ emit: (GATTEvent) -> Void
    ) {
        let header = CapturedFrame(
            time: frame.time, link: .bluetoothHCIH4WithDirection, interface: 0,
            originalLength: UInt32(frame.bytes.count))
        guard let packet = try? HCIPacket(header, frame.bytes.span) else { return }
        decoder.receive(
            packet.payload, type: packet.type, sentByHost: packet.direction.map { $0 == .sent }, adapter: 0,
            at: frame.time, emit: emit)
    }

    func information(_ sensor: FakePeripheral) -> SensorInformation? {
        var newest: SensorInformation?
        for case .sensorInfo(.bluetooth(address: sensor.address), let information) in events { newest = information }
        return newest
    }

    func readings(_ sensor: FakePeripheral) -> [Reading] { samples[.bluetooth(address: sensor.address)] ?? [] }

    func intervals(_ sensor: FakePeripheral) -> [RRInterval] {
        readings(sensor).compactMap { if case .rrInterval(let interval) = $0 { interval } else { nil } }
    }

    /// Ends the transport's process.
    ///
    /// - Returns: its exit status; minus the signal's number if one ended it.
    func stop() -> Int32 {
        say("stop")
        _ = play(atMost: 30) { isOver }
        return end() ?? 0
    }
}
