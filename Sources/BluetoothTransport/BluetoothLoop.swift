// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import Capture
internal import FileIO
internal import GATT
internal import Glibc
internal import Measurement
internal import ProcessIO
internal import Transport

/// The Bluetooth thread: waits for all sockets at once, tells the machines what has come, and does what they say.
///
/// It is made on one thread and then belongs to another, which alone touches it.
final class BluetoothLoop {
    private struct OpenAdapter {
        var index: UInt16
        var descriptor: Int32
    }

    /// What a descriptor in the set is; the number tells which.
    private enum Member: UInt64 {
        case mailbox, announcements, adapter, link

        func tag(_ number: UInt32) -> UInt64 { rawValue << 32 | UInt64(number) }
    }

    private let mailbox: Mailbox
    private let releasesSensors: Bool
    private var events: EventSet
    private var scribe: FrameScribe
    private var central: Central
    private var listed: [BluetoothSystem.Adapter] = []
    private var adapters: [OpenAdapter] = []
    private var links: [BluetoothLink] = []
    private var announcements: Int32?
    /// Wanted by the central, not yet done.
    private var actions: [CentralAction] = []
    private var buffer = [UInt8](repeating: 0, count: 1024)
    private var nextLook = Timestamp.zero
    private var lastHandle: UInt16 = 0
    private var isOver = false

    /// A battery that needs changing soon, in percent.
    private static let lowBattery: UInt8 = 15
    /// Packets of one socket in a row, so that none starves the others.
    private static let burst = 32

    init(
        _ configuration: BluetoothTransport.Configuration, _ mailbox: Mailbox, _ sink: consuming FrameSink
    ) throws(ErrorNumber) {
        self.mailbox = mailbox
        releasesSensors = configuration.releasesSensors
        central = Central(configuration.central, random: SystemRandomNumberGenerator())
        events = try EventSet()
        scribe = FrameScribe(sink)
        try events.add(mailbox.descriptor, .reading, tag: Member.mailbox.tag(0))
    }

    /// Returns when the mailbox says so; by then every socket is closed.
    func run() {
        while !isOver {
            let now = MonotonicClock.now
            if now >= nextLook { look(at: now) }
            tick(at: now)
            for (tag, interest) in events.wait(milliseconds: pause(from: MonotonicClock.now)) {
                let number = UInt32(truncatingIfNeeded: tag)
                switch Member(rawValue: tag >> 32) {
                case .mailbox: readMailbox()
                case .announcements: readAnnouncements()
                case .adapter: readAdapter(UInt16(truncatingIfNeeded: number))
                case .link: serve(LinkID(number: number), interest)
                case nil: break
                }
            }
        }
        end()
    }

    /// Milliseconds, rounded up so that what is due is due.
    private func pause(from now: Timestamp) -> Int32 {
        var next = nextLook
        if let deadline = central.deadline { next = min(next, deadline) }
        for link in links {
            if let deadline = link.deadline { next = min(next, deadline) }
        }
        let milliseconds = (max(0, next.nanoseconds(since: now)) &+ 999_999) / 1_000_000
        return Int32(clamping: milliseconds)
    }

    private func tick(at now: Timestamp) {
        if let deadline = central.deadline, now >= deadline {
            central.tick(at: now) { actions.append($0) }
            perform(at: now)
        }
        for id in links.filter({ $0.deadline.map { now >= $0 } ?? false }).map(\.id) {
            guard let position = position(of: id) else { continue }
            if let last = links[position].lastValue, !links[position].isSilent,
                now.seconds(since: last) >= BluetoothLink.silenceLimit
            {
                links[position].isSilent = true
                let seconds = Int(BluetoothLink.silenceLimit)
                notice(.sensorLost, links[position], "is connected, and has been silent for \(seconds) s", at: now)
            }
            attend(id, at: now) { client, emit in client.tick(at: now, emit: emit) }
        }
    }

    private func readMailbox() {
        let now = MonotonicClock.now
        for request in mailbox.take() {
            switch request {
            case .stop: isOver = true
            case .sessionBegan: central.resume(at: now) { actions.append($0) }
            case .sessionEnded:
                if releasesSensors { central.pause(at: now) { actions.append($0) } }
            }
        }
        perform(at: now)
    }

    private func end() {
        let now = MonotonicClock.now
        while let link = links.last { drop(link.id, reason: Self.endedByHost, at: now) }
        for adapter in adapters {
            if let command = central.finalCommand(adapter.index) {
                try? BluetoothSystem.send(command.opcode, command.parameters, to: adapter.descriptor)
            }
            _ = close(adapter.descriptor)
        }
        adapters = []
        if let announcements { _ = close(announcements) }
        announcements = nil
    }

    // MARK: Adapters

    /// Looks which adapters there are. Announcements make that quick; this makes it sure.
    private func look(at now: Timestamp) {
        nextLook = now.advanced(bySeconds: central.configuration.retryPeriod)
        if announcements == nil, let descriptor = try? BluetoothSystem.openAnnouncements() {
            announcements = descriptor
            try? events.add(descriptor, .reading, tag: Member.announcements.tag(0))
        }
        listed = BluetoothSystem.adapters()
        central.adapters(listed.map { AdapterStatus(index: $0.index, isUp: $0.isUp) }, at: now) {
            actions.append($0)
        }
        perform(at: now)
    }

    private func readAnnouncements() {
        guard let descriptor = announcements else { return }
        do throws(ErrorNumber) {
            while let count = try BluetoothSystem.receive(from: descriptor, into: &buffer) {
                if count == 0 { throw ErrorNumber(ECONNRESET) }
                nextLook = .zero
            }
        } catch {
            _ = close(descriptor)
            announcements = nil
        }
    }

    private func readAdapter(_ index: UInt16) {
        for _ in 0..<Self.burst {
            guard let adapter = adapters.first(where: { $0.index == index }) else { return }
            let now = MonotonicClock.now
            do throws(ErrorNumber) {
                guard let count = try BluetoothSystem.receive(from: adapter.descriptor, into: &buffer) else { return }
                if count == 0 { throw ErrorNumber(ECONNRESET) }
                guard count > 0, count <= buffer.count, buffer[0] == HCIPacketType.event.rawValue else { continue }
                // Out of our hands while it is lent to others.
                var packet: [UInt8] = []
                swap(&packet, &buffer)
                central.receive(packet.span.extracting(1..<count), from: index, at: now) { actions.append($0) }
                swap(&packet, &buffer)
            } catch {
                closeAdapter(index)
                let obstacle = BluetoothObstacle.system("Bluetooth adapter hci\(index): \(error.text)")
                central.socketFailed(index, obstacle, at: now) { actions.append($0) }
                nextLook = .zero
            }
            perform(at: now)
        }
    }

    private func closeAdapter(_ index: UInt16) {
        guard let position = adapters.firstIndex(where: { $0.index == index }) else { return }
        _ = close(adapters.remove(at: position).descriptor)
    }

    // MARK: What the central wants

    private func perform(at now: Timestamp) {
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .open(let adapter): open(adapter, at: now)
            case .close(let adapter): closeAdapter(adapter)
            case .powerOn(let adapter):
                power(adapter, at: now) { () throws(ErrorNumber) in try BluetoothSystem.switchOn(adapter) }
            case .reset(let adapter):
                // Not at the cost of somebody's keyboard.
                guard BluetoothSystem.connections(of: adapter).isEmpty else { continue }
                power(adapter, at: now) { () throws(ErrorNumber) in
                    try BluetoothSystem.switchOff(adapter)
                    try BluetoothSystem.switchOn(adapter)
                }
            case .command(let adapter, let command): send(command, to: adapter, at: now)
            case .connect(let link, let adapter, let address): connect(link, address, over: adapter, at: now)
            case .disconnect(let link): drop(link, reason: Self.endedByHost, at: now)
            case .advertisement(let adapter, let address, let data, let strength):
                scribe.advertised(address, data, strength: strength, adapter: adapter, at: now)
            case .notice(let notice):
                scribe.notice(
                    TransportNotice(
                        time: now, kind: Self.kind(notice.kind), device: UInt32(notice.adapter),
                        sensor: notice.sensor), notice.text)
            }
        }
    }

    private static func kind(_ kind: CentralNotice.Kind) -> TransportNotice.Kind {
        switch kind {
        case .adapterArrived: .deviceArrived
        case .adapterReady: .deviceReady
        case .adapterLeft: .deviceLeft
        case .adapterUnusable: .deviceUnusable
        case .sensorFound: .sensorFound
        case .sensorLost: .sensorLost
        case .sensorBack: .sensorBack
        case .remark: .remark
        }
    }

    private func open(_ index: UInt16, at now: Timestamp) {
        do throws(ErrorNumber) {
            closeAdapter(index)
            let descriptor = try BluetoothSystem.openAdapter(index)
            adapters.append(OpenAdapter(index: index, descriptor: descriptor))
            try events.add(descriptor, .reading, tag: Member.adapter.tag(UInt32(index)))
            central.opened(index, at: now) { actions.append($0) }
        } catch {
            closeAdapter(index)
            let obstacle = Self.obstacle(error, .mayNotScan(index), index)
            central.cannotOpen(index, obstacle, at: now) { actions.append($0) }
        }
    }

    private func send(_ command: HCICommand, to index: UInt16, at now: Timestamp) {
        guard let adapter = adapters.first(where: { $0.index == index }) else { return }
        do throws(ErrorNumber) {
            try BluetoothSystem.send(command.opcode, command.parameters, to: adapter.descriptor)
        } catch {
            closeAdapter(index)
            let obstacle = Self.obstacle(error, .mayNotScan(index), index)
            central.socketFailed(index, obstacle, at: now) { actions.append($0) }
            nextLook = .zero
        }
    }

    private func power(_ index: UInt16, at now: Timestamp, _ change: () throws(ErrorNumber) -> Void) {
        do throws(ErrorNumber) {
            try change()
        } catch {
            let obstacle = Self.obstacle(error, .mayNotPower(index), index)
            central.cannotPower(index, obstacle, at: now) { actions.append($0) }
            return
        }
        nextLook = .zero
    }

    private static func obstacle(
        _ error: ErrorNumber, _ permission: BluetoothObstacle, _ index: UInt16
    ) -> BluetoothObstacle {
        switch error.rawValue {
        case EPERM, EACCES: permission
        case ERFKILL: .adapterBlocked(index)
        case ENETDOWN: .adapterOff(index)
        default: .system("Bluetooth adapter hci\(index): \(error.text)")
        }
    }

    // MARK: Links

    /// HCI error codes (Core 5.4, Vol 1 Part F): remote user terminated, connection timeout, terminated by local host.
    private static let endedBySensor: UInt8 = 0x13
    private static let timedOut: UInt8 = 0x08
    private static let endedByHost: UInt8 = 0x16

    private func position(of id: LinkID) -> Int? {
        links.firstIndex { $0.id == id }
    }

    private func connect(_ id: LinkID, _ address: DeviceAddress, over index: UInt16, at now: Timestamp) {
        guard let adapter = listed.first(where: { $0.index == index }) else {
            return central.lost(id, .other("its Bluetooth adapter is gone"), at: now) { actions.append($0) }
        }
        do throws(ErrorNumber) {
            let descriptor = try BluetoothSystem.connect(to: address, through: adapter.address)
            links.append(
                BluetoothLink(id: id, address: address, adapter: index, descriptor: descriptor, handle: freeHandle()))
            try events.add(descriptor, .writing, tag: Member.link.tag(id.number))
        } catch {
            drop(id, reason: Self.endedByHost, at: now)
            central.lost(id, Self.end(error, wasConnected: false), at: now) { actions.append($0) }
        }
    }

    /// A number that no link has now and none had lately: 12 bits, of which the topmost 256 values are reserved (Core 5.4, Vol 4 Part E,
    /// 5.4.2).
    private func freeHandle() -> UInt16 {
        repeat {
            lastHandle = lastHandle < 0x0EFF ? lastHandle + 1 : 1
        } while links.contains { $0.handle == lastHandle }
        return lastHandle
    }

    private static func end(_ error: ErrorNumber, wasConnected: Bool) -> LinkEnd {
        switch error.rawValue {
        case ETIMEDOUT: wasConnected ? .outOfReach : .noAnswer
        case ECONNRESET, EPIPE, ENOTCONN: wasConnected ? .endedBySensor : .noAnswer
        case EHOSTDOWN, EHOSTUNREACH, ECONNREFUSED, EINPROGRESS: .noAnswer
        case EBUSY: .inUseHere
        case EALREADY, EAGAIN, ENOBUFS: .adapterBusy
        default: .other(error.text)
        }
    }

    private static func reason(_ end: LinkEnd) -> UInt8 {
        switch end {
        case .outOfReach, .noAnswer: timedOut
        case .endedBySensor: endedBySensor
        case .inUseHere, .adapterBusy, .client, .other: endedByHost
        }
    }

    /// Closes a link's socket. The central is not told.
    private func drop(_ id: LinkID, reason: UInt8, at now: Timestamp) {
        guard let position = position(of: id) else { return }
        let link = links.remove(at: position)
        _ = close(link.descriptor)
        if link.isConnected {
            scribe.disconnected(link.handle, reason: reason, adapter: link.adapter, at: now)
        }
    }

    private func lose(_ id: LinkID, _ end: LinkEnd, at now: Timestamp) {
        drop(id, reason: Self.reason(end), at: now)
        central.lost(id, end, at: now) { actions.append($0) }
        perform(at: now)
    }

    private func serve(_ id: LinkID, _ interest: EventSet.Interest) {
        guard let position = position(of: id) else { return }
        let now = MonotonicClock.now
        guard links[position].isConnected else { return finishConnecting(position, interest, at: now) }
        if interest.contains(.writing) { flush(position, at: now) }
        for _ in 0..<Self.burst {
            guard let position = self.position(of: id) else { return }
            let link = links[position]
            let now = MonotonicClock.now
            do throws(ErrorNumber) {
                guard let count = try BluetoothSystem.receive(from: link.descriptor, into: &buffer) else { return }
                // An end without an error: the socket's own error says why, if anything does.
                if count == 0 { throw BluetoothSystem.failure(of: link.descriptor) ?? ErrorNumber(ECONNRESET) }
                let kept = min(count, buffer.count)
                receive(id, kept, at: now)
            } catch {
                return lose(id, Self.end(error, wasConnected: true), at: now)
            }
        }
    }

    private func finishConnecting(_ position: Int, _ interest: EventSet.Interest, at now: Timestamp) {
        let link = links[position]
        if let error = BluetoothSystem.failure(of: link.descriptor) {
            return lose(link.id, Self.end(error, wasConnected: false), at: now)
        }
        guard interest.isDisjoint(with: .failure) else { return lose(link.id, .noAnswer, at: now) }
        do throws(ErrorNumber) {
            try events.change(link.descriptor, .reading, tag: Member.link.tag(link.id.number))
        } catch {
            return lose(link.id, .other(error.text), at: now)
        }
        links[position].isConnected = true
        scribe.connected(link.handle, link.address, adapter: link.adapter, at: now)
        central.connected(link.id, at: now) { actions.append($0) }
        attend(link.id, at: now) { client, emit in client.start(at: now, emit: emit) }
    }

    /// - Parameter count: of the buffer's bytes.
    private func receive(_ id: LinkID, _ count: Int, at now: Timestamp) {
        guard let position = position(of: id) else { return }
        // Out of our hands while it is lent to others.
        var pdu: [UInt8] = []
        swap(&pdu, &buffer)
        // What is longer than any PDU that was agreed on is read by nobody, and would not fit a slot of the ring.
        let recorded = min(count, Int(GATTClient.ownMTU))
        scribe.attribute(
            pdu.span.extracting(first: recorded), .received, links[position].handle, adapter: links[position].adapter,
            at: now)
        attend(id, at: now) { client, emit in client.receive(pdu.span.extracting(first: count), at: now, emit: emit) }
        swap(&pdu, &buffer)
    }

    /// Lets a link's client do something, and does what it says.
    private func attend(
        _ id: LinkID, at now: Timestamp,
        _ body: (inout GATTClient, (GATTClient.Action, Span<UInt8>) -> Void) -> Void
    ) {
        guard let position = position(of: id) else { return }
        var client = GATTClient()
        swap(&client, &links[position].client)
        var end: LinkEnd?
        var isReady = false
        body(&client) { action, bytes in
            switch action {
            case .send:
                do throws(ErrorNumber) {
                    try transmit(bytes, position, at: now)
                } catch {
                    end = end ?? Self.end(error, wasConnected: true)
                }
            case .value(let uuid, _): note(uuid, bytes, position, at: now)
            case .ready: isReady = true
            case .complete: break
            case .failed(let failure): end = .client(failure)
            }
        }
        swap(&client, &links[position].client)
        if isReady {
            if links[position].lastValue == nil { links[position].lastValue = now }
            central.ready(id, at: now) { actions.append($0) }
        }
        if let end { return lose(id, end, at: now) }
        perform(at: now)
    }

    private func transmit(_ pdu: Span<UInt8>, _ position: Int, at now: Timestamp) throws(ErrorNumber) {
        scribe.attribute(pdu, .sent, links[position].handle, adapter: links[position].adapter, at: now)
        if links[position].waiting.isEmpty, try BluetoothSystem.send(pdu, to: links[position].descriptor) { return }
        guard links[position].waiting.count < BluetoothLink.waitingLimit else { throw ErrorNumber(ETIMEDOUT) }
        links[position].waiting.append(pdu.indices.map { pdu[$0] })
        try events.change(
            links[position].descriptor, [.reading, .writing], tag: Member.link.tag(links[position].id.number))
    }

    private func flush(_ position: Int, at now: Timestamp) {
        let link = links[position]
        do throws(ErrorNumber) {
            while let pdu = links[position].waiting.first {
                guard try BluetoothSystem.send(pdu.span, to: link.descriptor) else { return }
                links[position].waiting.removeFirst()
            }
            try events.change(link.descriptor, .reading, tag: Member.link.tag(link.id.number))
        } catch {
            lose(link.id, Self.end(error, wasConnected: true), at: now)
        }
    }

    // MARK: Values

    private func note(_ uuid: GATTUUID, _ value: Span<UInt8>, _ position: Int, at now: Timestamp) {
        switch uuid {
        case .heartRateMeasurement, .runningSpeedAndCadenceMeasurement:
            links[position].lastValue = now
            if links[position].isSilent {
                links[position].isSilent = false
                notice(.sensorBack, links[position], "is heard again", at: now)
            }
        case .batteryLevel:
            guard let level = try? BatteryLevel(value: value), level.percent <= Self.lowBattery,
                !links[position].saidBatteryLow
            else { return }
            links[position].saidBatteryLow = true
            notice(.batteryLow, links[position], "has \(level.percent) % of its battery left", at: now)
        default: break
        }
    }

    private func notice(_ kind: TransportNotice.Kind, _ link: BluetoothLink, _ text: String, at now: Timestamp) {
        scribe.notice(
            TransportNotice(time: now, kind: kind, device: UInt32(link.adapter), sensor: link.sensor),
            SensorBinding.text(link.address.value) + " " + text)
    }
}
