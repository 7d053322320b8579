// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import ANTSession
internal import CUSB
internal import Capture
internal import Measurement
internal import Transport

/// A stick that is open: its transfers and its session. Lives on the event thread, and until the last transfer is back.
@safe
final class OpenStick {
    /// Why a stick could not be opened.
    enum Obstacle: Error {
        case noPermission
        /// Another process, or the kernel, has it.
        case busy
        /// No interface with a bulk endpoint each way.
        case noPipes
        case gone
        case other(USBError)
    }

    /// In flight at once, so that the stick never waits for this thread: at 2900 messages/s about 3 ms' worth.
    private static let inputs = 8
    private static let inputErrorLimit = 8
    /// Milliseconds: a stick that takes no bytes for so long is in trouble.
    private static let outputTimeout: UInt32 = 1000

    private let handle: OpaquePointer
    let pipes: StickPipes
    private(set) var session: StickSession
    private var inputs: [USBTransfer] = []
    private var output: USBTransfer?
    private var outgoing: [[UInt8]] = []

    /// Told so by the bus.
    private(set) var isGone = false
    private var isClosing = false
    private var inputStalled = false
    private var outputStalled = false
    /// In a row, without a byte between.
    private var errors = 0
    private var resubmitAt: Timestamp?

    // The loop owns the stick and outlives it.
    private unowned let loop: USBEventLoop
    private unowned let plugged: PluggedStick

    init(_ plugged: PluggedStick, _ configuration: StickConfiguration, _ loop: USBEventLoop) throws(Obstacle) {
        var handle: OpaquePointer?
        do throws(USBError) {
            // SAFETY: the device is referred to; the handle is ours until `close`.
            try USBError.check(unsafe libusb_open(plugged.device.pointer, &handle))
        } catch {
            throw Self.obstacle(error)
        }
        guard let handle = unsafe handle else { throw .gone }
        do throws(Obstacle) {
            pipes = try unsafe Self.claim(handle, plugged.device)
        } catch {
            unsafe libusb_close(handle)
            throw error
        }
        unsafe self.handle = handle
        session = StickSession(configuration)
        self.loop = loop
        self.plugged = plugged
    }

    private static func obstacle(_ error: USBError) -> Obstacle {
        switch error {
        case .access: .noPermission
        case .busy: .busy
        case .noDevice, .notFound: .gone
        default: .other(error)
        }
    }

    private static func claim(_ handle: OpaquePointer, _ device: USBDevice) throws(Obstacle) -> StickPipes {
        let pipes: StickPipes?
        do throws(USBError) {
            pipes = try StickPipes(of: device)
            if let pipes {
                // The kernel's usb_serial_simple takes an ANTUSB2; it gets the stick back at the end. Where this cannot be had,
                // the claim says so.
                // SAFETY, of both: the handle is open.
                _ = unsafe libusb_set_auto_detach_kernel_driver(handle, 1)
                try USBError.check(unsafe libusb_claim_interface(handle, pipes.interface))
            }
        } catch {
            // A device without a configuration has none that is active.
            throw error == .notFound ? .noPipes : obstacle(error)
        }
        guard let pipes else { throw .noPipes }
        return pipes
    }

    // MARK: Life

    func start(at time: Timestamp) {
        for _ in 0..<Self.inputs {
            let transfer = unsafe USBTransfer(
                handle: handle, endpoint: pipes.input, capacity: pipes.packetSize, timeout: 0
            ) { [unowned self] transfer, outcome in inputCameBack(transfer, outcome) }
            if let transfer { inputs.append(transfer) }
        }
        output = unsafe USBTransfer(
            handle: handle, endpoint: pipes.output, capacity: 64, timeout: Self.outputTimeout
        ) { [unowned self] _, outcome in outputCameBack(outcome) }
        resubmit(at: time)
        drive(at: time) { session, emit in session.start(at: time, emit: emit) }
    }

    /// Asks all transfers back; from now on none is handed over.
    func abandon() {
        isClosing = true
        outgoing.removeAll()
        for transfer in inputs { transfer.abandon() }
        output?.abandon()
    }

    /// Whether no transfer is out: then it may be closed.
    var isQuiet: Bool { inputs.allSatisfy { $0.life == .idle } && hasSentAll }

    /// Whether nothing is on its way to the stick.
    var hasSentAll: Bool { outgoing.isEmpty && output?.life ?? .idle == .idle }

    /// Only when it ``isQuiet``.
    func close() {
        precondition(isQuiet, "closed with a transfer under way")
        // SAFETY: no transfer is out, so libusb has no use for the handle; it is not used again. Releasing gives the kernel's
        // driver its device back; of a stick that is gone it fails, which changes nothing.
        _ = unsafe libusb_release_interface(handle, pipes.interface)
        unsafe libusb_close(handle)
    }

    /// The session's last word.
    func stopSession(at time: Timestamp) {
        drive(at: time) { session, emit in session.stop(emit: emit) }
    }

    // MARK: Time

    var deadline: Timestamp? {
        if inputStalled || outputStalled || isGone { return .zero }
        guard let session = session.deadline else { return resubmitAt }
        return resubmitAt.map { min($0, session) } ?? session
    }

    /// Does what is due, outside of libusb's callbacks: clearing a halt waits for the device.
    ///
    /// - Returns: `false` when nothing helps but to close it and open it again.
    func attend(at time: Timestamp) -> Bool {
        if inputStalled || outputStalled {
            // SAFETY: the handle is open.
            if inputStalled { note(unsafe libusb_clear_halt(handle, pipes.input)) }
            if outputStalled { note(unsafe libusb_clear_halt(handle, pipes.output)) }
            inputStalled = false
            outputStalled = false
            guard !isGone else { return true }
            resubmit(at: time)
            drive(at: time) { session, emit in session.endpointWasCleared(at: time, emit: emit) }
        }
        if let due = resubmitAt, time >= due {
            resubmitAt = nil
            resubmit(at: time)
        }
        guard errors < Self.inputErrorLimit else { return false }
        if let due = session.deadline, time >= due {
            drive(at: time) { session, emit in session.tick(at: time, emit: emit) }
        }
        return true
    }

    private func note(_ result: Int32) {
        do throws(USBError) {
            try USBError.check(result)
        } catch {
            if error == .noDevice { isGone = true } else { errors += 1 }
        }
    }

    // MARK: From the stick

    private func inputCameBack(_ transfer: USBTransfer, _ outcome: USBTransfer.Outcome) {
        let time = loop.now
        // One that is asked back or fails can bring bytes all the same.
        let bytes = transfer.received
        if !bytes.isEmpty {
            errors = 0
            loop.capture(bytes, .received, plugged, endpoint: pipes.input, at: time)
            drive(at: time) { session, emit in session.receive(bytes, at: time, emit: emit) }
        }
        switch outcome {
        case .completed, .timedOut: submit(transfer, at: time)
        case .stalled:
            if !inputStalled { errors += 1 }
            inputStalled = true
        case .gone: isGone = true
        case .cancelled: break
        case .overflowed, .failed: failed(at: time)
        }
    }

    /// An error on the bus. Often it is the first sign of an unplug, so that trying again at once would only make more of them.
    private func failed(at time: Timestamp) {
        // All that are in flight fail together: once.
        guard resubmitAt == nil else { return }
        errors += 1
        let rest = 0.005 * Double(1 << min(errors, 6))
        resubmitAt = time.advanced(bySeconds: rest)
    }

    private func resubmit(at time: Timestamp) {
        for transfer in inputs where transfer.life == .idle { submit(transfer, at: time) }
    }

    private func submit(_ transfer: USBTransfer, at time: Timestamp) {
        guard !isGone, !isClosing, !inputStalled, transfer.life == .idle else { return }
        do throws(USBError) {
            try transfer.submit()
        } catch {
            // A submission can lose its race with the unplug: then this is where it is told.
            if error == .noDevice { isGone = true } else { failed(at: time) }
        }
    }

    // MARK: To the stick

    private func send(_ bytes: [UInt8], at time: Timestamp) {
        guard !isClosing else { return }
        outgoing.append(bytes)
        pump(at: time)
    }

    private func pump(at time: Timestamp) {
        guard !isGone, !isClosing, !outputStalled, let output, output.life == .idle, !outgoing.isEmpty else { return }
        let bytes = outgoing.removeFirst()
        do throws(USBError) {
            try output.submit(bytes)
            loop.capture(bytes.span, .sent, plugged, endpoint: pipes.output, at: time)
        } catch {
            // What is lost here is asked again by the session.
            if error == .noDevice { isGone = true } else { errors += 1 }
        }
    }

    private func outputCameBack(_ outcome: USBTransfer.Outcome) {
        switch outcome {
        case .completed, .timedOut, .cancelled, .overflowed, .failed: pump(at: loop.now)
        case .stalled:
            errors += 1
            outputStalled = true
        case .gone: isGone = true
        }
    }

    // MARK: The session

    private func drive(at time: Timestamp, _ body: (inout StickSession, (StickAction) -> Void) -> Void) {
        // What asks more of the session than it can give while it runs waits until it has.
        var later: [StickAction] = []
        body(&session) { action in
            if case .heard(let message, let id) = action {
                loop.hear(message, from: id, plugged, at: time)
            } else {
                later.append(action)
            }
        }
        for action in later { perform(action, at: time) }
    }

    private func perform(_ action: StickAction, at time: Timestamp) {
        switch action {
        case .send(let message):
            var bytes: [UInt8] = []
            message.appendCommandFrame(to: &bytes)
            send(bytes, at: time)
        case .flush(let count): send([UInt8](repeating: 0, count: count), at: time)
        case .heard: break
        case .ready:
            plugged.failures = 0
            plugged.toldTrouble = nil
            loop.tell(.deviceReady, "\(plugged.name) \(readiness)", plugged, at: time)
        case .unusable(let problem):
            loop.tell(.deviceUnusable, "\(plugged.name) \(problem)", plugged, at: time)
        case .remark(let remark): loop.tell(.remark, "\(plugged.name) \(remark)", plugged, at: time)
        }
    }

    private var readiness: String {
        let firmware = session.version.map { ", firmware \($0)," } ?? ""
        if session.isScanning { return "receives\(firmware) every sensor in range" }
        return "receives\(firmware) on \(session.channels.count) channel\(session.channels.count == 1 ? "" : "s")"
    }
}
