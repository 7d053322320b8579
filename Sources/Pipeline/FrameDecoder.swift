// SPDX-License-Identifier: GPL-3.0-or-later
package import ANT
package import Capture
package import GATT
package import Measurement

/// Captured frames in, samples out: the part of the pipeline that all athletes share.
///
/// Time begins at 0 with the first frame. A frame stamped earlier than the one before keeps that one's time and is counted: recorders on
/// several cores write neighbours out of order, and nothing behind this may see time run backwards.
package struct FrameDecoder: Sendable {
    /// What a frame turned out to hold, for those who want more than samples.
    package enum Event: Sendable {
        case sample(Sample)
        case ant(ANTEvent)
        case gatt(GATTEvent)
    }

    /// More gaps than these are counted, not listed.
    private static let gapLimit = 256
    private static let guessLimit = 32
    /// Dynastream and Garmin, makers of every ANT stick (protocol notes, section 1).
    private static let antVendor: UInt16 = 0x0FCF

    private var ant = ANTDecoder()
    private var gatt: GATTDecoder
    private var firstTime: Timestamp?
    private var lastTime = Timestamp.zero

    package private(set) var frames = 0
    /// Frames whose link type or header nobody here reads.
    package private(set) var unreadable = 0
    package private(set) var backwards = 0
    private var ledger = Ledger()
    /// Of the frame at hand; empty between frames.
    private var output = ANTOutput()

    /// What the events of a recording add up to.
    private struct Ledger: Sendable {
        var gaps: [RecordingFacts.Gap] = []
        var gapsNotKept = 0
        var guesses: [String] = []
        var sensorNames: [SensorID: String] = [:]

        @inline(never)
        mutating func note(_ told: [ANTOutput.Told]) {
            for told in told { note(told.event) }
        }

        mutating func note(_ event: ANTEvent) {
            guard case .lostMessages(let sensor, _, let from, let to) = event else { return }
            let gap = RecordingFacts.Gap(sensor: sensor, start: from.seconds, end: to.seconds)
            guard gaps.count >= FrameDecoder.gapLimit else { return gaps.append(gap) }
            // The longest are kept: a minute's silence must not be crowded out by single messages.
            gapsNotKept += 1
            guard let shortest = gaps.indices.min(by: { gaps[$0].length < gaps[$1].length }),
                gaps[shortest].length < gap.length
            else { return }
            gaps.remove(at: shortest)
            gaps.append(gap)
        }

        mutating func note(_ event: GATTEvent) {
            switch event {
            case .sensorInfo(let sensor, let information):
                if let name = information.name ?? information.model { sensorNames[sensor] = name }
            case .guessed(_, let sensor, let handle, let uuid):
                guard guesses.count < FrameDecoder.guessLimit else { return }
                guesses.append(
                    "the discovery of \(sensor) is not in the recording: its handle \(handle) was taken for "
                        + "\(uuid.name ?? "an unnamed characteristic") by the shape of its values")
            case .sample, .pdu, .connected, .disconnected, .bad: break
            }
        }
    }

    /// - Parameter reportsPDUs: whether ``Event/gatt(_:)`` brings each ATT PDU, for a person to read.
    package init(reportsPDUs: Bool = false) {
        gatt = GATTDecoder(reportsPDUs: reportsPDUs)
    }

    /// Seconds from the first frame to the last.
    package var duration: Double { lastTime.seconds }

    /// The first frame's time on the recording's own clock.
    package var start: Timestamp? { firstTime }

    /// ANT messages with a wrong checksum or length, and Bluetooth packets that are not what they claim to be.
    package var badFrames: Int {
        let counters = ant.counters
        return Int(clamping: counters.badChecksums &+ counters.badLengths &+ counters.shortData)
            + Int(clamping: gatt.counters.bad)
    }

    /// Messages that sensors sent and nobody heard.
    package var lostMessages: Int { Int(clamping: ant.counters.lostMessages) }

    /// - Parameter emit: receives all that the frame holds.
    package mutating func ingest(_ frame: CapturedFrame, _ bytes: Span<UInt8>, emit: (Event) -> Void) {
        ingest(
            frame, bytes, tellsMessages: true,
            antSample: {
                emit(.sample($0))
                emit(.ant(.sample($0)))
            }, sample: { emit(.sample($0)) }, ant: { emit(.ant($0)) }, gatt: { emit(.gatt($0)) })
    }

    /// As ``ingest(_:_:emit:)`` for those who need samples and their sensors' identities only, and are spared the copies of everything else.
    @inline(__always)
    package mutating func ingest(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, sample: (Sample) -> Void,
        identity: (SensorID, DeviceIdentity) -> Void = { _, _ in }
    ) {
        ingest(
            frame, bytes, tellsMessages: false, antSample: sample, sample: sample,
            ant: { event in
                if case .sensorInfo(let sensor, let info) = event { identity(sensor, DeviceIdentity(sensor, info)) }
            },
            gatt: { event in
                if case .sensorInfo(let sensor, let info) = event { identity(sensor, DeviceIdentity(info)) }
            })
    }

    /// As ``ingest(_:_:sample:identity:)``, for those who let samples wait.
    ///
    /// - Parameter output: gets what the frame holds, if it is of an ANT stick's bus, behind what waits; it holds no events yet.
    /// - Returns: whether it is. If not, nothing was done.
    @inline(__always)
    mutating func collect(_ frame: CapturedFrame, _ bytes: Span<UInt8>, into output: inout ANTOutput) -> Bool {
        guard frame.link.isUSB else { return false }
        let time = note(frame)
        Self.receiveUSB(frame, bytes, at: time, false, &ant, &ledger, &unreadable, &output)
        return true
    }

    @inline(__always)
    private mutating func ingest(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, tellsMessages: Bool, antSample: (Sample) -> Void,
        sample: (Sample) -> Void, ant: (ANTEvent) -> Void, gatt: (GATTEvent) -> Void
    ) {
        let time = note(frame)
        switch frame.link {
        case .usbLinux, .usbLinuxMmapped:
            Self.receiveUSB(frame, bytes, at: time, tellsMessages, &self.ant, &ledger, &unreadable, &output)
            output.forEach(sample: antSample, event: ant)
            output.removeAll()
        case .bluetoothHCIH4, .bluetoothHCIH4WithDirection: ingestBluetooth(frame, bytes, at: time, sample, gatt)
        case .unsupported: unreadable += 1
        }
    }

    /// - Returns: the frame's time, from 0 at the first frame, never falling.
    @inline(__always)
    private mutating func note(_ frame: CapturedFrame) -> Timestamp {
        frames += 1
        let first = firstTime ?? frame.time
        firstTime = first
        var time = Timestamp(nanoseconds: frame.time.nanoseconds(since: first))
        if time < lastTime {
            backwards += 1
            time = lastTime
        }
        lastTime = time
        return time
    }

    /// Tells what the decoders held back for later evidence. Call once, after the last frame.
    package mutating func finish(emit: (Event) -> Void) {
        Self.finish(&ant, &ledger, emit)
    }

    // Static, with what they change as parameters: a closure over `self` could not note while a decoder is being changed.

    private static func finish(_ ant: inout ANTDecoder, _ ledger: inout Ledger, _ emit: (Event) -> Void) {
        ant.finish { event in
            ledger.note(event)
            emit(.ant(event))
        }
    }

    private static func receive(
        _ packet: borrowing HCIPacket, at time: Timestamp, _ gatt: inout GATTDecoder, _ ledger: inout Ledger,
        _ sample: (Sample) -> Void, _ tell: (GATTEvent) -> Void
    ) {
        gatt.receive(
            packet.payload, type: packet.type, sentByHost: packet.direction.map { $0 == .sent },
            adapter: packet.adapter, at: time
        ) { event in
            if case .sample(let found) = event { sample(found) }
            ledger.note(event)
            tell(event)
        }
    }

    @inline(__always)
    private static func receiveUSB(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, at time: Timestamp, _ tellsMessages: Bool,
        _ ant: inout ANTDecoder, _ ledger: inout Ledger, _ unreadable: inout Int, _ output: inout ANTOutput
    ) {
        guard let data = USBData(frame, bytes) else { return receiveOtherUSB(frame, bytes, &ant, &unreadable) }
        ant.receive(
            data.payload, stick: data.address, fromStick: data.isInput, at: time, tellsMessages: tellsMessages,
            into: &output)
        if !output.events.isEmpty { ledger.note(output.events) }
    }

    @inline(never)
    private static func receiveOtherUSB(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, _ ant: inout ANTDecoder, _ unreadable: inout Int
    ) {
        guard let packet = try? USBPacket(frame, bytes) else {
            unreadable += 1
            return
        }
        if let descriptor = packet.deviceDescriptor, descriptor.vendor == antVendor {
            ant.trust(stick: packet.address)
        }
    }

    @inline(never)
    private mutating func ingestBluetooth(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, at time: Timestamp, _ sample: (Sample) -> Void,
        _ tell: (GATTEvent) -> Void
    ) {
        guard let packet = try? HCIPacket(frame, bytes) else {
            unreadable += 1
            return
        }
        Self.receive(packet, at: time, &gatt, &ledger, sample, tell)
    }

    /// What a finished recording comes to, for the analysis.
    ///
    /// - Parameters:
    ///   - kind: the container: `pcapng`, `pcap` or `btsnoop`.
    ///   - notes: what its reader had to say.
    package func facts(kind: String, notes: [String] = []) -> RecordingFacts {
        var facts = RecordingFacts(kind: kind, duration: duration)
        facts.frames = frames
        facts.badFrames = badFrames
        facts.lostMessages = lostMessages
        facts.gaps = ledger.gaps
        facts.notes = notes + ledger.guesses
        func note(_ count: Int, _ text: String) {
            if count > 0 { facts.notes.append("\(count) \(text)") }
        }
        note(unreadable, "frames are of a kind that is not read here")
        note(backwards, "frames were stamped earlier than the one before and taken as of its time")
        note(ledger.gapsNotKept, "gaps shorter than those listed")
        facts.sensorNames = ledger.sensorNames
        return facts
    }
}
