// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import BluetoothTransport
import Capture
import Glibc
import Measurement
import RingBuffer
import Transport

// Runs the Bluetooth transport for a test, which has put a fake kernel in front of the C library, and writes what comes of it to
// standard output:
//
//     F <nanoseconds> <hexadecimal>            a frame of link type 201
//     N <kind> <sensor, or -> <text>           a notice
//     U <CPU microseconds> <the transport's threads> <dropped> at the end, and whenever asked for
//
// Lines on standard input: `began`, `ended` (a session), `usage`, `stop`. Its end stops too.

/// `--bind ADDRESS-OR-NAME`, `--first-delay SECONDS`, `--connect-limit SECONDS`, `--retry-period SECONDS`, `--releases`, `--quiet` (no frames).
/// `--exit` alone: does nothing, to see whether it can be started.
struct Options {
    var configuration = BluetoothTransport.Configuration()
    var isQuiet = false

    init(_ arguments: [String]) {
        var arguments = arguments[...]
        while let option = arguments.popFirst() {
            switch option {
            case "--bind":
                let text = arguments.popFirst() ?? ""
                let digits = text.filter { $0 != ":" }
                let address = digits.count == 12 ? UInt64(digits, radix: 16) : nil
                configuration.central.bindings.append(address.map { .address($0) } ?? .name(text))
            case "--first-delay":
                configuration.central.backOff.first = arguments.popFirst().flatMap { Double($0) } ?? 0
            case "--connect-limit":
                configuration.central.connectLimit = arguments.popFirst().flatMap { Double($0) } ?? 0
            case "--retry-period":
                configuration.central.retryPeriod = arguments.popFirst().flatMap { Double($0) } ?? 0
            case "--releases": configuration.releasesSensors = true
            case "--quiet": isQuiet = true
            default: preconditionFailure("unknown option \(option)")
            }
        }
    }
}

/// Lines gather and are written together.
struct Output {
    private var text = ""

    mutating func put(_ line: String) {
        text += line
        text += "\n"
    }

    mutating func flush() {
        guard !text.isEmpty else { return }
        let bytes = Array(text.utf8)
        text = ""
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { exit(74) }
            written += max(0, count)
        }
    }
}

/// Threads of this process that bear a name; a sanitizer has some of its own.
func threadCount(named name: String) -> Int {
    var threads = 0
    guard let folder = unsafe opendir("/proc/self/task") else { return 0 }
    defer { unsafe _ = closedir(folder) }
    while let entry = unsafe readdir(folder) {
        // SAFETY: the entry's name ends in a zero within the entry.
        let number = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let file = unsafe open("/proc/self/task/\(number)/comm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { continue }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 32)
        // SAFETY: read writes at most as many bytes as the buffer has.
        let count = unsafe read(file, &text, text.count)
        if count > 0, String(decoding: text[..<count], as: UTF8.self) == name + "\n" { threads += 1 }
    }
    return threads
}

func usage(threads: Int, dropped: Int) -> String {
    var usage = rusage()
    // SAFETY: getrusage fills the structure that it is given.
    _ = unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    let microseconds = seconds * 1_000_000 + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    return "U \(microseconds) \(threads) \(dropped)"
}

func run() throws {
    if CommandLine.arguments.dropFirst() == ["--exit"] { return }
    let options = Options(Array(CommandLine.arguments.dropFirst()))
    let doorbell = try Doorbell()
    let ring = SPSCRing<FrameSlot>(minimumCapacity: 1 << 14)
    var consumer = ring.consumer
    let transport = BluetoothTransport(options.configuration)
    try transport.start(FrameSink(WakingProducer(ring.producer, doorbell: doorbell)))
    var output = Output()
    let digits = Array("0123456789abcdef")
    var input = [UInt8](repeating: 0, count: 256)
    var line = ""
    var isStopping = false
    while true {
        while let slot = consumer.pop() {
            switch slot.content {
            case .frame(let frame) where !options.isQuiet:
                var text = "F \(frame.time.nanoseconds) "
                let bytes = slot.bytes
                for index in bytes.indices {
                    text.append(digits[Int(bytes[index] >> 4)])
                    text.append(digits[Int(bytes[index] & 15)])
                }
                output.put(text)
            case .frame: break
            case .notice(let notice):
                output.put("N \(notice.kind) \(notice.sensor.map { "\($0)" } ?? "-") \(slot.text)")
            }
        }
        output.flush()
        if isStopping { break }
        let isSure = doorbell.arm()
        var descriptors = [
            pollfd(fd: doorbell.fileDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        ]
        if consumer.isEmpty {
            // SAFETY: poll reads and writes these two records.
            _ = unsafe poll(&descriptors, 2, isSure ? -1 : 10)
        }
        doorbell.disarm()
        guard descriptors[1].revents != 0 else { continue }
        // SAFETY: read writes at most as many bytes as the buffer has.
        let count = unsafe read(0, &input, input.count)
        if count <= 0 { line = "stop\n" } else { line += String(decoding: input[..<count], as: UTF8.self) }
        while let end = line.firstIndex(of: "\n") {
            switch line[..<end] {
            case "began": transport.sessionBegan()
            case "ended": transport.sessionEnded()
            case "usage": output.put(usage(threads: threadCount(named: "bluetooth"), dropped: consumer.overflow))
            default:
                transport.stop()
                isStopping = true
                output.put(usage(threads: threadCount(named: "bluetooth"), dropped: consumer.overflow))
            }
            line = String(line[line.index(after: end)...])
        }
    }
}

try run()
