// SPDX-License-Identifier: GPL-3.0-or-later
import ANTSession
import Capture
import Glibc
import Measurement
import ProcessIO
import RingBuffer
import SimulatedStick
import Transport
import USBTransport

/// The transport under trial, and what comes out of it.
final class Bench {
    let control: Control
    let transport: USBTransport
    private var consumer: SPSCConsumer<FrameSlot>
    private let doorbell: Doorbell
    /// By bus × 256 + device: data messages, counted by other code than the transport's.
    private(set) var heard: [UInt32: FrameCounter] = [:]
    private(set) var notices: [(kind: TransportNotice.Kind, text: String, sensor: SensorID?, at: Double)] = []
    private(set) var frames = 0
    /// What each frame is handed to as well.
    var tap: ((CapturedFrame, Span<UInt8>) -> Void)?

    init(_ control: Control, _ configuration: USBTransport.Configuration) throws {
        self.control = control
        let doorbell = try Doorbell()
        self.doorbell = doorbell
        let ring = SPSCRing<FrameSlot>(minimumCapacity: 8192)
        consumer = ring.consumer
        transport = USBTransport(configuration)
        try transport.start(FrameSink(WakingProducer(ring.producer, doorbell: doorbell)))
    }

    static var scan: USBTransport.Configuration {
        var configuration = USBTransport.Configuration(stick: StickConfiguration(mode: .scan))
        configuration.stick.silence = 1
        return configuration
    }

    var broadcasts: Int { heard.values.reduce(0) { $0 + $1.broadcasts } }
    var overflow: Int { consumer.overflow }
    func count(_ kind: TransportNotice.Kind) -> Int { notices.count { $0.kind == kind } }

    /// Takes what comes, for so long.
    func run(seconds: Double) throws {
        _ = pump(seconds) { _ in false }
    }

    /// Takes what comes until the condition holds.
    func wait(for what: String, seconds: Double = 15, _ condition: (Bench) -> Bool) throws {
        guard pump(seconds, condition) else {
            let told = notices.suffix(12).map { "  \($0.kind): \($0.text)" }.joined(separator: "\n")
            throw TrialFailure("waited in vain for \(what); \(frames) frames; told last:\n\(told)")
        }
    }

    private func pump(_ seconds: Double, _ condition: (Bench) -> Bool) -> Bool {
        let end = MonotonicClock.now.advanced(bySeconds: seconds)
        while true {
            drain()
            if condition(self) { return true }
            let rest = end.nanoseconds(since: MonotonicClock.now)
            guard rest > 0 else { return false }
            _ = doorbell.sleep(timeout: .nanoseconds(min(rest, 50_000_000))) { !consumer.isEmpty }
        }
    }

    func drain() {
        while let slot = consumer.pop() {
            switch slot.content {
            case .frame(let frame):
                frames += 1
                take(frame, slot.bytes)
                tap?(frame, slot.bytes)
            case .notice(let notice): notices.append((notice.kind, slot.text, notice.sensor, notice.time.seconds))
            }
        }
    }

    private func take(_ frame: CapturedFrame, _ bytes: Span<UInt8>) {
        guard let packet = try? USBPacket(frame, bytes), packet.transfer == .bulk, packet.isInput, packet.carriesData
        else { return }
        let payload = packet.payload
        let stick = UInt32(packet.bus) << 8 | UInt32(packet.device)
        heard[stick, default: FrameCounter()].take(payload.indices.map { payload[$0] })
    }

    /// Ends the transport and takes what is left.
    func stop() {
        transport.stop()
        drain()
    }
}

/// Open descriptors of this process, by what they are of.
func openDescriptors() -> [String] {
    (0..<1024).compactMap { number in
        guard fcntl(Int32(number), F_GETFD) != -1 else { return nil }
        var buffer = [CChar](repeating: 0, count: 256)
        // SAFETY: fills at most the buffer.
        let count = unsafe readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
