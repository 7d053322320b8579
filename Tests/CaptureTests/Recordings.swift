// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement

/// What a reader made of bytes.
struct Outcome: Equatable {
    struct Frame: Equatable {
        var header: CapturedFrame
        var bytes: [UInt8]
    }
    var frames: [Frame] = []
    var events: [CaptureEvent] = []
    var error: CaptureError?
    var skipped: UInt64 = 0
    var recorderDrops: UInt64 = 0

    var comments: [CaptureComment] {
        events.compactMap { if case .comment(let comment) = $0 { comment } else { nil } }
    }
    var breakage: CaptureBreak? {
        guard case .broken(let breakage)? = events.last else { return nil }
        return breakage
    }
    var times: [Int64] { frames.map(\.header.time.nanoseconds) }

    /// - Parameter chunk: how many bytes arrive at a time.
    init(_ bytes: [UInt8], chunk: Int = .max) {
        var reader = CaptureReader()
        var offset = 0
        reading: while true {
            let step: CaptureStep
            do throws(CaptureError) {
                step = try reader.next { header, bytes in
                    frames.append(Frame(header: header, bytes: bytes.indices.map { bytes[$0] }))
                } event: {
                    events.append($0)
                }
            } catch {
                self.error = error
                break reading
            }
            switch step {
            case .frame, .event: continue
            case .end: break reading
            case .needsInput:
                let end = offset + min(chunk, bytes.count - offset)
                if end == offset { reader.endOfInput() }
                reader.append(bytes.span.extracting(offset..<end))
                offset = end
            }
        }
        skipped = reader.skippedFrames
        recorderDrops = reader.recorderDrops
    }
}

/// Spells out capture files field by field, in either byte order.
struct FileBuilder {
    var bigEndian = false
    var bytes: [UInt8] = []

    func integer<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        let ordered = bigEndian ? value.bigEndian : value.littleEndian
        return (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: ordered >> (8 * Value($0))) }
    }

    func padded(_ value: [UInt8]) -> [UInt8] {
        value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        integer(code) + integer(UInt16(value.count)) + padded(value)
    }

    mutating func block(_ type: UInt32, _ body: [UInt8]) {
        let length = integer(UInt32(body.count + 12))
        bytes += integer(type) + length + body + length
    }

    mutating func section(minor: UInt16 = 0, options: [UInt8] = []) {
        block(
            0x0A0D_0D0A,
            integer(UInt32(0x1A2B_3C4D)) + integer(UInt16(1)) + integer(minor)
                + integer(Int64(-1)) + options)
    }

    mutating func interface(_ link: UInt16, snapLength: UInt32 = 0, options: [UInt8] = []) {
        block(1, integer(link) + [0, 0] + integer(snapLength) + options)
    }

    mutating func packet(
        interface: UInt32 = 0, ticks: UInt64, _ data: [UInt8], original: UInt32? = nil,
        options: [UInt8] = []
    ) {
        block(
            6,
            integer(interface) + integer(UInt32(ticks >> 32))
                + integer(UInt32(truncatingIfNeeded: ticks)) + integer(UInt32(data.count))
                + integer(original ?? UInt32(data.count)) + padded(data) + options)
    }
}

/// Small files that are whole and sound, one of each kind, each with three frames.
enum SmallRecording: String, CaseIterable, CustomStringConvertible {
    case pcapng, pcapngBigEndian, pcap, btsnoop, btsnoopMonitor
    var description: String { rawValue }

    /// HCI Reset, and the answer that it completed. Source: Bluetooth Core Specification 4 E 7.3.2 and 7.7.14.
    static let reset: [UInt8] = [0x01, 0x03, 0x0C, 0x00]
    static let resetDone: [UInt8] = [0x04, 0x0E, 0x04, 0x01, 0x03, 0x0C, 0x00]

    /// In nanoseconds from the Unix epoch: 2022-03-15 05:42:38 UTC and some more.
    static let times: [Int64] = [
        1_647_322_958_206_164_000, 1_647_322_958_206_207_000, 1_647_322_959_206_207_000,
    ]

    static let packets = [[0, 0, 0, 0] + reset, [0, 0, 0, 1] + resetDone, [0, 0, 0, 1] + resetDone]

    /// Where each block or record begins, and the end.
    var boundaries: [Int] { build().1 }
    var bytes: [UInt8] { build().0 }

    private func build() -> ([UInt8], [Int]) {
        var boundaries = [0]
        switch self {
        case .pcapng, .pcapngBigEndian:
            var file = FileBuilder(bigEndian: self == .pcapngBigEndian)
            file.section(options: file.option(1, Array("{}".utf8)) + file.option(0, []))
            boundaries.append(file.bytes.count)
            file.interface(201, options: file.option(9, [9]) + file.option(0, []))
            boundaries.append(file.bytes.count)
            for (time, packet) in zip(Self.times, Self.packets) {
                file.packet(ticks: UInt64(time), packet)
                boundaries.append(file.bytes.count)
            }
            return (file.bytes, boundaries)
        case .pcap:
            var file = FileBuilder()
            file.bytes = file.integer(UInt32(0xA1B2_3C4D)) + file.integer(UInt16(2)) + file.integer(UInt16(4))
            file.bytes += [UInt8](repeating: 0, count: 8) + file.integer(UInt32(65535)) + file.integer(UInt32(201))
            boundaries.append(file.bytes.count)
            for (time, packet) in zip(Self.times, Self.packets) {
                file.bytes += file.integer(UInt32(time / 1_000_000_000))
                file.bytes += file.integer(UInt32(time % 1_000_000_000))
                file.bytes += file.integer(UInt32(packet.count)) + file.integer(UInt32(packet.count))
                file.bytes += packet
                boundaries.append(file.bytes.count)
            }
            return (file.bytes, boundaries)
        case .btsnoop, .btsnoopMonitor:
            let isMonitor = self == .btsnoopMonitor
            var file = FileBuilder(bigEndian: true)
            file.bytes = Array("btsnoop\0".utf8) + file.integer(UInt32(1))
            file.bytes += file.integer(UInt32(isMonitor ? 2001 : 1002))
            boundaries.append(file.bytes.count)
            for (time, framed) in zip(Self.times, Self.packets) {
                let packet = Array(framed.dropFirst(isMonitor ? 5 : 4))
                let received = UInt32(framed[3])
                file.bytes += file.integer(UInt32(packet.count)) + file.integer(UInt32(packet.count))
                // Opcode 2: command, 3: event; or bit 0: received, bit 1: command or event.
                file.bytes += file.integer(isMonitor ? 2 + received : 2 | received)
                file.bytes += file.integer(UInt32(0))
                // The format's number for midnight, 1 January 2000, which is 10 957 days into Unix time.
                let year2000: Int64 = 0x00E0_3AB4_4A67_6000
                file.bytes += file.integer(year2000 + time / 1000 - 10_957 * 86_400 * 1_000_000)
                file.bytes += packet
                boundaries.append(file.bytes.count)
            }
            return (file.bytes, boundaries)
        }
    }
}

extension PcapngWriter {
    mutating func usb(_ nanoseconds: Int64, _ direction: FrameDirection, _ bytes: [UInt8]) {
        usb(
            time: Timestamp(nanoseconds: nanoseconds), direction: direction, bus: 1, device: 6,
            endpoint: 1, bytes: bytes.span)
    }

    mutating func bluetooth(
        _ nanoseconds: Int64, _ direction: FrameDirection, adapter: UInt16 = 0, _ packet: [UInt8]
    ) {
        bluetooth(
            time: Timestamp(nanoseconds: nanoseconds), direction: direction, adapter: adapter,
            packet: packet.span)
    }
}
