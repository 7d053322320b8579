// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// What the messages of all sticks come to: sensors, their samples, and what was lost on the way.
struct ANTListener: Sendable {
    /// What all messages of a transfer have in common.
    struct Context: Sendable, BitwiseCopyable {
        var fromStick: Bool
        var time: Timestamp
        /// Whether each message is told.
        var tellsMessages: Bool
    }

    var counters = ANTDecoder.Counters()
    private var sensors = ANTSensorTable()

    init() {}

    mutating func finish(_ output: inout ANTOutput) {
        for slot in sensors.entries.indices {
            if let gap = sensors.entries[slot].gaps.finish() {
                Self.tell(gap, of: sensors.entries[slot].id, &counters, &output)
            }
        }
    }

    mutating func note(
        _ now: ANTFramer.Counters, since seen: ANTFramer.Counters, _ hearing: inout ANTHearing,
        _ output: inout ANTOutput
    ) {
        guard hearing.isProven else {
            _ = hearing.takePending()
            return
        }
        let checksums = now.badChecksums &- seen.badChecksums
        let lengths = now.badLengths &- seen.badLengths
        counters.badChecksums &+= checksums
        counters.badLengths &+= lengths
        counters.skippedBytes &+= now.skippedBytes &- seen.skippedBytes
        for _ in 0..<checksums { output.tell(.bad(.checksum)) }
        for _ in 0..<lengths { output.tell(.bad(.length)) }
    }

    /// A message that was held back until the stick was proven.
    @inline(never)
    mutating func hearPending(
        of hearing: inout ANTHearing, _ context: Context, _ output: inout ANTOutput
    ) {
        guard let held = hearing.takePending() else { return }
        var context = context
        context.fromStick = held.fromStick
        context.time = held.time
        hear(held.message, &hearing, context, &output)
    }

    /// Another page of a sensor that is known.
    @inline(__always)
    mutating func hear(
        _ page: ANTPage, of slot: Int, stick: UInt32, _ hostPeriod: UInt16, at time: Timestamp,
        _ output: inout ANTOutput
    ) {
        counters.messages &+= 1
        Self.hear(page, of: &sensors.entries[slot], stick: stick, hostPeriod, at: time, &counters, &output)
    }

    mutating func hear(
        _ message: ANTMessage, _ hearing: inout ANTHearing, _ context: Context, _ output: inout ANTOutput
    ) {
        // Nearly all: another page of the sensor that its channel heard before.
        if message.id == .broadcast, context.fromStick, !context.tellsMessages, let page = message.page,
            let number = message.channel, number < ANTHearing.channelLimit
        {
            let channel = hearing.channels.span[Int(number)]
            if channel.signature == message.senderSignature, let slot = channel.slot {
                hear(page, of: slot, stick: hearing.id, channel.pagePeriod, at: context.time, &output)
                return
            }
        }
        hearAny(message, &hearing, context, &output)
    }

    @inline(never)
    private mutating func hearAny(
        _ message: ANTMessage, _ hearing: inout ANTHearing, _ context: Context, _ output: inout ANTOutput
    ) {
        counters.messages &+= 1
        if message.id.carriesData && context.fromStick {
            hearData(message, &hearing, context, &output)
        } else {
            hearControl(message, &hearing, context, &output)
        }
    }

    @inline(never)
    private static func tell(_ message: ANTMessage, of sensor: SensorID?, fromStick: Bool, _ output: inout ANTOutput) {
        output.tell(.message(message, sensor: sensor, fromStick: fromStick))
    }

    @inline(never)
    private mutating func hearControl(
        _ message: ANTMessage, _ hearing: inout ANTHearing, _ context: Context, _ output: inout ANTOutput
    ) {
        hearing.learn(from: message, fromStick: context.fromStick)
        guard let number = message.channel, number < ANTHearing.channelLimit else {
            if context.tellsMessages { Self.tell(message, of: nil, fromStick: context.fromStick, &output) }
            return
        }
        let channel = hearing.channels.span[Int(number)]
        if context.tellsMessages {
            Self.tell(message, of: channel.sender?.sensor, fromStick: context.fromStick, &output)
        }
        if context.fromStick, let response = message.response, response.isEvent, response.code == .receiveFailed,
            let slot = channel.slot
        {
            sensors.entries[slot].gaps.receiveFailed(stick: hearing.id)
        }
    }

    private mutating func hearData(
        _ message: ANTMessage, _ hearing: inout ANTHearing, _ context: Context, _ output: inout ANTOutput
    ) {
        guard let page = message.page, let number = message.channel else {
            counters.shortData &+= 1
            if context.tellsMessages { Self.tell(message, of: nil, fromStick: true, &output) }
            output.tell(.bad(.shortData))
            return
        }
        let extended = message.extendedChannelID
        let hasChannel = number < ANTHearing.channelLimit
        // Most messages come from whom the channel heard last, and change nothing in it.
        if let extended, extended.deviceType != 0, hasChannel,
            hearing.channels.span[Int(number)].heard != extended
        {
            hearing.channels[Int(number)].hear(extended)
        }
        let channel = hasChannel ? hearing.channels.span[Int(number)] : ANTChannel()
        let sender = extended ?? (hasChannel ? channel.sender : nil)
        guard let id = sender, id.deviceType != 0 else {
            counters.undecided &+= 1
            if context.tellsMessages { Self.tell(message, of: nil, fromStick: true, &output) }
            return
        }
        if context.tellsMessages { Self.tell(message, of: id.sensor, fromStick: true, &output) }
        let found = sensors.slot(for: id, stick: hearing.id, channel: number, hint: channel.slot)
        if hasChannel {
            hearing.channels[Int(number)].slot = found
            hearing.channels[Int(number)].signature = message.id == .broadcast ? message.senderSignature : 0
        }
        guard let slot = found else {
            counters.sensorOverflow &+= 1
            output.tell(.bad(.tooManySensors))
            return
        }
        // Packets of a burst are no pages, and do not come at the message period.
        guard message.id != .burst, message.id != .legacyExtendedBurst else { return }
        Self.hear(
            page, of: &sensors.entries[slot], stick: hearing.id, channel.pagePeriod, at: context.time, &counters,
            &output)
    }

    /// Static: the sensor is changed where it lies, while the counters are too.
    @inline(__always)
    private static func hear(
        _ page: ANTPage, of entry: inout ANTSensorTable.Entry, stick: UInt32, _ hostPeriod: UInt16,
        at time: Timestamp, _ counters: inout ANTDecoder.Counters, _ output: inout ANTOutput
    ) {
        var gap: ANTGapDetector.Gap?
        entry.gaps.receive(at: time, stick: stick, period: hostPeriod != 0 ? hostPeriod : entry.period) { gap = $0 }
        if let gap { tell(gap, of: entry.id, &counters, &output) }
        if entry.isKnown { entry.sensor.receive(page, at: time, into: &output) }
    }

    private static func tell(
        _ gap: ANTGapDetector.Gap, of sensor: SensorID, _ counters: inout ANTDecoder.Counters,
        _ output: inout ANTOutput
    ) {
        counters.lostMessages &+= UInt64(gap.count)
        output.tell(.lostMessages(sensor: sensor, count: gap.count, from: gap.from, to: gap.to))
    }
}
