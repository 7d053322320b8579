// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import Capture
internal import FileIO
internal import GATT
internal import Glibc
internal import Measurement
internal import ProcessIO
internal import Transport

// Links: one socket a sensor, what goes over it, and how it ends.
extension BluetoothLoop {
    /// HCI error codes (Core 5.4, Vol 1 Part F): remote user terminated, connection timeout, terminated by local host.
    private static let endedBySensor: UInt8 = 0x13
    private static let timedOut: UInt8 = 0x08
    static let endedByHost: UInt8 = 0x16

    func position(of id: LinkID) -> Int? {
        links.firstIndex { $0.id == id }
    }

    func connect(_ id: LinkID, _ address: DeviceAddress, over index: UInt16, at now: Timestamp) {
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
    func drop(_ id: LinkID, reason: UInt8, at now: Timestamp) {
        guard let position = position(of: id) else { return }
        let link = links.remove(at: position)
        LinkClosing.close(link.descriptor)
        if link.isConnected {
            scribe.disconnected(link.handle, reason: reason, adapter: link.adapter, at: now)
        }
    }

    private func lose(_ id: LinkID, _ end: LinkEnd, at now: Timestamp) {
        var end = end
        // A sensor that does not like the key, and a kernel that cannot agree on one, hang up.
        if let position = position(of: id), let failure = links[position].client.pairingFailure {
            switch end {
            case .endedBySensor, .other: end = .client(failure)
            case .outOfReach, .noAnswer, .inUseHere, .adapterBusy, .client: break
            }
        }
        drop(id, reason: Self.reason(end), at: now)
        central.lost(id, end, at: now) { actions.append($0) }
        perform(at: now)
    }

    func serve(_ id: LinkID, _ interest: EventSet.Interest) {
        guard let position = position(of: id) else { return }
        let now = MonotonicClock.now
        guard links[position].isConnected else { return finishConnecting(position, interest, at: now) }
        // A socket whose link has ended is writable too.
        if interest.contains(.writing), interest.isDisjoint(with: .failure) {
            let wasSecuring = links[position].isSecuring
            links[position].isSecuring = false
            flush(position, at: now)
            if wasSecuring { attend(id, at: now) { client, emit in client.secured(at: now, emit: emit) } }
        }
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
    func attend(
        _ id: LinkID, at now: Timestamp,
        _ body: (inout GATTClient, (GATTClient.Action, Span<UInt8>) -> Void) -> Void
    ) {
        guard let position = position(of: id) else { return }
        var client = GATTClient()
        swap(&client, &links[position].client)
        var end: LinkEnd?
        var isReady = false
        var security: LinkSecurity?
        body(&client) { action, bytes in
            switch action {
            case .send:
                do throws(ErrorNumber) {
                    try transmit(bytes, position, at: now)
                } catch {
                    end = end ?? Self.end(error, wasConnected: true)
                }
            case .value(let uuid, _): note(uuid, bytes, position, at: now)
            case .secure(let level): security = level
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
        if let security { secure(id, security, at: now) }
    }

    /// Until the link is safe, its socket is not writable, and the kernel refuses what is sent over it.
    private func secure(_ id: LinkID, _ level: LinkSecurity, at now: Timestamp) {
        guard let position = position(of: id) else { return }
        do throws(ErrorNumber) {
            try BluetoothSystem.secure(links[position].descriptor, level)
            links[position].isSecuring = true
            try events.change(links[position].descriptor, [.reading, .writing], tag: Member.link.tag(id.number))
        } catch {
            links[position].isSecuring = false
            attend(id, at: now) { client, emit in client.cannotSecure(at: now, emit: emit) }
        }
    }

    private func transmit(_ pdu: Span<UInt8>, _ position: Int, at now: Timestamp) throws(ErrorNumber) {
        scribe.attribute(pdu, .sent, links[position].handle, adapter: links[position].adapter, at: now)
        if links[position].waiting.isEmpty, !links[position].isSecuring,
            try BluetoothSystem.send(pdu, to: links[position].descriptor)
        {
            return
        }
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

    func notice(_ kind: TransportNotice.Kind, _ link: BluetoothLink, _ text: String, at now: Timestamp) {
        scribe.notice(
            TransportNotice(time: now, kind: kind, device: UInt32(link.adapter), sensor: link.sensor),
            SensorBinding.text(link.address.value) + " " + text)
    }
}
