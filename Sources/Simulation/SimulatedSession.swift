// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// A simulated session: athletes, their sensors, the radios between, as the bytes that a recording would hold.
///
/// The same configuration gives the same bytes on every machine. Memory does not grow with the session's length, but
/// for the truth's lists, which are bounded. What an athlete does depends on the seed and the plan only, not on the
/// radios or their losses.
package struct SimulatedSession: Sendable {
    package let configuration: Configuration
    package let profiles: [AthleteProfile]

    private var bodies: [Body]
    private var straps: [StrapSensor]
    private var pods: [FootpodSensor]
    private var ant: [ANTDevice] = []
    private var bluetooth: [BluetoothDevice] = []
    /// Dialogues, by time; `prepared[..<preparedHead]` is over.
    private var prepared: [PreparedFrame] = []
    private var preparedHead = 0
    private var antFlags: UInt8 = 0
    private let antChannels: Bool

    private var hostRandom: SplitMix64
    private var buffer: [UInt8] = []
    private var lastTime: Int64
    /// Frames given out so far.
    package private(set) var frames = 0
    /// Seconds of the recording so far, from the first frame to the last.
    package private(set) var duration = 0.0

    package init(_ configuration: Configuration) {
        let checked = configuration.checked
        self.configuration = checked
        let profiles = (0..<checked.athletes).map { AthleteProfile(seed: checked.seed, index: $0) }
        self.profiles = profiles
        bodies = profiles.indices.map { Body(checked, profile: profiles[$0], index: $0) }
        straps = profiles.indices.map { StrapSensor(checked, index: $0) }
        pods = profiles.indices.map { FootpodSensor(checked, index: $0) }
        hostRandom = SplitMix64(seed: checked.seed, stream: 0x484F_5354)
        lastTime = checked.startTime.nanoseconds - 1000
        antChannels = checked.antMode == .channels
        let identities = Identities(checked)
        addANT(identities)
        addBluetooth(identities)
    }

    // MARK: Truth

    package var records: [AthleteRecord] { bodies.map(\.record) }

    /// The sensors of one athlete, ANT+ before Bluetooth, strap before footpod.
    package func sensors(of athlete: Int) -> [SensorRecord] {
        ant.filter { $0.athlete == athlete }.map { spiked($0.record, athlete) }
            + bluetooth.filter { $0.athlete == athlete }.map { spiked($0.record, athlete) }
    }

    /// The Bluetooth sensors, athlete by athlete, strap before footpod.
    package var peripherals: [SimulatedPeripheral] { bluetooth.map { SimulatedPeripheral($0) } }

    private func spiked(_ record: SensorRecord, _ athlete: Int) -> SensorRecord {
        var record = record
        record.spikes = record.kind == .heartRate ? straps[athlete].spikes : pods[athlete].spikes
        return record
    }

    // MARK: Sensors

    private mutating func addANT(_ identities: Identities) {
        guard configuration.strap?.isANT == true || configuration.footpod?.isANT == true else { return }
        let carriesID = !antChannels || configuration.extendedData
        antFlags = carriesID ? 0x80 : 0
        if carriesID, configuration.signalStrength != .absent { antFlags |= 0x40 }
        var channels: [ANTDialogue.Channel] = []
        var plan: [(athlete: Int, isStrap: Bool, number: UInt32)] = []
        for athlete in profiles.indices {
            if configuration.strap?.isANT == true { plan.append((athlete, true, identities.straps[athlete])) }
            if configuration.footpod?.isANT == true { plan.append((athlete, false, identities.pods[athlete])) }
        }
        for (index, entry) in plan.enumerated() {
            channels.append(
                ANTDialogue.Channel(
                    number: UInt8(truncatingIfNeeded: index), deviceNumber: entry.number,
                    deviceType: entry.isStrap ? 120 : 124,
                    transmissionType: UInt8(truncatingIfNeeded: entry.number >> 16) << 4 | 1,
                    period: entry.isStrap ? 8070 : 8134))
        }
        var dialogue = ANTDialogue(at: 0, random: SplitMix64(seed: configuration.seed, stream: 0x5354_4943))
        if antChannels {
            dialogue.open(channels, extendedFlags: antFlags)
        } else {
            dialogue.scan(extendedFlags: antFlags)
        }
        for frame in dialogue.frames { prepare(frame) }
        for (index, entry) in plan.enumerated() {
            // A channel that searches finds its sensor within a second or two; a scan hears the next message.
            let start = dialogue.time + (antChannels ? hostRandom.uniform(0.2...1.8) : 0)
            var record = SensorRecord(
                id: .ant(deviceType: entry.isStrap ? 120 : 124, number: entry.number),
                kind: entry.isStrap ? .heartRate : .footpod, radio: .ant,
                limit: configuration.truthLimit)
            if (entry.isStrap ? configuration.strap : configuration.footpod) == .both {
                let addresses = entry.isStrap ? identities.strapAddresses : identities.podAddresses
                record.sameAs = .bluetooth(address: addresses[entry.athlete])
            }
            ant.append(
                ANTDevice(
                    athlete: entry.athlete, isStrap: entry.isStrap, number: entry.number,
                    channel: antChannels ? UInt8(truncatingIfNeeded: index) : 0, record: record, heardFrom: start,
                    seed: configuration.seed))
        }
    }

    private mutating func addBluetooth(_ identities: Identities) {
        for athlete in profiles.indices {
            for isStrap in [true, false] {
                guard let radio = isStrap ? configuration.strap : configuration.footpod, radio.isBluetooth
                else { continue }
                let address = (isStrap ? identities.strapAddresses : identities.podAddresses)[athlete]
                var record = SensorRecord(
                    id: .bluetooth(address: address), kind: isStrap ? .heartRate : .footpod, radio: .ble,
                    limit: configuration.truthLimit)
                if radio == .both {
                    record.sameAs = .ant(
                        deviceType: isStrap ? 120 : 124,
                        number: (isStrap ? identities.straps : identities.pods)[athlete])
                }
                bluetooth.append(
                    BluetoothDevice(
                        athlete: athlete, isStrap: isStrap, address: address,
                        handle: UInt16(truncatingIfNeeded: 0x40 + bluetooth.count), record: record, configuration))
            }
        }
        guard !bluetooth.isEmpty else { return }
        // Beside a stick, the adapter starts a little later, so that the first frame is the stick's.
        var dialogue = BluetoothDialogue(
            at: ant.isEmpty ? 0 : 0.3, random: SplitMix64(seed: configuration.seed, stream: 0x4843_4900))
        dialogue.startScan()
        for _ in 0..<2 {
            for device in bluetooth { dialogue.advertise(device) }
        }
        dialogue.stopScan()
        for index in bluetooth.indices {
            dialogue.connect(bluetooth[index])
            bluetooth[index].connected(from: dialogue.time)
        }
        for frame in dialogue.frames { prepare(frame) }
    }

    /// Keeps dialogues in order of time; equal times in order of arrival.
    private mutating func prepare(_ frame: PreparedFrame) {
        var place = prepared.count
        while place > preparedHead, prepared[place - 1].time > frame.time { place -= 1 }
        prepared.insert(frame, at: place)
    }

    // MARK: Running

    /// Seconds of the recording that have been made. Below 0 before it begins, while the bodies settle and nothing is sent.
    package var time: Double { bodies.lazy.map(\.time).max() ?? 0 }

    /// Runs to the session's end.
    ///
    /// - Parameter sink: gets each frame, in order of time, with its bytes; see ``SimulatedFrame/Link-swift.enum``.
    package mutating func run(_ sink: (SimulatedFrame, Span<UInt8>) -> Void) {
        while step(sink) {}
    }

    /// Runs the next 50 ms.
    ///
    /// - Returns: whether the session goes on.
    package mutating func step(_ sink: (SimulatedFrame, Span<UInt8>) -> Void) -> Bool {
        var running = false
        for index in bodies.indices where !bodies[index].finished {
            running = true
            bodies[index].advance()
            if let beat = bodies[index].heart.beat { straps[index].expect(beat) }
            if let stride = bodies[index].runner.stride { pods[index].expect(stride) }
        }
        // Athletes who are done stand beside the track until the last one is.
        guard running, let time = bodies.lazy.map(\.time).max() else { return false }
        transmit(until: time, sink)
        for index in bodies.indices {
            straps[index].settle(until: time)
            pods[index].settle(until: time)
        }
        return true
    }

    private mutating func transmit(until end: Double, _ sink: (SimulatedFrame, Span<UInt8>) -> Void) {
        while true {
            var earliest = preparedHead < prepared.count ? prepared[preparedHead].time : .infinity
            var source = -1
            for index in ant.indices where ant[index].due < earliest {
                earliest = ant[index].due
                source = index
            }
            for index in bluetooth.indices where bluetooth[index].due < earliest {
                earliest = bluetooth[index].due
                source = ant.count + index
            }
            guard earliest <= end else { return }
            if source < 0 {
                sendPrepared(sink)
            } else if source < ant.count {
                sendANT(source, at: earliest, sink)
            } else {
                sendBluetooth(source - ant.count, at: earliest, sink)
            }
        }
    }

    private mutating func sendPrepared(_ sink: (SimulatedFrame, Span<UInt8>) -> Void) {
        let frame = prepared[preparedHead]
        preparedHead += 1
        if preparedHead >= 256 || preparedHead == prepared.count {
            prepared.removeFirst(preparedHead)
            preparedHead = 0
        }
        buffer.removeAll(keepingCapacity: true)
        buffer += frame.bytes
        emit(at: frame.time, frame.link, sink)
    }

    /// A host's delay: half a bell, with a stall now and then.
    private mutating func delay() -> Double {
        let jitter = configuration.arrivalJitter
        let usual = jitter * abs(hostRandom.normal())
        return hostRandom.chance(0.0005) ? usual + jitter * hostRandom.uniform(10...100) : usual
    }

    private mutating func emit(
        at seconds: Double, _ link: SimulatedFrame.Link, _ sink: (SimulatedFrame, Span<UInt8>) -> Void
    ) {
        let time = stamp(seconds)
        sink(SimulatedFrame(time: time, link: link), buffer.span)
    }

    private mutating func stamp(_ seconds: Double) -> Timestamp {
        let wanted = configuration.startTime.advanced(bySeconds: seconds).nanoseconds
        lastTime = max(lastTime + 1000, wanted)
        frames += 1
        let time = Timestamp(nanoseconds: lastTime)
        duration = time.seconds(since: configuration.startTime)
        return time
    }

    // MARK: ANT

    private mutating func sendANT(_ index: Int, at time: Double, _ sink: (SimulatedFrame, Span<UInt8>) -> Void) {
        let athlete = ant[index].athlete
        straps[athlete].settle(until: time)
        pods[athlete].settle(until: time)
        defer { ant[index].advance() }
        let page =
            ant[index].isStrap
            ? ant[index].page(of: straps[athlete], at: time) : ant[index].page(of: &pods[athlete], at: time)
        if let every = configuration.outageEvery, time >= ant[index].outageEnd,
            ant[index].random.chance(1 / (every * ant[index].messagesPerSecond)), ant[index].record.first != nil
        {
            let length = ant[index].random.uniform(configuration.outageLength)
            ant[index].outageEnd = time + length
            ant[index].record.outage(from: time, until: time + length)
        }
        let isOut = time < ant[index].outageEnd
        let isLost = ant[index].random.chance(configuration.lossShare)
        guard !isOut, !isLost else {
            ant[index].record.lost()
            reportMiss(index, at: time, sink)
            return
        }
        ant[index].missed = 0
        ant[index].record.received(
            at: time, beats: ant[index].isStrap ? straps[athlete].beats : 0,
            position: bodies[athlete].position(at: time))
        buffer.removeAll(keepingCapacity: true)
        buffer.append(0xA4)
        buffer.append(0)
        buffer.append(ANTFraming.broadcast)
        buffer.append(ant[index].channel)
        for byte in 0..<8 { buffer.append(UInt8(truncatingIfNeeded: page >> (8 * UInt64(byte)))) }
        if antFlags != 0 { appendExtension(index) }
        buffer[1] = UInt8(truncatingIfNeeded: buffer.count - 3)
        ANTFraming.seal(&buffer, from: 0)
        let arrival = time + 0.0015 + delay()
        if configuration.splitTransfers > 0, hostRandom.chance(configuration.splitTransfers) {
            let cut = 1 + hostRandom.integer(below: buffer.count - 1)
            let first = stamp(arrival)
            sink(SimulatedFrame(time: first, link: .usb(fromStick: true)), buffer.span.extracting(0..<cut))
            let second = stamp(arrival + 0.0003)
            sink(
                SimulatedFrame(time: second, link: .usb(fromStick: true)),
                buffer.span.extracting(cut..<buffer.count))
        } else {
            emit(at: arrival, .usb(fromStick: true), sink)
        }
    }

    /// Source: "ANT Message Protocol and Usage" (D00000652), "extended messages"; quoted messages of real sticks show
    /// the order.
    private mutating func appendExtension(_ index: Int) {
        let device = ant[index]
        buffer.append(antFlags)
        buffer.append16(UInt16(truncatingIfNeeded: device.number))
        buffer.append(device.deviceType)
        buffer.append(device.transmissionType)
        guard antFlags & 0x40 != 0 else { return }
        let power = Int(device.strength) + hostRandom.integer(below: 7) - 3
        switch configuration.signalStrength {
        case .absent: break
        case .decibels:
            // dBm; no threshold set.
            buffer += [0x20, UInt8(bitPattern: Int8(clamping: power)), 0x80]
        case .gain:
            // Type, gain register (little-endian), threshold.
            buffer += [0x10, UInt8(clamping: 150 + power), 0x00, 0x00]
        }
    }

    /// A stick says of its channels (not of a scan) what they missed, and after eight misses that it searches.
    private mutating func reportMiss(_ index: Int, at time: Double, _ sink: (SimulatedFrame, Span<UInt8>) -> Void) {
        guard antChannels, ant[index].record.first != nil else { return }
        ant[index].missed += 1
        guard ant[index].missed <= 8 else { return }
        let code = ant[index].missed < 8 ? ANTFraming.receiveFailed : ANTFraming.goToSearch
        buffer.removeAll(keepingCapacity: true)
        buffer += [0xA4, 3, ANTFraming.channelResponse, ant[index].channel, 0x01, code]
        ANTFraming.seal(&buffer, from: 0)
        emit(at: time + 0.004 + delay(), .usb(fromStick: true), sink)
    }

    // MARK: Bluetooth

    private mutating func sendBluetooth(
        _ index: Int, at time: Double, _ sink: (SimulatedFrame, Span<UInt8>) -> Void
    ) {
        let athlete = bluetooth[index].athlete
        straps[athlete].settle(until: time)
        pods[athlete].settle(until: time)
        let isBattery = bluetooth[index].batteryIsDue
        defer { bluetooth[index].advance() }
        guard time >= bluetooth[index].connectedFrom else {
            if !isBattery { bluetooth[index].record.lost() }
            bluetooth[index].forget(straps[athlete])
            return
        }
        if let every = configuration.outageEvery, !isBattery, bluetooth[index].record.first != nil,
            bluetooth[index].random.chance(1 / every)
        {
            loseConnection(index, at: time)
            bluetooth[index].record.lost()
            return
        }
        if bluetooth[index].random.chance(configuration.lossShare) {
            if !isBattery { bluetooth[index].record.lost() }
            bluetooth[index].forget(straps[athlete])
            return
        }
        buffer.removeAll(keepingCapacity: true)
        if isBattery {
            bluetooth[index].writeBattery(&buffer, at: time)
        } else {
            if bluetooth[index].isStrap {
                bluetooth[index].write(&buffer, straps[athlete])
            } else {
                bluetooth[index].write(&buffer, &pods[athlete])
            }
            bluetooth[index].record.received(
                at: time, beats: bluetooth[index].isStrap ? straps[athlete].beats : 0,
                position: bodies[athlete].position(at: time))
        }
        let arrival = time + bluetooth[index].wait() + delay()
        emit(at: arrival, .bluetooth(type: BluetoothDialogue.data, fromController: true), sink)
    }

    /// The link is silent, breaks by time-out after 4.2 s, and is made anew when the sensor is in reach again.
    private mutating func loseConnection(_ index: Int, at time: Double) {
        let device = bluetooth[index]
        let length = max(6, bluetooth[index].random.uniform(configuration.outageLength))
        var loss = BluetoothDialogue(at: time + 4.2, random: bluetooth[index].random)
        loss.lose(device)
        for frame in loss.frames { prepare(frame) }
        var dialogue = BluetoothDialogue(at: time + length, random: bluetooth[index].random)
        dialogue.startScan()
        dialogue.advertise(device)
        dialogue.stopScan()
        dialogue.connect(device)
        for frame in dialogue.frames { prepare(frame) }
        bluetooth[index].connected(from: dialogue.time)
        bluetooth[index].record.outage(from: time, until: dialogue.time)
    }
}
