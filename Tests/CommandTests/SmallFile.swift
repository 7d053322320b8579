// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import Simulation

/// A recording of a few hundred bytes.
struct SmallFile: CustomStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    /// Where each of its frames is complete, in bytes from its start; `nil` for a format of samples.
    var frameEnds: [Int]?
    /// Where else a block is complete: a cut there is none.
    var otherEnds: [Int] = []
    /// Samples that the whole file holds; for a capture, of no interest here.
    var samples = 0

    var description: String { name }

    static let all = [pcapng, pcap, btsnoop, fit, csv]

    /// An HCI event without meaning.
    private static let event: [UInt8] = [0x04, 0xFF, 0x01, 0x00]

    static let pcapng: SmallFile = {
        var file = SmallFile(name: "small.pcapng", bytes: [], frameEnds: [])
        // The section's comment is short: the header is always written.
        guard var writer = try? PcapngWriter(.init(comment: "{}")) else { return file }
        for index in 0..<3 {
            let time = Timestamp(seconds: 1_767_592_800 + Double(index))
            if index == 1 {
                writer.usb(
                    time: time, direction: .received, bus: 1, device: 2, endpoint: 1,
                    bytes: ANTBroadcast.heartRate.span)
            } else {
                writer.bluetooth(time: time, direction: .received, adapter: 0, packet: event.span)
            }
            let start = file.bytes.count
            writer.drain { pending in for place in pending.indices { file.bytes.append(pending[place]) } }
            file.frameEnds?.append(file.bytes.count)
            // The first blocks describe section and interface; each is below 256 bytes.
            var end = start
            while end + 4 < file.bytes.count {
                end += Int(file.bytes[end + 4])
                file.otherEnds.append(end)
            }
        }
        return file
    }()

    /// Little-endian, microseconds, link type 201: a direction word before each HCI packet.
    static let pcap: SmallFile = {
        var file = SmallFile(
            name: "small.pcap",
            bytes: [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 201, 0, 0, 0],
            frameEnds: [])
        for second in UInt8(0)..<3 {
            // Seconds, microseconds, captured and original length, direction 1: received.
            file.bytes += [second, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1] + event
            file.frameEnds?.append(file.bytes.count)
        }
        return file
    }()

    /// Data link 1002; big-endian.
    static let btsnoop: SmallFile = {
        var file = SmallFile(
            name: "small.btsnoop", bytes: Array("btsnoop\0".utf8) + [0, 0, 0, 1, 0, 0, 3, 0xEA], frameEnds: [])
        for index in UInt8(0)..<3 {
            // Both lengths, flags (received), drops, and microseconds: a second after 2000-01-01 00:00 each.
            file.bytes += [0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0]
            file.bytes += [0x00, 0xE0, 0x3A, 0xB4, 0x4A, 0x67, 0x60 + index, 0x00] + event
            file.frameEnds?.append(file.bytes.count)
        }
        return file
    }()

    /// Three `record` messages of time and heart rate.
    static let fit: SmallFile = {
        // Definition of local message 0, little-endian, global message 20: field 253 (uint32), field 3 (uint8).
        var records: [UInt8] = [0x40, 0, 0, 20, 0, 2, 253, 4, 0x86, 3, 1, 0x02]
        for second in UInt8(0)..<3 { records += [0, second, 0xCA, 0x9A, 0x3B, 100 + second] }
        let header: [UInt8] = [12, 0x20, 0x54, 0x08, UInt8(records.count), 0, 0, 0] + Array(".FIT".utf8)
        var state: UInt16 = 0
        for byte in header + records {
            state ^= UInt16(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? (state >> 1) ^ 0xA001 : state >> 1 }
        }
        return SmallFile(
            name: "small.fit", bytes: header + records + [UInt8(truncatingIfNeeded: state), UInt8(state >> 8)],
            samples: 3)
    }()

    static let csv = SmallFile(
        name: "small.csv", bytes: Array("t_s,hr_bpm\n0,100\n1,101\n2.5,102\n".utf8), samples: 3)
}

enum ANTBroadcast {
    /// Page 0 of a heart-rate strap (device 16815, type 120) in a broadcast with its channel id.
    static let heartRate: [UInt8] = {
        let body: [UInt8] = [0xA4, 14, 0x4E, 0, 4, 0, 0, 0, 0, 0, 1, 100, 0x80, 0xAF, 0x41, 120, 1]
        return body + [body.reduce(0, ^)]
    }()
}

enum ShortCapture {
    /// The first seconds of a simulated session, and a standing start of none.
    ///
    /// - Parameter drops: frames that its recorder says it lost.
    static func bytes(seconds: Double, drops: UInt32 = 0) throws -> [UInt8] {
        var configuration = try SimulatedSession.Configuration(plan: "sprint-5x30-90", seed: 7)
        configuration.leadIn = 0
        configuration.startTime = Timestamp(seconds: 1_767_592_800)
        var session = SimulatedSession(configuration)
        var writer = try PcapngWriter(.init(application: "test"))
        let end = configuration.startTime.advanced(bySeconds: seconds)
        var isOver = false
        while !isOver {
            let more = session.step { frame, bytes in
                isOver = frame.time > end
                if !isOver { writer.simulated(frame, bytes) }
            }
            isOver = isOver || !more
        }
        if drops > 0 { writer.statistics(drops: drops, at: end) }
        var file: [UInt8] = []
        writer.drain { pending in for place in pending.indices { file.append(pending[place]) } }
        return file
    }
}
