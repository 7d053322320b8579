// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture
import FileIO
package import Measurement
import ProcessIO
import RingBuffer
package import Simulation
import Synchronization
package import Transport

/// A simulated session as a transport: frames come when they are due, as the radios' would.
///
/// The first frame's time is that of the start; the source ends with the session.
package final class SimulatedTransport: Transport {
    package let name = "simulation"

    private let configuration: SimulatedSession.Configuration
    private let device: UInt8
    /// On the frames' clock.
    private let now: @Sendable () -> Timestamp
    /// True time until the frames' clock shows that.
    private let wait: @Sendable (Timestamp) -> Duration
    private let isStopping = Atomic<Bool>(false)
    private let doorbell: Doorbell
    private let thread = WorkerThreadSlot()

    /// - Parameters:
    ///   - device: the stick's number on its bus, for several simulations side by side.
    ///   - now: what frames are stamped with.
    ///   - wait: true time until that clock shows the time.
    package init(
        _ configuration: SimulatedSession.Configuration, device: UInt8 = SimulatedFrame.usbDevice,
        now: @escaping @Sendable () -> Timestamp,
        wait: @escaping @Sendable (Timestamp) -> Duration
    ) throws(TransportError) {
        self.configuration = configuration
        self.device = device
        self.now = now
        self.wait = wait
        do throws(DoorbellError) {
            doorbell = try Doorbell()
        } catch {
            throw TransportError("no file descriptor is left")
        }
    }

    package func start(_ sink: consuming FrameSink) throws(TransportError) {
        // A class only so that the thread's function can take it.
        let sender = Box(Sender(sink, device: device))
        do throws(ErrorNumber) {
            thread.keep(try WorkerThread(name: "simulation") { [self] in run(sender) })
        } catch {
            throw TransportError("no thread: \(error.text)")
        }
    }

    package func stop() {
        isStopping.store(true, ordering: .releasing)
        doorbell.ring()
        thread.join()
    }

    private final class Box {
        var sender: Sender
        init(_ sender: consuming Sender) { self.sender = sender }
    }

    private func run(_ box: Box) {
        var configuration = configuration
        configuration.startTime = now()
        var session = SimulatedSession(configuration)
        // Each step makes 50 ms, frame by frame in order of time.
        while !isStopping.load(ordering: .acquiring), session.step({ frame, bytes in send(frame, bytes, &box.sender) })
        {}
    }

    private func send(_ frame: SimulatedFrame, _ bytes: Span<UInt8>, _ sender: inout Sender) {
        while !isStopping.load(ordering: .acquiring) {
            let left = wait(frame.time)
            guard left > .zero else { break }
            _ = doorbell.sleep(timeout: left) { isStopping.load(ordering: .acquiring) }
        }
        sender.send(frame, bytes)
    }
}

/// Turns simulated frames into what the radios' transports hand over.
struct Sender: ~Copyable {
    private var sink: FrameSink
    private var bytes: [UInt8] = []
    private var transfers: UInt64 = 0

    private let device: UInt8

    init(_ sink: consuming FrameSink, device: UInt8) {
        self.sink = sink
        self.device = device
        bytes.reserveCapacity(FrameSlot.byteLimit)
    }

    mutating func send(_ frame: SimulatedFrame, _ data: Span<UInt8>) {
        // Out of `self`, which the sink's change needs for itself.
        var bytes: [UInt8] = []
        swap(&bytes, &self.bytes)
        defer { swap(&bytes, &self.bytes) }
        bytes.removeAll(keepingCapacity: true)
        let link = frame.encode(data, transfer: transfers, device: device, into: &bytes)
        transfers &+= 1
        sink.frame(
            CapturedFrame(
                time: frame.time, link: link, interface: 0, originalLength: UInt32(clamping: bytes.count)), bytes.span)
    }
}

extension SimulatedFrame {
    /// Appends the frame's bytes as usbmon or the HCI monitor would show them.
    ///
    /// - Parameter transfer: a number of its own.
    package func encode(
        _ data: Span<UInt8>, transfer: UInt64, device: UInt8 = usbDevice, into bytes: inout [UInt8]
    ) -> LinkType {
        switch link {
        case .usb(let fromStick):
            USBPacket.encode(
                time: time, direction: fromStick ? .received : .sent, bus: Self.usbBus, device: device,
                endpoint: 1, identifier: transfer, data: data, into: &bytes)
            return .usbLinuxMmapped
        case .bluetooth(let type, let fromController):
            // H4 puts the packet's type in front, so the parts are joined here, without an array for them.
            HCIPacket.encode(
                direction: fromController ? .received : .sent, packet: data.extracting(first: 0), into: &bytes)
            bytes.append(type)
            for index in data.indices { bytes.append(data[index]) }
            return .bluetoothHCIH4WithDirection
        }
    }
}
