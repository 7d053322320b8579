// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import ANTSession
internal import BluetoothCentral
internal import BluetoothTransport
internal import Capture
internal import Measurement
internal import ProcessIO
internal import RingBuffer
internal import Transport
internal import USBTransport

/// The radios, opened by this program itself.
///
/// A daemon that runs has them; until it can be asked, this is for the time when none does.
final class SensorListener {
    struct News {
        var radio: SensorRadio
        var notice: TransportNotice
        var text: String
    }

    /// One radio's end of its ring.
    private final class Source {
        let radio: SensorRadio
        let transport: any Transport
        var consumer: SPSCConsumer<FrameSlot>

        init(_ radio: SensorRadio, _ transport: any Transport, _ consumer: consuming SPSCConsumer<FrameSlot>) {
            self.radio = radio
            self.transport = transport
            self.consumer = consumer
        }
    }

    private let radios: [SensorRadio]
    private var sources: [Source] = []
    private let doorbell: Doorbell
    private var decoder = ANTDecoder()
    private(set) var registry = SensorRegistry()
    private(set) var bluetooth = BluetoothSightings()
    /// The newest, ``newsLimit`` of them.
    private(set) var news: [News] = []
    /// Why a radio could not even be started.
    private var failures: [SensorRadio: String] = [:]
    private static let newsLimit = 512

    /// - Parameters:
    ///   - radios: in the order in which they are spoken of.
    ///   - connects: whether Bluetooth sensors are connected; ANT+ sensors send to everybody anyway.
    init(_ radios: [SensorRadio], connects: Bool = true) throws(CommandFailure) {
        self.radios = radios
        do throws(DoorbellError) {
            doorbell = try Doorbell()
        } catch {
            throw CommandFailure(.unavailable, "no event descriptor can be made")
        }
        for radio in radios { start(radio, connects: connects) }
        guard !sources.isEmpty else { throw CommandFailure(.unavailable, troubles.map(\.text).joined(separator: "; ")) }
    }

    private func start(_ radio: SensorRadio, connects: Bool) {
        let transport: any Transport
        switch radio {
        case .ant: transport = USBTransport(USBTransport.Configuration(stick: StickConfiguration(mode: .scan)))
        case .bluetooth:
            var configuration = BluetoothTransport.Configuration()
            configuration.central.connects = connects
            transport = BluetoothTransport(configuration)
        }
        let ring = SPSCRing<FrameSlot>(minimumCapacity: 1024)
        do throws(TransportError) {
            try transport.start(FrameSink(WakingProducer(ring.producer, doorbell: doorbell)))
            sources.append(Source(radio, transport, ring.consumer))
        } catch {
            failures[radio] = error.description
        }
    }

    deinit { stop() }

    func stop() {
        for source in sources { source.transport.stop() }
    }

    /// Listens for so long, or until `isEnough`.
    func listen(seconds: Double, until isEnough: (SensorListener) -> Bool = { _ in false }) {
        let end = MonotonicClock.now.advanced(bySeconds: seconds)
        while !StopSignal.isRaised {
            drain()
            registry.tick(at: MonotonicClock.now) { _ in }
            let rest = end.nanoseconds(since: MonotonicClock.now)
            guard rest > 0, !isEnough(self) else { return }
            _ = doorbell.sleep(timeout: .nanoseconds(rest)) { sources.contains { !$0.consumer.isEmpty } }
        }
    }

    var radioCount: Int { radios.count }

    /// The sensors heard, ANT+ first.
    var sightings: [SensorSighting] {
        let now = MonotonicClock.now
        let ant = registry.entries.map { SensorSighting($0, now: now) }
        return ant.sorted { "\($0.sensor)" < "\($1.sensor)" } + bluetooth.sightings(now: now)
    }

    // MARK: What is wrong

    /// Whether the radio receives.
    private func isReady(_ radio: SensorRadio) -> Bool { lastState(of: radio)?.notice.kind == .deviceReady }

    private func lastState(of radio: SensorRadio) -> News? {
        news.last { news in
            switch news.notice.kind {
            case .deviceArrived, .deviceReady, .deviceLeft, .deviceUnusable: news.radio == radio
            case .sensorFound, .sensorLost, .sensorBack, .batteryLow, .remark: false
            }
        }
    }

    /// The radios that do not receive, and why.
    var troubles: [(radio: SensorRadio, text: String)] {
        radios.filter { !isReady($0) }.map { radio in
            switch radio {
            case .ant: (radio, failures[radio] ?? lastState(of: radio)?.text ?? "no ANT+ stick is plugged in")
            case .bluetooth: (radio, failures[radio] ?? lastState(of: radio)?.text ?? "Bluetooth does not answer")
            }
        }
    }

    /// Why nothing was heard.
    var silence: CommandFailure {
        let troubles = troubles
        guard troubles.count == radios.count else {
            return CommandFailure(.unavailable, "no sensor is in the air; a strap sends only while it is worn")
        }
        let text = troubles.map(\.text).joined(separator: "; ")
        return CommandFailure(.unavailable, "\(text); sprintctl doctor tells more")
    }

    // MARK: Frames

    private func drain() {
        for source in sources {
            while let slot = source.consumer.pop() {
                switch slot.content {
                case .notice(let notice): take(notice, slot.text, of: source.radio)
                case .frame(let frame):
                    switch source.radio {
                    case .ant: take(frame, slot.bytes)
                    case .bluetooth: bluetooth.take(frame, slot.bytes)
                    }
                }
            }
        }
    }

    private func take(_ notice: TransportNotice, _ text: String, of radio: SensorRadio) {
        // The transport speaks of the daemon, which usually has it; the rights that are missing here are this program's.
        let own = text.split(separator: "command -v sprintd", omittingEmptySubsequences: false)
            .joined(separator: "command -v sprintctl")
        news.append(News(radio: radio, notice: notice, text: own))
        if news.count > Self.newsLimit { news.removeFirst() }
        bluetooth.take(notice)
    }

    private func take(_ frame: CapturedFrame, _ bytes: Span<UInt8>) {
        guard let packet = try? USBPacket(frame, bytes) else { return }
        let stick = UInt32(packet.bus) << 8 | UInt32(packet.device)
        if packet.deviceDescriptor != nil { return decoder.trust(stick: stick) }
        guard packet.carriesData, packet.transfer == .bulk else { return }
        decoder.receive(packet.payload, stick: stick, fromStick: packet.isInput, at: frame.time) { event in
            guard case .message(let message, _, true) = event, message.id.carriesData,
                let id = message.extendedData?.channelID
            else { return }
            registry.hear(message, from: id, at: frame.time) { _ in }
        }
    }
}
