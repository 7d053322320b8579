// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT
package import Measurement

/// Decides what the Bluetooth adapters do: which scans, which sensor is connected when and over which adapter, and what happens when
/// something goes away. It does nothing itself: see ``CentralAction``.
///
/// An adapter makes one connection at a time, and does not scan meanwhile: the kernel refuses a connection beside a scan that it did not
/// begin itself.
///
/// ```
/// adapter:  absent ─► off ─► closed ─► open: scan ⇄ connect
/// sensor:   awaited ─ heard ─► queued ─► connecting ─► preparing ─► live
///              ▲                             └────────────┴─────────┴─► resting (back-off) ─┐
///              └────────────────────────────────────────────────────────────────────────────┘
/// ```
package struct Central: Sendable {
    package struct Configuration: Equatable, Sendable {
        /// Empty: every heart-rate strap and footpod that is heard.
        package var bindings: [SensorBinding] = []
        /// Only this adapter is used; `nil`: all of them.
        package var adapter: UInt16?
        /// Between attempts at one sensor, in seconds.
        package var backOff = BackOff(first: 0.25, longest: 30)
        /// Seconds that an attempt may take.
        package var connectLimit = 12.0
        /// Seconds between two tries at an adapter that cannot be opened or refuses to scan, and between two looks at the list of adapters
        /// where no event announces them.
        package var retryPeriod = 5.0
        /// Switch on adapters that are off.
        package var powersOn = true
        /// `false`: only listen, and tell which sensors are there.
        package var connects = true

        package init() {}
    }

    struct Adapter: Sendable {
        enum Access: Equatable, Sendable, BitwiseCopyable {
            case closed
            case open
            /// Tried again at this time.
            case refused(until: Timestamp)
        }

        let index: UInt16
        var isUp: Bool
        var access = Access.closed
        var scan: ScanMachine
        /// Attempts at sensors that had been heard, without an answer, in a row.
        var unanswered = 0
        var lastReset: Timestamp?
        var lastPowerTry: Timestamp?
        /// What was last complained of, so that it is said once.
        var complaint: BluetoothObstacle?
        var isReady = false

        init(_ status: AdapterStatus, retryPeriod: Double) {
            index = status.index
            isUp = status.isUp
            scan = ScanMachine(retryPeriod: retryPeriod)
        }

        /// Connections can be made without a scan, which wants more rights.
        var mayNotScan: Bool {
            switch access {
            case .closed, .open: false
            case .refused: isUp
            }
        }
    }

    /// Seconds after which a sensor that is chosen and not there is spoken of.
    static let missingLimit = 30.0
    static let unansweredLimit = 5
    /// Seconds between two attempts to switch an adapter on: rfkill may have been lifted.
    static let powerPeriod = 15.0
    /// Seconds.
    static let resetPeriod = 300.0
    package static let sensorLimit = 64
    package static let adapterLimit = 16

    package let configuration: Configuration
    private var random: any RandomNumberGenerator & Sendable
    var adapters: [Adapter] = []
    var sensors: [CentralSensor] = []
    private var links: UInt32 = 0
    private var toldOfNoAdapter = false
    /// Sensors are let go of, and not connected again until ``resume(at:emit:)``.
    package private(set) var isPaused = false

    /// - Parameter random: spreads the attempts; seeded in tests.
    package init(_ configuration: Configuration, random: any RandomNumberGenerator & Sendable) {
        self.configuration = configuration
        self.random = random
        for binding in configuration.bindings.prefix(Self.sensorLimit) {
            switch binding {
            case .address(let value):
                // A static random address begins with two ones (Core 5.4, Vol 6 Part B, 1.3.2.1); the rest is tried both ways.
                let kind: DeviceAddress.Kind = value >> 46 & 3 == 3 ? .random : .public
                sensors.append(CentralSensor(address: DeviceAddress(value: value, kind: kind), isGuess: true))
            case .name: break
            }
        }
    }

    // MARK: Adapters

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

    // MARK: Time

    /// When ``tick(at:emit:)`` has to be called, at the latest; `nil`: not at all.
    package var deadline: Timestamp? {
        var earliest: Timestamp?
        func consider(_ time: Timestamp?) {
            guard let time else { return }
            earliest = min(earliest ?? time, time)
        }
        for adapter in adapters {
            consider(adapter.scan.deadline)
            if case .refused(let until) = adapter.access { consider(until) }
        }
        for sensor in sensors {
            switch sensor.state {
            case .resting(let until): consider(until)
            case .connecting(_, _, let deadline): consider(deadline)
            case .awaited, .queued, .preparing, .live: break
            }
            consider(sensor.missingSince?.advanced(bySeconds: Self.missingLimit))
        }
        return earliest
    }

    package mutating func tick(at time: Timestamp, emit: (CentralAction) -> Void) {
        for position in adapters.indices {
            runScan(position, at: time, emit) { scan, output in scan.tick(at: time, emit: output) }
            if case .refused(let until) = adapters[position].access, time >= until, adapters[position].isUp {
                // Answered by `opened` or `cannotOpen`; until then it is not asked again.
                adapters[position].access = .refused(until: time.advanced(bySeconds: configuration.retryPeriod))
                emit(.open(adapter: adapters[position].index))
            }
        }
        for position in sensors.indices { tickSensor(position, at: time, emit) }
        schedule(at: time, emit)
    }

    // MARK: What goes on at once

    /// Lets every free adapter do what is most wanted of it: make the next connection, or scan, or rest.
    mutating func schedule(at time: Timestamp, _ emit: (CentralAction) -> Void) {
        for position in adapters.indices {
            let adapter = adapters[position]
            guard adapter.isUp else { continue }
            if adapter.mayNotScan { queueUnheard(for: adapter.index) }
            let isConnecting = sensors.contains { $0.isConnecting && $0.adapter == adapter.index }
            let next = sensors.firstIndex { $0.state == .queued(adapter: adapter.index) }
            let scans = !isPaused && !isConnecting && next == nil && isAnythingMissing
            if adapters[position].scan.isWanted != scans {
                runScan(position, at: time, emit) { scan, output in scan.want(scans, at: time, emit: output) }
            }
            if let next, !isConnecting, adapters[position].scan.isStopped, !isPaused {
                links &+= 1
                let link = LinkID(number: links)
                sensors[next].state = .connecting(
                    link, adapter: adapter.index, deadline: time.advanced(bySeconds: configuration.connectLimit))
                emit(.connect(link, adapter: adapter.index, sensors[next].address))
            }
        }
    }

    /// Where no scan is allowed, a sensor whose address was given can be connected all the same.
    private mutating func queueUnheard(for adapter: UInt16) {
        guard !isPaused, !adapters.contains(where: { $0.access == .open }) else { return }
        for position in sensors.indices where sensors[position].state == .awaited {
            sensors[position].state = .queued(adapter: adapter)
        }
    }

    private var isAnythingMissing: Bool {
        if configuration.bindings.isEmpty { return true }
        if sensors.contains(where: { !$0.isLinked }) { return true }
        return configuration.bindings.contains { binding in
            !sensors.contains { binding.matches(address: $0.address.value, name: $0.information.name) }
        }
    }

    // MARK: Sessions

    /// Lets go of all sensors, which other devices may then use, and of the radio.
    package mutating func pause(at time: Timestamp, emit: (CentralAction) -> Void) {
        guard !isPaused else { return }
        isPaused = true
        for position in sensors.indices {
            if let link = sensors[position].link { emit(.disconnect(link)) }
            sensors[position].state = .awaited
            sensors[position].missingSince = nil
            sensors[position].failures = 0
        }
        schedule(at: time, emit)
    }

    package mutating func resume(at time: Timestamp, emit: (CentralAction) -> Void) {
        guard isPaused else { return }
        isPaused = false
        for position in sensors.indices { sensors[position].missingSince = time }
        schedule(at: time, emit)
    }

    /// What an adapter has to be told before its socket is closed for good.
    package func finalCommand(_ index: UInt16) -> HCICommand? {
        position(index).flatMap { adapters[$0].scan.finalCommand }
    }

    // MARK: Words

    mutating func nextRandom() -> UInt64 { random.next() }

    func tell(
        _ kind: CentralNotice.Kind, _ adapter: UInt16, _ text: String, sensor: SensorID? = nil,
        _ emit: (CentralAction) -> Void
    ) {
        emit(.notice(CentralNotice(kind: kind, adapter: adapter, sensor: sensor, text: text)))
    }

    /// Says what is in the way, once until it changes.
    mutating func complain(
        of obstacle: BluetoothObstacle, _ index: UInt16, _ emit: (CentralAction) -> Void
    ) {
        guard let position = position(index), adapters[position].complaint != obstacle else { return }
        adapters[position].complaint = obstacle
        adapters[position].isReady = false
        tell(.adapterUnusable, index, "\(obstacle)", emit)
    }
}
