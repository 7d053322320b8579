// SPDX-License-Identifier: GPL-3.0-or-later
import Simulation

/// An ANT stick from its USB endpoints inwards: what the host writes goes in, what the host may read comes out, and sensors are heard
/// in between. It knows nothing of the code under test, reads frames in its own way, and can be told to misbehave.
///
/// Behaviour by the recording of an ANTUSB2 and by public descriptions of the protocol: commands are refused with the code that fits,
/// channels search, first without and then with priority, track, miss messages, search again after eight misses, and close.
package struct StickFirmware: Sendable {
    package struct Model: Sendable {
        package var capabilities: [UInt8]
        package var version: String

        /// As recorded.
        package static let usb2 = Model(capabilities: [8, 3, 0, 0xBA, 0x36, 0], version: "AP2USB1.05")
        package static let usbM = Model(
            capabilities: [8, 8, 0, 0xBA, 0x36, 0, 0xDF, 0x00], version: "AJK1.34RAF")
        /// No serial number, no search beside receiving, no extended messages, no scan: four bytes of capabilities.
        package static let old = Model(capabilities: [4, 1, 0, 0x02], version: "old")
    }

    package enum Cutting: Sendable {
        /// A message a transfer.
        case whole
        /// As much as is there, up to 64 bytes: frames begin and end anywhere.
        case merged
        /// Pieces of 1 to 8 bytes.
        case split
    }

    package struct Faults: Sendable {
        /// Hears and says nothing.
        package var isSilent = false
        /// Understands, and does not answer so many commands.
        package var unanswered = 0
        /// Codes for commands, by message id.
        package var refusals: [UInt8: UInt8] = [:]
        /// Nanoseconds.
        package var answerDelay: Int64 = 400_000
        package var cutting = Cutting.whole
        /// So many messages to come go out with a wrong checksum.
        package var badChecksums = 0
        /// Between messages; 0...64.
        package var garbageBytes = 0
        /// Starts anew on every assignment of a channel.
        package var restartsOnAssign = false

        package init() {}
    }

    package struct Counters: Equatable, Sendable {
        /// Data messages put into the host's way.
        package var sent = 0
        /// Data messages of matching sensors that a search with priority kept from a channel.
        package var starved = 0
        /// Frames of the host with a wrong checksum.
        package var badFrames = 0
        package var commands = 0
    }

    private struct Channel {
        enum State { case unassigned, assigned, searching, tracking }
        var state = State.unassigned
        var hasID = false
        var number: UInt16 = 0
        var type: UInt8 = 0
        var transmission: UInt8 = 0
        /// 1/32768 s.
        var period: UInt16 = 8192
        var frequency: UInt8 = 66
        /// In 2.5 s; 255 for ever.
        var timeout: UInt8 = 10
        var lowTimeout: UInt8 = 2
        var since: Int64 = 0
        var missed: Int64 = 0

        var periodNanoseconds: Int64 { Int64(period) * 1_000_000_000 / 32768 }
    }

    package let model: Model
    package var faults = Faults()
    package private(set) var counters = Counters()
    package private(set) var isScanning = false
    /// What the host set with 0x6E.
    package private(set) var extendedFlags: UInt8 = 0

    private var legacyExtended = false
    private var hasKey = false
    private var channels = [Channel](repeating: Channel(), count: 8)
    private var input: [UInt8] = []
    private var output: [(due: Int64, bytes: [UInt8])] = []
    private var random: SplitMix64

    private static let key: [UInt8] = [0xB9, 0xA5, 0x21, 0xFB, 0xBD, 0x72, 0xC3, 0x45]
    private static let searchUnit: Int64 = 2_500_000_000

    package init(_ model: Model, seed: UInt64) {
        self.model = model
        random = SplitMix64(seed: seed)
    }

    /// Puts bytes in the host's way, as they are: what an earlier host left, or noise.
    package mutating func leave(_ bytes: [UInt8], at time: Int64) {
        output.append((time, bytes))
    }

    /// What the host sent last ended in the middle of a message.
    package mutating func leaveUnfinishedInput() {
        input = [0xA4, 0x20, 0x4E]
    }

    /// The computer slept: everything that was set is gone.
    package mutating func forget() {
        for index in channels.indices { channels[index] = Channel() }
        isScanning = false
        extendedFlags = 0
        legacyExtended = false
        hasKey = false
    }

    /// Restarts by itself.
    package mutating func restart(reason: UInt8, at time: Int64) {
        forget()
        send(0x6F, [reason], at: time)
    }

    package func isOpen(_ number: Int) -> Bool {
        channels[number].state == .searching || channels[number].state == .tracking
    }

    // MARK: To the host

    /// When ``tick(at:)`` or ``read(at:)`` has something to do.
    package var deadline: Int64? {
        if faults.isSilent { return nil }
        var next = output.first?.due
        for number in channels.indices {
            guard let due = due(channels[number]) else { continue }
            next = min(next ?? due, due)
        }
        return next
    }

    /// - Returns: the next transfer, 1...64 bytes; `nil` when nothing is due.
    package mutating func read(at time: Int64) -> [UInt8]? {
        guard !faults.isSilent, let first = output.first, first.due <= time else { return nil }
        switch faults.cutting {
        case .whole:
            guard first.bytes.count > 64 else { return output.removeFirst().bytes }
            return take(64)
        case .merged:
            var transfer: [UInt8] = []
            while let next = output.first, next.due <= time, transfer.count < 64 {
                transfer += take(min(next.bytes.count, 64 - transfer.count))
            }
            return transfer
        case .split: return take(min(first.bytes.count, 1 + random.integer(below: 8)))
        }
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        let piece = Array(output[0].bytes.prefix(count))
        output[0].bytes.removeFirst(count)
        if output[0].bytes.isEmpty { output.removeFirst() }
        return piece
    }

    private mutating func send(_ id: UInt8, _ payload: [UInt8], at time: Int64) {
        var bytes = [0xA4, UInt8(payload.count), id] + payload
        bytes.append(bytes.reduce(0, ^))
        if faults.badChecksums > 0 {
            faults.badChecksums -= 1
            bytes[bytes.count - 1] ^= 0x5A
        }
        if faults.garbageBytes > 0 {
            let garbage = (0..<faults.garbageBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            // A false start right before a message would cost the message.
            bytes = garbage.map { $0 == 0xA4 ? 0xA5 : $0 } + bytes
        }
        // In the order of sending, whatever the delays.
        output.append((max(time, output.last?.due ?? time), bytes))
    }

    private mutating func answer(_ channel: UInt8, _ id: UInt8, _ code: UInt8, at time: Int64) {
        send(0x40, [channel, id, code], at: time + faults.answerDelay)
    }

    private mutating func event(_ channel: Int, _ code: UInt8, at time: Int64) {
        send(0x40, [UInt8(channel), 1, code], at: time)
    }

    // MARK: From the host

    /// - Parameter bytes: one OUT transfer.
    package mutating func write(_ bytes: [UInt8], at time: Int64) {
        guard !faults.isSilent else { return }
        input += bytes
        while let first = input.first {
            guard first == 0xA4 else {
                input.removeFirst()
                continue
            }
            guard input.count >= 2 else { return }
            let end = 4 + Int(input[1])
            guard input.count >= end else { return }
            let frame = Array(input[..<end])
            input.removeFirst(end)
            guard frame.reduce(0, ^) == 0 else {
                counters.badFrames += 1
                // Serial error 2: the checksum does not hold.
                send(0xAE, [2], at: time)
                continue
            }
            counters.commands += 1
            obey(frame[2], Array(frame[3..<end - 1]), at: time)
        }
    }

    private mutating func obey(_ id: UInt8, _ payload: [UInt8], at time: Int64) {
        if id == 0x4A {
            forget()
            output.removeAll()
            send(0x6F, [0x20], at: time + faults.answerDelay)
            return
        }
        if faults.unanswered > 0 {
            faults.unanswered -= 1
            return
        }
        let channel = payload.first ?? 0
        if let code = faults.refusals[id == 0x4D && payload.count > 1 ? payload[1] : id] {
            return answer(channel, id, code, at: time)
        }
        switch id {
        case 0x4D: request(payload, at: time)
        case 0x46:
            hasKey = payload.count == 9 && Array(payload[1...]) == Self.key
            answer(channel, id, Int(channel) < Int(model.capabilities[1]) ? 0 : 0x29, at: time)
        case 0x6E, 0x66:
            guard advanced2 & 0x02 != 0, payload.count == 2 else { return answer(channel, id, 0x28, at: time) }
            if id == 0x6E { extendedFlags = payload[1] } else { legacyExtended = payload[1] == 1 }
            answer(0, id, 0, at: time)
        default: configure(id, payload, at: time)
        }
    }

    private var advanced2: UInt8 { model.capabilities.count > 4 ? model.capabilities[4] : 0 }
    private var hasLowPriority: Bool { model.capabilities[3] & 0x20 != 0 }

    private mutating func request(_ payload: [UInt8], at time: Int64) {
        guard payload.count >= 2 else { return answer(0, 0x4D, 0x28, at: time) }
        let due = time + faults.answerDelay
        switch payload[1] {
        case 0x54: send(0x54, model.capabilities, at: due)
        case 0x3E: send(0x3E, Array(model.version.utf8) + [0], at: due)
        case 0x61 where model.capabilities[3] & 0x08 != 0: send(0x61, [0xE4, 0x7A, 0x61, 0x12], at: due)
        case 0x52:
            guard Int(payload[0]) < channels.count else { return answer(payload[0], 0x4D, 0x28, at: time) }
            let status: UInt8 =
                switch channels[Int(payload[0])].state {
                case .unassigned: 0
                case .assigned: 1
                case .searching: 2
                case .tracking: 3
                }
            send(0x52, [payload[0], status], at: due)
        default: answer(payload[0], 0x4D, 0x28, at: time)
        }
    }

    /// What is about one channel.
    private mutating func configure(_ id: UInt8, _ payload: [UInt8], at time: Int64) {
        let number = Int(payload.first ?? 0xFF)
        guard number < Int(model.capabilities[0]), number < channels.count else {
            return answer(payload.first ?? 0, id, 0x28, at: time)
        }
        var channel = channels[number]
        var code: UInt8 = 0
        switch (id, payload.count) {
        case (0x42, 3):
            if faults.restartsOnAssign { return restart(reason: 0x02, at: time) }
            if channel.state == .unassigned {
                channel = Channel()
                channel.state = .assigned
            } else {
                code = 0x15
            }
        case (0x51, 5):
            if channel.state == .assigned {
                channel.hasID = true
                channel.number = UInt16(payload[1]) | UInt16(payload[2]) << 8
                channel.type = payload[3] & 0x7F
                channel.transmission = payload[4]
            } else {
                code = 0x15
            }
        case (0x43, 3): channel.period = UInt16(payload[1]) | UInt16(payload[2]) << 8
        case (0x45, 2): channel.frequency = payload[1]
        case (0x44, 2): channel.timeout = payload[1]
        case (0x63, 2):
            if hasLowPriority { channel.lowTimeout = payload[1] } else { code = 0x28 }
        case (0x4B, 1), (0x5B, 1):
            let isScan = id == 0x5B
            if isScan, advanced2 & 0x04 == 0 {
                code = 0x28
            } else if channel.state != .assigned {
                code = 0x15
            } else if !channel.hasID {
                code = 0x18
            } else if isScanning || (isScan && (0..<channels.count).contains { isOpen($0) }) {
                code = 0x19
            } else if isScan, number != 0 {
                code = 0x31
            } else {
                channel.state = .searching
                channel.since = time
                isScanning = isScan
            }
        case (0x4C, 1):
            if channel.state == .searching || channel.state == .tracking {
                channel.state = .assigned
                if number == 0 { isScanning = false }
                event(number, 0x07, at: time + faults.answerDelay)
            } else {
                code = 0x15
            }
        default: code = 0x28
        }
        channels[number] = channel
        answer(UInt8(number), id, code, at: time)
    }

    // MARK: From the air

    /// A sensor's message reaches the stick now.
    package mutating func hear(_ message: AirMessage, at time: Int64) {
        tick(at: time)
        for number in channels.indices where isOpen(number) {
            let channel = channels[number]
            guard hasKey, channel.frequency == 57, isScanning || matches(channel, message) else { continue }
            if !isScanning, channel.state == .tracking, isSearchingWithPriority(except: number, at: time) {
                counters.starved += 1
                continue
            }
            channels[number].state = .tracking
            channels[number].since = time
            channels[number].missed = 0
            // A channel for any sensor stays with the first.
            if !isScanning, channel.number == 0 {
                channels[number].number = UInt16(truncatingIfNeeded: message.number)
                channels[number].type = message.deviceType
                channels[number].transmission = message.transmissionType
            }
            broadcast(message, on: UInt8(number), at: time)
            if isScanning { return }
        }
    }

    private func matches(_ channel: Channel, _ message: AirMessage) -> Bool {
        (channel.number == 0 || channel.number == UInt16(truncatingIfNeeded: message.number))
            && (channel.type == 0 || channel.type == message.deviceType)
            && (channel.transmission == 0 || channel.transmission == message.transmissionType)
    }

    private mutating func broadcast(_ message: AirMessage, on channel: UInt8, at time: Int64) {
        counters.sent += 1
        let id =
            [
                UInt8(truncatingIfNeeded: message.number), UInt8(truncatingIfNeeded: message.number >> 8),
                message.deviceType, message.transmissionType,
            ]
        if legacyExtended { return send(0x5D, [channel] + id + message.page, at: time) }
        var payload = [channel] + message.page
        if extendedFlags != 0 {
            payload.append(extendedFlags)
            if extendedFlags & 0x80 != 0 { payload += id }
            if extendedFlags & 0x40 != 0 { payload += [0x20, UInt8(bitPattern: message.strength), 0x80] }
            if extendedFlags & 0x20 != 0 {
                let ticks = UInt16(truncatingIfNeeded: time / 30_518)
                payload += [UInt8(truncatingIfNeeded: ticks), UInt8(truncatingIfNeeded: ticks >> 8)]
            }
        }
        send(0x4E, payload, at: time)
    }

    // MARK: Searching

    /// When a channel's search changes, or its next message is missed.
    private func due(_ channel: Channel) -> Int64? {
        switch channel.state {
        case .unassigned, .assigned: return nil
        case .tracking:
            return isScanning ? nil : channel.since + channel.periodNanoseconds * (2 * channel.missed + 3) / 2
        case .searching:
            guard !isScanning, let end = searchEnd(channel) else { return nil }
            return end
        }
    }

    private func lowEnd(_ channel: Channel) -> Int64? {
        guard hasLowPriority else { return channel.since }
        return channel.lowTimeout == 255 ? nil : channel.since + Int64(channel.lowTimeout) * Self.searchUnit
    }

    private func searchEnd(_ channel: Channel) -> Int64? {
        guard let low = lowEnd(channel), channel.timeout != 255 else { return nil }
        return low + Int64(channel.timeout) * Self.searchUnit
    }

    private func isSearchingWithPriority(except number: Int, at time: Int64) -> Bool {
        channels.indices.contains { other in
            guard other != number, channels[other].state == .searching else { return false }
            guard let low = lowEnd(channels[other]) else { return false }
            return time >= low
        }
    }

    package mutating func tick(at time: Int64) {
        guard !isScanning else { return }
        for number in channels.indices {
            while let due = due(channels[number]), due <= time {
                switch channels[number].state {
                case .unassigned, .assigned: break
                case .tracking:
                    channels[number].missed += 1
                    if channels[number].missed < 8 {
                        event(number, 0x02, at: due)
                    } else {
                        channels[number].state = .searching
                        channels[number].since = due
                        event(number, 0x08, at: due)
                    }
                case .searching:
                    channels[number].state = .assigned
                    event(number, 0x01, at: due)
                    event(number, 0x07, at: due)
                }
            }
        }
    }
}
