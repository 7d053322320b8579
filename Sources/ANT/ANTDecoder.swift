// SPDX-License-Identifier: GPL-3.0-or-later

package import Measurement

/// Everything that ANT sticks say in one recording, live or replayed.
///
/// Bytes of up to ``stickLimit`` USB devices go in, both directions of each; messages, samples and what was lost come
/// out, in order. Devices that are not ANT sticks yield nothing and count nothing. No I/O, no clock.
package struct ANTDecoder: Sendable {
    package static let stickLimit = 32
    package static let sensorLimit = ANTSensorTable.limit

    package struct Counters: Equatable, Sendable, BitwiseCopyable {
        /// Messages of both directions, of proven sticks.
        package var messages: UInt64 = 0
        package var badChecksums: UInt64 = 0
        package var badLengths: UInt64 = 0
        /// Non-zero bytes outside good messages.
        package var skippedBytes: UInt64 = 0
        /// Data messages from a stick whose sensor, or kind of sensor, nobody told.
        package var undecided: UInt64 = 0
        package var shortData: UInt64 = 0
        /// Messages of sensors beyond the limit.
        package var sensorOverflow: UInt64 = 0
        /// Transfers of sticks beyond the limit.
        package var stickOverflow: UInt64 = 0
        package var lostMessages: UInt64 = 0

        package init() {}
    }

    package private(set) var counters = Counters()
    private var sticks: [ANTStick] = []
    private var sensors = ANTSensorTable()
    private var uses: UInt64 = 0
    /// Of the last transfer.
    private var now = Timestamp.zero

    package init() {}

    /// Says that a device is an ANT stick (vendor 0x0FCF), so that it need not prove it.
    package mutating func trust(stick: UInt32) {
        guard let index = index(of: stick, at: nil) else { return }
        sticks[index].isProven = true
    }

    /// Whether a device was trusted, or proved to be an ANT stick.
    package func isKnownStick(stick: UInt32) -> Bool {
        sticks.contains { $0.id == stick && $0.isProven }
    }

    /// - Parameters:
    ///   - bytes: one transfer, of any length.
    ///   - stick: which device, by any number that stays the same for it (bus and address).
    ///   - fromStick: whether the device sent it (an IN transfer).
    ///   - time: when the transfer arrived, by the recording's clock.
    package mutating func receive(
        _ bytes: Span<UInt8>, stick: UInt32, fromStick: Bool, at time: Timestamp, emit: (ANTEvent) -> Void
    ) {
        guard let index = index(of: stick, at: time) else {
            counters.stickOverflow &+= 1
            emit(.bad(.tooManySticks))
            return
        }
        // Reading through a span: an array's subscript copies a whole stick for one field.
        var isProven = sticks.span[index].isProven
        if isProven, let held = sticks.span[index].pending {
            sticks[index].pending = nil
            handle(held.message, index, fromStick: held.fromStick, at: held.time, emit: emit)
        }
        var framer = fromStick ? sticks.span[index].incoming : sticks.span[index].outgoing
        var seen = framer.counters
        var offset = 0
        while true {
            let message = framer.next(in: bytes, from: &offset)
            if framer.counters.skippedBytes != seen.skippedBytes {
                note(framer.counters, since: seen, index, emit: emit)
            }
            seen = framer.counters
            guard let message else { break }
            if !isProven {
                guard let first = sticks[index].weigh(message, fromStick: fromStick, at: time) else { continue }
                isProven = true
                handle(first.message, index, fromStick: first.fromStick, at: first.time, emit: emit)
            }
            handle(message, index, fromStick: fromStick, at: time, emit: emit)
        }
        if fromStick { sticks[index].incoming = framer } else { sticks[index].outgoing = framer }
    }

    /// Tells what was held back for later evidence. Call once, when no more bytes will come.
    package mutating func finish(emit: (ANTEvent) -> Void) {
        for slot in sensors.entries.indices {
            var gap: ANTGapDetector.Gap?
            sensors.withEntry(slot) { gap = $0.gaps.finish() }
            if let gap { tell(gap, of: sensors.entries[slot].id, emit: emit) }
        }
    }

    // MARK: Sticks

    /// Seconds of silence after which a stick makes room: each replug brings a new number, and a session may see many.
    private static let idleAfter = 1.0

    /// Devices that did not prove to be sticks make room for others, and after them sticks that fell silent.
    private mutating func index(of stick: UInt32, at time: Timestamp?) -> Int? {
        uses &+= 1
        if let time { now = time }
        for index in sticks.indices where sticks.span[index].id == stick {
            sticks[index].lastUse = uses
            sticks[index].lastTime = now
            return index
        }
        var new = ANTStick(id: stick)
        new.lastUse = uses
        new.lastTime = now
        guard sticks.count >= Self.stickLimit else {
            sticks.append(new)
            return sticks.count - 1
        }
        var oldest: Int?
        for index in sticks.indices where !sticks[index].isProven {
            if let other = oldest, sticks[other].lastUse < sticks[index].lastUse { continue }
            oldest = index
        }
        if oldest == nil, let idle = sticks.indices.min(by: { sticks[$0].lastUse < sticks[$1].lastUse }),
            now.seconds(since: sticks[idle].lastTime) >= Self.idleAfter
        {
            oldest = idle
        }
        guard let oldest else { return nil }
        sticks[oldest] = new
        return oldest
    }

    /// Every fault of the framer skips at least the sync byte, so this is called whenever there was one.
    private mutating func note(
        _ now: ANTFramer.Counters, since seen: ANTFramer.Counters, _ index: Int, emit: (ANTEvent) -> Void
    ) {
        guard sticks[index].isProven else {
            sticks[index].pending = nil
            return
        }
        let checksums = now.badChecksums &- seen.badChecksums
        let lengths = now.badLengths &- seen.badLengths
        counters.badChecksums &+= checksums
        counters.badLengths &+= lengths
        counters.skippedBytes &+= now.skippedBytes &- seen.skippedBytes
        for _ in 0..<checksums { emit(.bad(.checksum)) }
        for _ in 0..<lengths { emit(.bad(.length)) }
    }

    // MARK: Messages

    private mutating func handle(
        _ message: ANTMessage, _ index: Int, fromStick: Bool, at time: Timestamp, emit: (ANTEvent) -> Void
    ) {
        counters.messages &+= 1
        if message.id.carriesData && fromStick {
            handleData(message, index, at: time, emit: emit)
            return
        }
        sticks[index].learn(from: message, fromStick: fromStick)
        guard let number = message.channel, number < ANTStick.channelLimit else {
            emit(.message(message, sensor: nil, fromStick: fromStick))
            return
        }
        let channel = sticks.span[index].channels[Int(number)]
        emit(.message(message, sensor: channel.sender?.sensor, fromStick: fromStick))
        if fromStick, let response = message.response, response.isEvent, response.code == .receiveFailed,
            let slot = channel.slot
        {
            let stick = sticks.span[index].id
            sensors.withEntry(slot) { $0.gaps.receiveFailed(stick: stick) }
        }
    }

    private mutating func handleData(
        _ message: ANTMessage, _ index: Int, at time: Timestamp, emit: (ANTEvent) -> Void
    ) {
        guard let page = message.page, let number = message.channel else {
            counters.shortData &+= 1
            emit(.message(message, sensor: nil, fromStick: true))
            emit(.bad(.shortData))
            return
        }
        let extended = message.extendedData?.channelID
        let hasChannel = number < ANTStick.channelLimit
        // Most messages come from whom the channel heard last, and change nothing in it.
        if let extended, extended.deviceType != 0, hasChannel,
            sticks.span[index].channels[Int(number)].heard != extended
        {
            sticks[index].channels[Int(number)].hear(extended)
        }
        let sender = extended ?? (hasChannel ? sticks.span[index].channels[Int(number)].sender : nil)
        guard let id = sender, id.deviceType != 0 else {
            counters.undecided &+= 1
            emit(.message(message, sensor: nil, fromStick: true))
            return
        }
        emit(.message(message, sensor: id.sensor, fromStick: true))
        let stick = sticks.span[index].id
        let hint = hasChannel ? sticks.span[index].channels[Int(number)].slot : nil
        let found = sensors.slot(for: id, stick: stick, channel: number, hint: hint)
        if hasChannel, found != hint { sticks[index].channels[Int(number)].slot = found }
        guard let slot = found else {
            counters.sensorOverflow &+= 1
            emit(.bad(.tooManySensors))
            return
        }
        // Packets of a burst are no pages, and do not come at the message period.
        guard message.id != .burst, message.id != .legacyExtendedBurst else { return }
        var gap: ANTGapDetector.Gap?
        let hostPeriod = hasChannel ? sticks.span[index].channels[Int(number)].pagePeriod : 0
        sensors.withEntry(slot) { entry in
            let period = hostPeriod != 0 ? hostPeriod : entry.period
            entry.gaps.receive(at: time, stick: stick, period: period) { gap = $0 }
        }
        if let gap { tell(gap, of: id.sensor, emit: emit) }
        sensors.withEntry(slot) { $0.sensor?.receive(page, at: time, emit: emit) }
    }

    private mutating func tell(_ gap: ANTGapDetector.Gap, of sensor: SensorID, emit: (ANTEvent) -> Void) {
        counters.lostMessages &+= UInt64(gap.count)
        emit(.lostMessages(sensor: sensor, count: gap.count, from: gap.from, to: gap.to))
    }
}
