// SPDX-License-Identifier: GPL-3.0-or-later
import GATT
package import Measurement

// Adapters: which there are, whether they may be used, and what their controllers say.
extension Central {

    /// The adapters that there are, now. To be told at the start, whenever one comes, goes or is switched, and every
    /// ``Configuration/retryPeriod`` at the latest.
    package mutating func adapters(
        _ present: [AdapterStatus], at time: Timestamp, emit: (CentralAction) -> Void
    ) {
        let wanted = present.filter { configuration.adapter == nil || $0.index == configuration.adapter }
        for known in adapters where !wanted.contains(where: { $0.index == known.index }) {
            remove(known.index, at: time, emit)
        }
        for status in wanted {
            if let position = position(status.index) {
                update(position, status, at: time, emit)
            } else if adapters.count < Self.adapterLimit {
                adapters.append(Adapter(status, retryPeriod: configuration.retryPeriod))
                tell(.adapterArrived, status.index, "Bluetooth adapter hci\(status.index) is there", emit)
                if status.isUp { open(adapters.count - 1, emit) } else { power(adapters.count - 1, at: time, emit) }
            }
        }
        if adapters.isEmpty, !toldOfNoAdapter {
            tell(.adapterUnusable, configuration.adapter ?? 0, "\(BluetoothObstacle.noAdapter)", emit)
        }
        toldOfNoAdapter = adapters.isEmpty
        schedule(at: time, emit)
    }

    private mutating func remove(_ index: UInt16, at time: Timestamp, _ emit: (CentralAction) -> Void) {
        guard let position = position(index) else { return }
        if adapters[position].access == .open { emit(.close(adapter: index)) }
        adapters.remove(at: position)
        tell(.adapterLeft, index, "Bluetooth adapter hci\(index) is gone", emit)
        dropSensors(of: index, at: time, emit)
    }

    private mutating func update(
        _ position: Int, _ status: AdapterStatus, at time: Timestamp, _ emit: (CentralAction) -> Void
    ) {
        guard adapters[position].isUp != status.isUp else {
            if !status.isUp { power(position, at: time, emit) }
            return
        }
        adapters[position].isUp = status.isUp
        if status.isUp {
            adapters[position].complaint = nil
            adapters[position].lastPowerTry = nil
            open(position, emit)
            return
        }
        if adapters[position].access == .open { emit(.close(adapter: status.index)) }
        adapters[position].access = .closed
        adapters[position].scan.close()
        adapters[position].isReady = false
        dropSensors(of: status.index, at: time, emit)
        power(position, at: time, emit)
    }

    private mutating func open(_ position: Int, _ emit: (CentralAction) -> Void) {
        adapters[position].access = .closed
        emit(.open(adapter: adapters[position].index))
    }

    private mutating func power(_ position: Int, at time: Timestamp, _ emit: (CentralAction) -> Void) {
        let index = adapters[position].index
        guard configuration.powersOn else { return complain(of: .adapterOff(index), index, emit) }
        if let last = adapters[position].lastPowerTry, time.seconds(since: last) < Self.powerPeriod { return }
        adapters[position].lastPowerTry = time
        emit(.powerOn(adapter: index))
    }

    private mutating func dropSensors(of index: UInt16, at time: Timestamp, _ emit: (CentralAction) -> Void) {
        for position in sensors.indices where sensors[position].adapter == index {
            if let link = sensors[position].link {
                emit(.disconnect(link))
                loseLink(position, .other("its Bluetooth adapter is gone"), at: time, emit)
            } else {
                sensors[position].state = .awaited
            }
        }
    }

    package mutating func opened(_ index: UInt16, at time: Timestamp, emit: (CentralAction) -> Void) {
        guard let position = position(index) else { return }
        adapters[position].access = .open
        runScan(position, at: time, emit) { scan, output in scan.open(at: time, emit: output) }
        schedule(at: time, emit)
    }

    package mutating func cannotOpen(
        _ index: UInt16, _ obstacle: BluetoothObstacle, at time: Timestamp, emit: (CentralAction) -> Void
    ) {
        guard let position = position(index) else { return }
        adapters[position].access = .refused(until: time.advanced(bySeconds: configuration.retryPeriod))
        adapters[position].scan.close()
        complain(of: obstacle, index, emit)
        schedule(at: time, emit)
    }

    /// A command could not be sent, or the socket has failed: it is closed by now.
    package mutating func socketFailed(
        _ index: UInt16, _ obstacle: BluetoothObstacle, at time: Timestamp, emit: (CentralAction) -> Void
    ) {
        cannotOpen(index, obstacle, at: time, emit: emit)
    }

    package mutating func cannotPower(
        _ index: UInt16, _ obstacle: BluetoothObstacle, at time: Timestamp, emit: (CentralAction) -> Void
    ) {
        complain(of: obstacle, index, emit)
    }

    /// An HCI event of an adapter.
    ///
    /// - Parameter packet: the event's code first. Any bytes.
    package mutating func receive(
        _ packet: Span<UInt8>, from index: UInt16, at time: Timestamp, emit: (CentralAction) -> Void
    ) {
        guard let position = position(index), packet.count >= 3 else { return }
        switch packet[0] {
        case 0x3E:
            guard packet[2] == 0x02 || packet[2] == 0x0D else { return }
            adapters[position].scan.heard(at: time)
            var isNews = false
            // A cut report ends the event; what came before it counts.
            try? AdvertisingReport.read(packet, isExtended: packet[2] == 0x0D) { report in
                if take(report, from: index, at: time, emit) { isNews = true }
            }
            if isNews { schedule(at: time, emit) }
        // Command Complete: credit, opcode, status. Command Status: status, credit, opcode (7.7.14, 7.7.15).
        case 0x0E where packet.count >= 6:
            completed(UInt16(packet[3]) | UInt16(packet[4]) << 8, packet[5], position, at: time, emit)
        case 0x0F where packet.count >= 6:
            completed(UInt16(packet[4]) | UInt16(packet[5]) << 8, packet[2], position, at: time, emit)
        default: break
        }
    }

    private mutating func completed(
        _ opcode: UInt16, _ status: UInt8, _ position: Int, at time: Timestamp, _ emit: (CentralAction) -> Void
    ) {
        runScan(position, at: time, emit) { scan, output in
            scan.completed(opcode, status: status, at: time, emit: output)
        }
        schedule(at: time, emit)
    }

    /// Lets an adapter's scan do something, and passes on what comes of it.
    mutating func runScan(
        _ position: Int, at time: Timestamp, _ emit: (CentralAction) -> Void,
        _ body: (inout ScanMachine, (ScanMachine.Output) -> Void) -> Void
    ) {
        var outputs: [ScanMachine.Output] = []
        body(&adapters[position].scan) { outputs.append($0) }
        let index = adapters[position].index
        for output in outputs {
            switch output {
            case .command(let command): emit(.command(adapter: index, command))
            case .started:
                adapters[position].complaint = nil
                guard !adapters[position].isReady else { continue }
                adapters[position].isReady = true
                // From now on it means something that a sensor is not heard.
                for sensor in sensors.indices where !sensors[sensor].isLinked && !sensors[sensor].isFound {
                    sensors[sensor].missingSince = time
                }
                tell(.adapterReady, index, "Bluetooth adapter hci\(index) is scanning", emit)
            case .stopped: break
            case .refused(let status): complain(of: .scanRefused(index, status: status), index, emit)
            }
        }
    }

    func position(_ index: UInt16) -> Int? {
        for position in adapters.indices where adapters[position].index == index { return position }
        return nil
    }
}
