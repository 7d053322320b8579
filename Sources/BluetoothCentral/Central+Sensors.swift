// SPDX-License-Identifier: GPL-3.0-or-later
import GATT
package import Measurement

extension Central {
    // MARK: Advertisements

    /// - Returns: whether there may be something new to do.
    mutating func take(
        _ report: borrowing AdvertisingReport, from adapter: UInt16, at time: Timestamp,
        _ emit: (CentralAction) -> Void
    ) -> Bool {
        guard let address = report.address else { return false }
        guard let position = sensor(at: address) ?? adopt(address, report) else { return false }
        guard mayTake(position, at: time) else {
            sensors[position].released = time
            return false
        }
        sensors[position].strength = report.strength ?? sensors[position].strength
        let isNews = report.advertisement.teach(&sensors[position].information)
        if isNews || !sensors[position].isFound || isReportDue(position, at: time) {
            sensors[position].reported = time
            let data = report.advertisement.data
            emit(
                .advertisement(
                    adapter: adapter, address, data: data.indices.map { data[$0] }, strength: report.strength))
        }
        if !sensors[position].isFound {
            sensors[position].isFound = true
            let services = sensors[position].information.services
            var text = "found \(sensors[position].label)"
            if services.contains(.heartRate) { text += ", heart rate" }
            if services.contains(.runningSpeedAndCadence) { text += ", running speed and cadence" }
            if let strength = report.strength { text += ", \(strength) dBm" }
            tell(.sensorFound, adapter, text, sensor: sensors[position].id, emit)
        }
        // Heard: it is there, whatever else is wrong.
        if sensors[position].missingSince != nil { sensors[position].missingSince = time }
        guard report.isConnectable, configuration.connects else { return isNews }
        switch sensors[position].state {
        case .awaited:
            sensors[position].state = .queued(adapter: adapter)
            return true
        case .queued(let other) where other != adapter && isBusy(other):
            sensors[position].state = .queued(adapter: adapter)
            return true
        case .resting, .queued, .connecting, .preparing, .live: return isNews
        }
    }

    /// Who connects hears from the sensors themselves how they do.
    private func isReportDue(_ position: Int, at time: Timestamp) -> Bool {
        guard !configuration.connects, let last = sensors[position].reported else { return false }
        return time.seconds(since: last) >= Self.reportPeriod
    }

    private func isBusy(_ adapter: UInt16) -> Bool {
        sensors.contains { $0.isConnecting && $0.adapter == adapter }
    }

    /// The sensor with an address. What an athlete wrote down does not say of which kind it is; what is heard does.
    private mutating func sensor(at address: DeviceAddress) -> Int? {
        for position in sensors.indices where sensors[position].address.value == address.value {
            if sensors[position].isGuess, sensors[position].link == nil {
                sensors[position].address = address
                sensors[position].isGuess = false
            }
            return sensors[position].address == address ? position : nil
        }
        return nil
    }

    /// Takes a stranger in, if it is one that is wanted.
    private mutating func adopt(
        _ address: DeviceAddress, _ report: borrowing AdvertisingReport
    ) -> Int? {
        // It is no stranger while it is being connected to with the other kind of address, for that was a guess.
        guard !sensors.contains(where: { $0.isGuess && $0.address.value == address.value }) else { return nil }
        var information = SensorInformation()
        guard report.advertisement.teach(&information) else { return nil }
        let isWanted =
            configuration.bindings.isEmpty
            ? !information.services.isEmpty
            : configuration.bindings.contains { $0.matches(address: address.value, name: information.name) }
        guard isWanted else { return nil }
        if sensors.count >= Self.sensorLimit {
            // A resolvable address changes every quarter of an hour, and what had it before is never heard again.
            let victim = sensors.indices.first { sensors[$0].state == .awaited && !isBound($0) }
            guard let victim else { return nil }
            sensors.remove(at: victim)
        }
        sensors.append(CentralSensor(address: address, isGuess: false))
        return sensors.count - 1
    }

    private func isBound(_ position: Int) -> Bool {
        configuration.bindings.contains(.address(sensors[position].address.value))
    }

    // MARK: Links

    private func sensor(of link: LinkID) -> Int? {
        for position in sensors.indices where sensors[position].link == link { return position }
        return nil
    }

    /// The link is up.
    package mutating func connected(_ link: LinkID, at time: Timestamp, emit: (CentralAction) -> Void) {
        guard let position = sensor(of: link) else { return }
        switch sensors[position].state {
        case .connecting(_, let adapter, _):
            sensors[position].state = .preparing(link, adapter: adapter)
            sensors[position].unanswered = 0
            sensors[position].isGuess = false
            if let owner = self.position(adapter) { adapters[owner].unanswered = 0 }
            schedule(at: time, emit)
        case .awaited, .resting, .queued, .preparing, .live: break
        }
    }

    /// Values flow.
    package mutating func ready(_ link: LinkID, at time: Timestamp, emit: (CentralAction) -> Void) {
        guard let position = sensor(of: link) else { return }
        switch sensors[position].state {
        case .preparing(_, let adapter):
            sensors[position].state = .live(link, adapter: adapter)
            sensors[position].failures = 0
            sensors[position].missingSince = nil
            let label = sensors[position].label
            if sensors[position].hasBeenLive {
                tell(.sensorBack, adapter, "\(label) is back", sensor: sensors[position].id, emit)
            } else {
                sensors[position].hasBeenLive = true
                tell(.remark, adapter, "\(label) is connected", sensor: sensors[position].id, emit)
            }
            schedule(at: time, emit)
        case .awaited, .resting, .queued, .connecting, .live: break
        }
    }

    /// The link is over, or the attempt at it has failed; it is closed by now.
    package mutating func lost(
        _ link: LinkID, _ end: LinkEnd, at time: Timestamp, emit: (CentralAction) -> Void
    ) {
        guard let position = sensor(of: link) else { return }
        loseLink(position, end, at: time, emit)
        schedule(at: time, emit)
    }

    mutating func loseLink(
        _ position: Int, _ end: LinkEnd, at time: Timestamp, _ emit: (CentralAction) -> Void
    ) {
        let adapter = sensors[position].adapter ?? 0
        let wasLive = sensors[position].isLive
        let wasConnecting = sensors[position].isConnecting
        sensors[position].failures += 1
        let delay = configuration.backOff.delay(
            afterFailures: sensors[position].failures, random: nextRandom())
        sensors[position].state = .resting(until: time.advanced(bySeconds: delay))
        let label = sensors[position].label
        if wasLive {
            sensors[position].missingSince = time
            tell(.sensorLost, adapter, "\(label) is lost: \(end.text)", sensor: sensors[position].id, emit)
        } else if let obstacle = obstacle(of: end, position), sensors[position].failures == 1 {
            tell(.remark, adapter, "\(obstacle)", sensor: sensors[position].id, emit)
        } else if case .client(let failure) = end, sensors[position].failures == 1 {
            tell(.remark, adapter, "\(label): \(failure)", sensor: sensors[position].id, emit)
        }
        if wasConnecting, end == .noAnswer { unanswered(position, adapter, at: time, emit) }
    }

    private func obstacle(of end: LinkEnd, _ position: Int) -> BluetoothObstacle? {
        let address = SensorBinding.text(sensors[position].address.value)
        return switch end {
        case .inUseHere: .sensorInUseHere(address)
        case .client(let failure) where failure.needsPairing: .sensorNeedsPairing(address)
        case .outOfReach, .endedBySensor, .noAnswer, .adapterBusy, .client, .other: nil
        }
    }

    private mutating func unanswered(
        _ position: Int, _ index: UInt16, at time: Timestamp, _ emit: (CentralAction) -> Void
    ) {
        sensors[position].unanswered += 1
        if sensors[position].isGuess {
            // It may be of the other kind.
            let address = sensors[position].address
            sensors[position].address = DeviceAddress(
                value: address.value, kind: address.kind == .public ? .random : .public)
            return
        }
        // Kernels have been seen (6.12) on which, after a raw scan, no connection succeeds until the adapter was off and on again.
        guard let owner = self.position(index) else { return }
        adapters[owner].unanswered += 1
        guard adapters[owner].unanswered >= Self.unansweredLimit else { return }
        adapters[owner].unanswered = 0
        complain(of: .connectionsFail(index), index, emit)
        let isInUse = sensors.contains { $0.isLinked && $0.adapter == index }
        let isTooSoon = adapters[owner].lastReset.map { time.seconds(since: $0) < Self.resetPeriod } ?? false
        guard !isInUse, !isTooSoon else { return }
        adapters[owner].lastReset = time
        emit(.reset(adapter: index))
    }

    // MARK: Time

    mutating func tickSensor(_ position: Int, at time: Timestamp, _ emit: (CentralAction) -> Void) {
        switch sensors[position].state {
        case .resting(let until) where time >= until: sensors[position].state = .awaited
        case .connecting(let link, _, let deadline) where time >= deadline:
            emit(.disconnect(link))
            loseLink(position, .noAnswer, at: time, emit)
        case .awaited, .resting, .queued, .connecting, .preparing, .live: break
        }
        if let since = sensors[position].missingSince, time.seconds(since: since) >= Self.missingLimit {
            sensors[position].missingSince = nil
            tell(
                .remark, sensors[position].adapter ?? 0,
                "\(BluetoothObstacle.sensorNotHeard(sensors[position].label))", sensor: sensors[position].id, emit)
        }
    }
}
