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
    struct OpenAdapter {
        var index: UInt16
        var descriptor: Int32
    }

    /// What a descriptor in the set is; the number tells which.
    enum Member: UInt64 {
        case mailbox, announcements, adapter, link

        func tag(_ number: UInt32) -> UInt64 { rawValue << 32 | UInt64(number) }
    }

    let mailbox: Mailbox
    let releasesSensors: Bool
    var events: EventSet
    var scribe: FrameScribe
    var central: Central
    var listed: [BluetoothSystem.Adapter] = []
    var adapters: [OpenAdapter] = []
    var links: [BluetoothLink] = []
    var announcements: Int32?
    /// Wanted by the central, not yet done.
    var actions: [CentralAction] = []
    var buffer = [UInt8](repeating: 0, count: 1024)
    var nextLook = Timestamp.zero
    var lastHandle: UInt16 = 0
    var isOver = false

    /// A battery that needs changing soon, in percent.
    static let lowBattery: UInt8 = 15
    /// Packets of one socket in a row, so that none starves the others.
    static let burst = 32

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
    func pause(from now: Timestamp) -> Int32 {
        var next = nextLook
        if let deadline = central.deadline { next = min(next, deadline) }
        for link in links {
            if let deadline = link.deadline { next = min(next, deadline) }
        }
        let milliseconds = (max(0, next.nanoseconds(since: now)) &+ 999_999) / 1_000_000
        return Int32(clamping: milliseconds)
    }

    func tick(at now: Timestamp) {
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

    func readMailbox() {
        let now = MonotonicClock.now
        for request in mailbox.take() {
            switch request {
            case .stop: isOver = true
            case .sessionBegan: central.takeBack(at: now) { actions.append($0) }
            case .sessionEnded:
                if releasesSensors { central.release(at: now) { actions.append($0) } }
            }
        }
        perform(at: now)
    }

    func end() {
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

    // MARK: What the central wants

    func perform(at now: Timestamp) {
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

    static func kind(_ kind: CentralNotice.Kind) -> TransportNotice.Kind {
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
}
