// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Simulation

/// A small reader of simulated sessions, written from the protocols' documents and sharing nothing with the encoders.
struct SessionDecoder {
    struct ANTMessage {
        var time: Double
        var fromStick: Bool
        var id: UInt8
        var payload: [UInt8]
    }
    struct HCIPacket {
        var time: Double
        var type: UInt8
        var fromController: Bool
        var bytes: [UInt8]
    }

    var messages: [ANTMessage] = []
    var packets: [HCIPacket] = []
    var badChecksums = 0
    var badPadding = 0
    /// Bytes that belong to no message.
    var strayBytes = 0
    var disorder = 0
    var transfers = 0
    private var lastTime: Int64?
    private var partial: [UInt8] = []

    init(_ configuration: SimulatedSession.Configuration) {
        var session = SimulatedSession(configuration)
        self.init(&session)
    }

    init(_ session: inout SimulatedSession) {
        session.run { frame, bytes in
            var copy: [UInt8] = []
            for index in bytes.indices { copy.append(bytes[index]) }
            take(frame, copy)
        }
    }

    private mutating func take(_ frame: SimulatedFrame, _ bytes: [UInt8]) {
        if let lastTime, frame.time.nanoseconds <= lastTime { disorder += 1 }
        lastTime = frame.time.nanoseconds
        switch frame.link {
        case .bluetooth(let type, let fromController):
            packets.append(
                HCIPacket(time: frame.time.seconds, type: type, fromController: fromController, bytes: bytes))
        case .usb(let fromStick):
            transfers += 1
            if fromStick {
                partial += bytes
                while let length = parse(partial, frame.time.seconds, fromStick: true) { partial.removeFirst(length) }
            } else {
                guard let length = parse(bytes, frame.time.seconds, fromStick: false) else {
                    strayBytes += bytes.count
                    return
                }
                if Array(bytes[length...]) != [0, 0] { badPadding += 1 }
            }
        }
    }

    /// - Returns: the length of the message at the start; `nil` for none.
    private mutating func parse(_ bytes: [UInt8], _ time: Double, fromStick: Bool) -> Int? {
        guard let first = bytes.first else { return nil }
        guard first == 0xA4 else {
            strayBytes += 1
            return 1
        }
        guard bytes.count >= 4, bytes.count >= Int(bytes[1]) + 4 else { return nil }
        let length = Int(bytes[1]) + 4
        if bytes[..<length].reduce(0, ^) != 0 { badChecksums += 1 }
        messages.append(
            ANTMessage(time: time, fromStick: fromStick, id: bytes[2], payload: Array(bytes[3..<length - 1])))
        return length
    }

    /// Broadcast pages of one device by its extended channel id.
    func pages(deviceType: UInt8, number: UInt32) -> [(time: Double, page: [UInt8])] {
        messages.compactMap { message in
            let payload = message.payload
            guard message.id == 0x4E, payload.count >= 14, payload[9] & 0x80 != 0, payload[12] == deviceType,
                UInt32(payload[10]) | UInt32(payload[11]) << 8 | UInt32(payload[13] >> 4) << 16 == number
            else { return nil }
            return (message.time, Array(payload[1..<9]))
        }
    }

    /// Values notified on one connection and value handle.
    func notifications(connection: UInt16, handle: UInt16) -> [(time: Double, value: [UInt8])] {
        packets.compactMap { packet in
            let bytes = packet.bytes
            guard packet.type == 2, packet.fromController, bytes.count >= 11, word(bytes, 0) == connection | 0x2000,
                word(bytes, 6) == 4, bytes[8] == 0x1B, word(bytes, 9) == handle
            else { return nil }
            return (packet.time, Array(bytes[11...]))
        }
    }
}

func word(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
    UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
}

func configuration(
    _ plan: String = "sprint-5x30-90", seed: UInt64 = 1,
    _ change: (inout SimulatedSession.Configuration) -> Void = { _ in }
) -> SimulatedSession.Configuration {
    guard var configuration = try? SimulatedSession.Configuration(plan: plan, seed: seed) else {
        fatalError("\(plan) is a plan")
    }
    change(&configuration)
    return configuration
}
