// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB

/// One bulk transfer with its buffer, used again and again.
///
/// ```
/// idle ──submit──► pending ──callback──► idle
///                     └─abandon─► abandoned ──callback──► idle
/// ```
///
/// Only an idle one may be freed: while it is pending, the kernel and libusb write to it. While it is, libusb's side holds a reference
/// to this object, so that it cannot go.
@safe
final class USBTransfer {
    enum Life {
        case idle
        case pending
        /// It was asked to come back; its callback is still to come.
        case abandoned
    }

    enum Outcome {
        case completed
        case timedOut
        case cancelled
        case stalled
        case gone
        case overflowed
        case failed
    }

    private let transfer: UnsafeMutablePointer<libusb_transfer>
    private let buffer: UnsafeMutablePointer<UInt8>
    let capacity: Int
    private(set) var life = Life.idle
    /// Told what became of it. Called on the event thread.
    private let done: (USBTransfer, Outcome) -> Void

    /// - Parameters:
    ///   - endpoint: its address, with the direction's bit.
    ///   - capacity: bytes.
    ///   - timeout: milliseconds; 0 waits for ever.
    /// - Returns: `nil` when there is no memory.
    init?(
        handle: OpaquePointer, endpoint: UInt8, capacity: Int, timeout: UInt32,
        done: @escaping (USBTransfer, Outcome) -> Void
    ) {
        // SAFETY: both are ours and freed in `deinit`, which cannot come while the transfer is pending.
        guard let transfer = unsafe libusb_alloc_transfer(0) else { return nil }
        unsafe self.transfer = unsafe transfer
        unsafe buffer = UnsafeMutablePointer.allocate(capacity: capacity)
        unsafe buffer.initialize(repeating: 0, count: capacity)
        self.capacity = capacity
        self.done = done
        unsafe libusb_fill_bulk_transfer(
            transfer, handle, endpoint, buffer, Int32(capacity), usbTransferCameBack, nil, timeout)
    }

    deinit {
        unsafe libusb_free_transfer(transfer)
        unsafe buffer.deallocate()
    }

    /// Hands the transfer over, for as many bytes as it holds.
    func submit() throws(USBError) { try submit(length: capacity) }

    /// - Parameter bytes: at most ``capacity``.
    func submit(_ bytes: [UInt8]) throws(USBError) {
        precondition(life == .idle && bytes.count <= capacity, "a transfer of \(bytes.count) bytes while \(life)")
        // SAFETY: the buffer holds `capacity` bytes and nobody else uses it while the transfer is idle.
        for (index, byte) in bytes.enumerated() { unsafe buffer[index] = byte }
        try submit(length: bytes.count)
    }

    private func submit(length: Int) throws(USBError) {
        precondition(life == .idle, "submitted while \(life)")
        let reference = unsafe Unmanaged.passRetained(self)
        // SAFETY: idle, so the structure is ours. The callback takes the reference over; when there will be none, it is released.
        unsafe transfer.pointee.user_data = unsafe reference.toOpaque()
        unsafe transfer.pointee.length = Int32(length)
        life = .pending
        do throws(USBError) {
            try USBError.check(unsafe libusb_submit_transfer(transfer))
        } catch {
            life = .idle
            unsafe reference.release()
            throw error
        }
    }

    /// Asks it back. It comes by its callback, cancelled or, when it was on its way already, otherwise.
    func abandon() {
        guard life == .pending else { return }
        life = .abandoned
        // SAFETY: pending, so libusb knows the transfer. Its errors say that it is coming back anyway.
        _ = unsafe libusb_cancel_transfer(transfer)
    }

    /// The bytes that came; only within `done`.
    var received: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // SAFETY: the callback runs, so nobody writes; libusb never reports more than the length it was given, and the buffer
            // lives as long as this object.
            let count = unsafe min(max(0, Int(transfer.pointee.actual_length)), capacity)
            let bytes = unsafe UnsafeBufferPointer(start: buffer, count: count)
            return unsafe _overrideLifetime(bytes.span, borrowing: self)
        }
    }

    fileprivate func cameBack() {
        life = .idle
        // SAFETY: the callback runs, so the structure is ours.
        let outcome: Outcome =
            switch unsafe transfer.pointee.status {
            case LIBUSB_TRANSFER_COMPLETED: .completed
            case LIBUSB_TRANSFER_TIMED_OUT: .timedOut
            case LIBUSB_TRANSFER_CANCELLED: .cancelled
            case LIBUSB_TRANSFER_STALL: .stalled
            case LIBUSB_TRANSFER_NO_DEVICE: .gone
            case LIBUSB_TRANSFER_OVERFLOW: .overflowed
            default: .failed
            }
        done(self, outcome)
    }
}

/// libusb's callback. Not a closure: one written in an actor's context would trap on the event thread.
private func usbTransferCameBack(_ transfer: UnsafeMutablePointer<libusb_transfer>?) {
    guard let user = unsafe transfer?.pointee.user_data else { return }
    // SAFETY: `submit` retained the object for this one call.
    unsafe Unmanaged<USBTransfer>.fromOpaque(user).takeRetainedValue().cameBack()
}
