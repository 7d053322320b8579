// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import Capture
internal import FileIO
internal import GATT
internal import Glibc
internal import Measurement
internal import ProcessIO

// Adapters: which there are, their HCI sockets, and their power.
extension BluetoothLoop {
    /// Looks which adapters there are. Announcements make that quick; this makes it sure.
    func look(at now: Timestamp) {
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

    func readAnnouncements() {
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

    func readAdapter(_ index: UInt16) {
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

    func closeAdapter(_ index: UInt16) {
        guard let position = adapters.firstIndex(where: { $0.index == index }) else { return }
        _ = close(adapters.remove(at: position).descriptor)
    }

    func open(_ index: UInt16, at now: Timestamp) {
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

    func send(_ command: HCICommand, to index: UInt16, at now: Timestamp) {
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

    func power(_ index: UInt16, at now: Timestamp, _ change: () throws(ErrorNumber) -> Void) {
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
}
