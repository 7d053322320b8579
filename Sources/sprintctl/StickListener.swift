// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import ANTSession
internal import Capture
internal import Measurement
internal import ProcessIO
internal import RingBuffer
internal import Transport
internal import USBTransport

/// The ANT+ sticks, opened by this program itself.
///
/// A daemon that runs has them; until it can be asked, this is for the time when none does.
final class StickListener {
    private let transport = USBTransport(USBTransport.Configuration(stick: StickConfiguration(mode: .scan)))
    private var consumer: SPSCConsumer<FrameSlot>
    private let doorbell: Doorbell
    private var decoder = ANTDecoder()
    private(set) var registry = SensorRegistry()
    private(set) var notices: [(notice: TransportNotice, text: String)] = []

    init() throws(CommandFailure) {
        let ring = SPSCRing<FrameSlot>(minimumCapacity: 1024)
        let doorbell: Doorbell
        do throws(DoorbellError) {
            doorbell = try Doorbell()
        } catch {
            throw CommandFailure(.unavailable, "no event descriptor can be made")
        }
        self.doorbell = doorbell
        consumer = ring.consumer
        do throws(TransportError) {
            try transport.start(FrameSink(WakingProducer(ring.producer, doorbell: doorbell)))
        } catch {
            throw CommandFailure(.unavailable, error.description)
        }
    }

    deinit { transport.stop() }

    func stop() { transport.stop() }

    /// Listens for so long, or until `isEnough`.
    func listen(seconds: Double, until isEnough: (StickListener) -> Bool = { _ in false }) {
        let end = MonotonicClock.now.advanced(bySeconds: seconds)
        while !StopSignal.isRaised {
            drain()
            registry.tick(at: MonotonicClock.now) { _ in }
            let rest = end.nanoseconds(since: MonotonicClock.now)
            guard rest > 0, !isEnough(self) else { return }
            _ = doorbell.sleep(timeout: .nanoseconds(rest)) { !consumer.isEmpty }
        }
    }

    private func drain() {
        while let slot = consumer.pop() {
            switch slot.content {
            case .notice(let notice): notices.append((notice, slot.text))
            case .frame(let frame): take(frame, slot.bytes)
            }
        }
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
