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

    private var sticks: [ANTStick] = []
    private var listener = ANTListener()
    private var uses: UInt64 = 0
    /// Where the stick of the transfer before lies.
    private var lastStick = 0
    /// Of the transfer before.
    private var now = Timestamp.zero

    package var counters: Counters { listener.counters }

    package init() {}

    /// Says that a device is an ANT stick (vendor 0x0FCF), so that it need not prove it.
    package mutating func trust(stick: UInt32) {
        guard let index = index(of: stick) else { return }
        sticks[index].hearing.isProven = true
    }

    /// Whether a device was trusted, or proved to be an ANT stick.
    package func isKnownStick(stick: UInt32) -> Bool {
        sticks.contains { $0.hearing.id == stick && $0.hearing.isProven }
    }

    /// - Parameters:
    ///   - bytes: one transfer, of any length.
    ///   - stick: which device, by any number that stays the same for it (bus and address).
    ///   - fromStick: whether the device sent it (an IN transfer).
    ///   - time: when the transfer arrived, by the recording's clock.
    ///   - tellsMessages: whether each message is told too, besides what follows from it.
    ///   - emit: receives all events, samples among them.
    package mutating func receive(
        _ bytes: Span<UInt8>, stick: UInt32, fromStick: Bool, at time: Timestamp, tellsMessages: Bool = true,
        emit: (ANTEvent) -> Void
    ) {
        var output = ANTOutput()
        receive(bytes, stick: stick, fromStick: fromStick, at: time, tellsMessages: tellsMessages, into: &output)
        output.forEach(sample: { emit(.sample($0)) }, event: emit)
    }

    /// As ``receive(_:stick:fromStick:at:tellsMessages:emit:)``, for those who take much: the samples are apart from the other events.
    ///
    /// - Parameter output: gets what comes out behind what it holds.
    package mutating func receive(
        _ bytes: Span<UInt8>, stick: UInt32, fromStick: Bool, at time: Timestamp, tellsMessages: Bool,
        into output: inout ANTOutput
    ) {
        if fromStick, !tellsMessages, let message = ANTMessage(onlyBroadcastIn: bytes),
            hearAgain(message, stick: stick, at: time, &output)
        {
            return
        }
        receiveAny(
            bytes, stick: stick, ANTListener.Context(fromStick: fromStick, time: time, tellsMessages: tellsMessages),
            &output)
    }

    /// Nearly every transfer: another page of the sensor that its channel heard before, and nothing else.
    ///
    /// - Returns: whether it was one; if not, nothing has changed.
    @inline(__always)
    private mutating func hearAgain(
        _ message: ANTMessage, stick id: UInt32, at time: Timestamp, _ output: inout ANTOutput
    ) -> Bool {
        guard lastStick < sticks.count,
            let sensor = sticks.span[lastStick].sender(of: message, stick: id)
        else { return false }
        now = time
        listener.hear(ANTPage(bits: message.middle), of: sensor.slot, stick: id, sensor.period, at: time, &output)
        return true
    }

    @inline(never)
    private mutating func receiveAny(
        _ bytes: Span<UInt8>, stick: UInt32, _ context: ANTListener.Context, _ output: inout ANTOutput
    ) {
        let found = index(of: stick)
        now = context.time
        guard let index = found else {
            listener.counters.stickOverflow &+= 1
            output.tell(.bad(.tooManySticks))
            return
        }
        Self.receive(bytes, &sticks[index], &listener, context, &output)
    }

    /// The stick is changed where it lies.
    @inline(__always)
    private static func receive(
        _ bytes: Span<UInt8>, _ stick: inout ANTStick, _ listener: inout ANTListener, _ context: ANTListener.Context,
        _ output: inout ANTOutput
    ) {
        if stick.hearing.isProven, stick.hearing.holdsMessage {
            listener.hearPending(of: &stick.hearing, context, &output)
        }
        if context.fromStick {
            receive(bytes, &stick.incoming, &stick.hearing, &listener, context, &output)
        } else {
            receiveSent(bytes, &stick.outgoing, &stick.hearing, &listener, context, &output)
        }
    }

    @inline(never)
    private static func receiveSent(
        _ bytes: Span<UInt8>, _ framer: inout ANTFramer, _ hearing: inout ANTHearing, _ listener: inout ANTListener,
        _ context: ANTListener.Context, _ output: inout ANTOutput
    ) {
        receive(bytes, &framer, &hearing, &listener, context, &output)
    }

    @inline(__always)
    private static func receive(
        _ bytes: Span<UInt8>, _ framer: inout ANTFramer, _ hearing: inout ANTHearing, _ listener: inout ANTListener,
        _ context: ANTListener.Context, _ output: inout ANTOutput
    ) {
        var seen = framer.counters
        var offset = 0
        while true {
            let message = framer.next(in: bytes, from: &offset)
            // Every fault of the framer skips at least the sync byte.
            if framer.counters.skippedBytes != seen.skippedBytes {
                listener.note(framer.counters, since: seen, &hearing, &output)
                seen = framer.counters
            }
            guard let message else { return }
            if !hearing.isProven {
                guard hearing.weigh(message, fromStick: context.fromStick, at: context.time) else { continue }
                listener.hearPending(of: &hearing, context, &output)
            }
            listener.hear(message, &hearing, context, &output)
            // A transfer mostly holds one message and nothing else.
            if offset == bytes.count, !framer.isCarrying { return }
        }
    }

    /// Tells what was held back for later evidence. Call once, when no more bytes will come.
    package mutating func finish(emit: (ANTEvent) -> Void) {
        var output = ANTOutput()
        listener.finish(&output)
        output.forEach(sample: { emit(.sample($0)) }, event: emit)
    }

    // MARK: Sticks

    /// Seconds of silence after which a stick makes room: each replug brings a new number, and a session may see many.
    private static let idleAfter = 1.0

    /// Devices that did not prove to be sticks make room for others, and after them sticks that fell silent.
    @inline(__always)
    private mutating func index(of stick: UInt32) -> Int? {
        if lastStick < sticks.count, sticks.span[lastStick].hearing.id == stick { return lastStick }
        return search(stick)
    }

    @inline(never)
    private mutating func search(_ stick: UInt32) -> Int? {
        // Uses and times are noted by changes from one stick to another: all in between are of the same one.
        uses &+= 1
        if lastStick < sticks.count { sticks[lastStick].hearing.lastTime = now }
        for index in sticks.indices where sticks.span[index].hearing.id == stick {
            sticks[index].hearing.lastUse = uses
            lastStick = index
            return index
        }
        var new = ANTStick(id: stick)
        new.hearing.lastUse = uses
        new.hearing.lastTime = now
        guard sticks.count >= Self.stickLimit else {
            sticks.append(new)
            lastStick = sticks.count - 1
            return lastStick
        }
        var oldest: Int?
        for index in sticks.indices where !sticks[index].hearing.isProven {
            if let other = oldest, sticks[other].hearing.lastUse < sticks[index].hearing.lastUse { continue }
            oldest = index
        }
        if oldest == nil,
            let idle = sticks.indices.min(by: { sticks[$0].hearing.lastUse < sticks[$1].hearing.lastUse }),
            now.seconds(since: sticks[idle].hearing.lastTime) >= Self.idleAfter
        {
            oldest = idle
        }
        guard let oldest else { return nil }
        sticks[oldest] = new
        lastStick = oldest
        return oldest
    }
}
