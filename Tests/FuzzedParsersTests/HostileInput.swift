// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import AthleteFile
import BluetoothCentral
import CSV
import Capture
import Configuration
import FIT
import GATT
import Measurement
import SocketProtocol
import TCX

/// Something large for one parser.
struct HostileInput: Sendable {
    /// Bytes that the parser may hold besides: the longest block or file that it takes, and what it is made into.
    var allowance = 0
    var read: @Sendable () -> Void

    private static let length = 8 << 20
    private static let pieceLength = 64 << 10

    /// By what they are.
    static let all: [String: HostileInput] = [
        "a CSV line without an end": .init { csv("t_s,hr_bpm\n", repeating: "1") },
        "a CSV header without an end": .init { csv("", repeating: "t_s,") },
        "CSV rows that cannot be read": .init { csv("t_s,hr_bpm\n", repeating: "x,x\n") },
        "a TCX tag without an end": .init { tcx("<TrainingCenterDatabase ", repeating: "a='b' ") },
        "a TCX text without an end": .init { tcx("<TrainingCenterDatabase>", repeating: "text ") },
        "a TCX comment without an end": .init { tcx("<TrainingCenterDatabase><!--", repeating: "text ") },
        "TCX elements in elements": .init { tcx("<TrainingCenterDatabase>", repeating: "<Activities>") },
        "TCX track points that cannot be read": .init {
            tcx(
                "<TrainingCenterDatabase><Activities><Activity><Lap><Track>",
                repeating: "<Trackpoint><Time>x</Time></Trackpoint>")
        },
        "FIT definitions of 64 KiB": .init {
            fit(repeating: [0x4F, 0, 0, 0xE8, 3, 255] + (0..<255).flatMap { [UInt8($0), 255, 13] })
        },
        "FIT developer fields without end": .init {
            let definition: [UInt8] = [0x41, 0, 0, 206, 0, 5, 0, 1, 2, 1, 1, 2, 2, 1, 2, 3, 8, 7, 8, 8, 7]
            let descriptions = (0..<255).flatMap {
                [1, UInt8($0 % 16), UInt8($0), 2] + [UInt8](repeating: 65, count: 16)
            }
            fit(repeating: definition + descriptions)
        },
        "FIT devices without end": .init {
            let definition: [UInt8] = [0x40, 0, 0, 23, 0, 3, 0, 1, 2, 3, 4, 0x8C, 27, 16, 7]
            let devices = (0..<255).flatMap { [0, UInt8($0), UInt8($0), 1, 1, 1] + [UInt8](repeating: 66, count: 16) }
            fit(repeating: definition + devices)
        },
        "a pcapng block of 4 GB": .init(allowance: 2 * Int(CaptureReader.blockLimit)) {
            capture(section + little(6) + little(0xFFFF_FFFC), repeating: [0])
        },
        "a pcapng block of the longest length, in pieces": .init(allowance: 3 * Int(CaptureReader.blockLimit)) {
            capture(section + little(0x0BAD) + little(CaptureReader.blockLimit), repeating: [0])
        },
        "pcapng interfaces without end": .init {
            capture(section, repeating: little(1) + little(20) + little(220) + little(0) + little(20))
        },
        "pcapng sections without end": .init { capture(section, repeating: section) },
        "a line of the local socket without an end": .init {
            var buffer = LineBuffer(limit: SocketLimits.inputLine)
            feed([], repeating: [0x41]) { buffer.take($0) { _ in } }
        },
        "ANT sticks and sensors without end": .init {
            var decoder = ANTDecoder()
            for index in 0..<UInt32(20_000) {
                // A broadcast with its channel ID: ever another sensor.
                var frame: [UInt8] = [0xA4, 14, 0x4E, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0x80, 0, 0, 120, 1]
                frame[13] = UInt8(truncatingIfNeeded: index)
                frame[14] = UInt8(truncatingIfNeeded: index >> 8)
                frame.append(frame.reduce(0, ^))
                decoder.trust(stick: index / 7)
                let time = Timestamp(seconds: Double(index))
                decoder.receive(frame.span, stick: index / 7, fromStick: true, at: time) { _ in }
            }
        },
        "Bluetooth connections and advertisers without end": .init {
            var decoder = GATTDecoder()
            for index in 0..<UInt32(20_000) {
                let low = [UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: index >> 8)]
                let report: [UInt8] = [0x3E, 16, 2, 1, 0, 1] + low + [3, 4, 5, 0xC6, 4, 3, 3, 0x0D, 0x18, 0xC8]
                let pdu: [UInt8] = [low[0], low[1] & 0x0F | 0x20, 8, 0, 4, 0, 4, 0, 0x1B, low[0], low[1], 60]
                let adapter = UInt16(truncatingIfNeeded: index >> 4)
                decoder.receive(report.span, type: .event, sentByHost: nil, adapter: adapter, at: .zero) { _ in }
                decoder.receive(pdu.span, type: .acl, sentByHost: false, adapter: adapter, at: .zero) { _ in }
            }
        },
        "sensors to connect to without end": .init {
            var central = Central(Central.Configuration(), random: SystemRandomNumberGenerator())
            central.adapters((0..<200).map { AdapterStatus(index: $0, isUp: true) }, at: .zero) { _ in }
            central.opened(0, at: .zero) { _ in }
            for opcode in [UInt8(0x0C), 0x0B, 0x0C] {
                central.receive([0x0E, 4, 1, opcode, 0x20, 0].span, from: 0, at: .zero) { _ in }
            }
            for index in 0..<UInt32(20_000) {
                let low = [UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: index >> 8)]
                let report: [UInt8] = [0x3E, 16, 2, 1, 0, 1] + low + [3, 4, 5, 0xC6, 4, 3, 3, 0x0D, 0x18, 0xC8]
                central.receive(report.span, from: 0, at: Timestamp(seconds: Double(index) / 1000)) { _ in }
            }
        },
        "a peer's attributes without end": .init {
            var client = GATTClient()
            client.start(at: .zero) { _, _ in }
            for index in 0..<UInt32(20_000) {
                let handle = UInt8(truncatingIfNeeded: index % 200 + 1)
                let answers: [[UInt8]] = [
                    [3, 0xF7, 0], [0x11, 6, handle, 0, handle, 0, 0x0D, 0x18],
                    [9, 7, handle, 0, 0x10, handle, 0, 0x37, 0x2A],
                    [5, 1, handle, 0, 0x37, 0x2A], [0x0B] + [UInt8](repeating: 65, count: 22),
                ]
                for answer in answers { client.receive(answer.span, at: .zero) { _, _ in } }
            }
        },
        "an athlete's longest file, of keys with many names": .init(allowance: 48 << 20) {
            let head = "[" + [String](repeating: "a", count: AthleteFile.largest / 4).joined(separator: ".") + "]\n"
            athlete(head, repeating: { "k\($0)=1\n" })
        },
        "an athlete's longest file, of sensors": .init(allowance: 48 << 20) {
            athlete("sensors = [", repeating: { "'ant:120:\($0)'," })
        },
        "the longest configuration, of athletes": .init(allowance: 96 << 20) { configuration { _ in "[[athlete]]\n" } },
        "the longest configuration, of plans": .init(allowance: 96 << 20) {
            configuration { "[[plan]]\nname='\($0)'\nsteps=[{kind='sprint',seconds=9}]\n" }
        },
    ]

    // MARK: Feeding

    /// Hands over `head`, then 8 MB of `unit` again and again, in pieces.
    private static func feed(_ head: [UInt8], repeating unit: [UInt8], to take: (Span<UInt8>) -> Void) {
        take(head.span)
        var piece: [UInt8] = []
        while piece.count < pieceLength { piece += unit }
        for _ in 0..<length / piece.count { take(piece.span) }
    }

    private static func csv(_ head: String, repeating unit: String) {
        var reader = CSVSampleReader()
        feed(Array(head.utf8), repeating: Array(unit.utf8)) {
            reader.append($0)
            drain { try reader.next() != nil }
        }
    }

    private static func tcx(_ head: String, repeating unit: String) {
        var reader = TCXSampleReader()
        feed(Array(head.utf8), repeating: Array(unit.utf8)) {
            reader.append($0)
            drain { try reader.next() != nil }
        }
    }

    private static func fit(repeating unit: [UInt8]) {
        var reader = FITSampleReader()
        feed([12, 0x10, 100, 0, 0, 0, 0, 0, 0x2E, 0x46, 0x49, 0x54], repeating: unit) {
            reader.append($0)
            drain { try reader.next() != nil }
        }
    }

    private static func capture(_ head: [UInt8], repeating unit: [UInt8]) {
        var reader = CaptureReader()
        feed(head, repeating: unit) {
            reader.append($0)
            drain {
                switch try reader.next(frame: { _, _ in }, event: { _ in }) {
                case .frame, .event: true
                case .needsInput, .end: false
                }
            }
        }
    }

    /// Goes on after a row that cannot be read, and stops where a reader says the same again and again.
    private static func drain(_ next: () throws -> Bool) {
        var failures = 0
        while failures < pieceLength {
            do {
                guard try next() else { return }
            } catch {
                failures += 1
            }
        }
    }

    private static func athlete(_ head: String, repeating line: (Int) -> String) {
        let text = filled(head, to: AthleteFile.largest, repeating: line)
        _ = try? AthleteFile.athlete(text)
        _ = try? PlanFile.plan(text)
        _ = try? Bindings(text: text)
    }

    private static func configuration(_ line: (Int) -> String) {
        let text = filled("", to: ConfigurationFile.largest, repeating: line)
        _ = ConfigurationFile(Array(text.utf8), path: "sprintd.toml").problems
    }

    private static func filled(_ head: String, to length: Int, repeating line: (Int) -> String) -> String {
        var text = head
        var index = 0
        while text.utf8.count < length {
            text += line(index)
            index += 1
        }
        return text
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    /// A pcapng section without options.
    private static let section: [UInt8] =
        little(0x0A0D_0D0A) + little(28) + little(0x1A2B_3C4D) + little(1) + [UInt8](repeating: 0xFF, count: 8)
        + little(28)
}
