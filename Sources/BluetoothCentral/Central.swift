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
    /// Seconds for which a sensor that was let go of has to be silent, before what is heard of it means that it was put on anew.
    static let releaseSilence = 60.0
    /// Seconds between two reports of a sensor to somebody who only listens.
    static let reportPeriod = 1.0
    package static let sensorLimit = 64
    package static let adapterLimit = 16

    package let configuration: Configuration
    var random: any RandomNumberGenerator & Sendable
    var adapters: [Adapter] = []
    var sensors: [CentralSensor] = []
    var links: UInt32 = 0
    var toldOfNoAdapter = false

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
            // One that is off is opened when it comes on.
            if case .refused(let until) = adapter.access, adapter.isUp { consider(until) }
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
            if adapter.mayNotScan { queueUnheard(for: adapter.index, at: time) }
            let isConnecting = sensors.contains { $0.isConnecting && $0.adapter == adapter.index }
            let next = sensors.firstIndex { $0.state == .queued(adapter: adapter.index) }
            let scans = !isConnecting && next == nil && isAnythingMissing
            if adapters[position].scan.isWanted != scans {
                runScan(position, at: time, emit) { scan, output in scan.want(scans, at: time, emit: output) }
            }
            if let next, !isConnecting, adapters[position].scan.isStopped {
                links &+= 1
                let link = LinkID(number: links)
                sensors[next].state = .connecting(
                    link, adapter: adapter.index, deadline: time.advanced(bySeconds: configuration.connectLimit))
                emit(.connect(link, adapter: adapter.index, sensors[next].address))
            }
        }
    }

    /// Where no scan is allowed, a sensor whose address was given can be connected all the same.
    private mutating func queueUnheard(for adapter: UInt16, at time: Timestamp) {
        guard !adapters.contains(where: { $0.access == .open }) else { return }
        for position in sensors.indices where sensors[position].state == .awaited && mayTake(position, at: time) {
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

    /// Lets go of the sensors that are connected, so that a phone or a watch can have them. They are taken again when somebody says so, or
    /// when they were silent for ``releaseSilence`` and are heard then: somebody has put them on.
    ///
    /// Nothing is let go of where no scan is allowed: nobody would hear of it again.
    package mutating func release(at time: Timestamp, emit: (CentralAction) -> Void) {
        let linked = sensors.indices.filter { sensors[$0].link != nil }
        guard !linked.isEmpty else { return }
        guard adapters.contains(where: { $0.access == .open }) else {
            return tell(
                .remark, adapters.first?.index ?? 0,
                "the Bluetooth sensors stay connected: without a scan nobody would hear when they are put on again",
                emit)
        }
        for position in linked {
            let adapter = sensors[position].adapter ?? 0
            if let link = sensors[position].link { emit(.disconnect(link)) }
            sensors[position].state = .awaited
            sensors[position].missingSince = nil
            sensors[position].failures = 0
            sensors[position].released = time
            tell(
                .remark, adapter, "\(sensors[position].label) is let go of",
                sensor: sensors[position].id, emit)
        }
        schedule(at: time, emit)
    }

    /// Takes them again.
    package mutating func takeBack(at time: Timestamp, emit: (CentralAction) -> Void) {
        for position in sensors.indices where sensors[position].released != nil {
            sensors[position].released = nil
            sensors[position].missingSince = time
        }
        schedule(at: time, emit)
    }

    /// Whether a sensor that is heard now, or would be if a scan were allowed, is anybody's business.
    mutating func mayTake(_ position: Int, at time: Timestamp) -> Bool {
        guard let heard = sensors[position].released else { return true }
        guard time.seconds(since: heard) >= Self.releaseSilence else { return false }
        sensors[position].released = nil
        return true
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
