// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB
internal import Glibc
internal import Synchronization
internal import Transport

/// Set by whoever wants the thread to end, read by the thread.
final class StopRequest: Sendable {
    private let flag = Atomic(false)

    var isMade: Bool { flag.load(ordering: .acquiring) }
    func make() { flag.store(true, ordering: .releasing) }
}

/// The thread that runs a ``USBEventLoop``, from its start to its end.
struct USBThread: Sendable {
    private let thread: pthread_t
    private let context: USBContext
    private let stop: StopRequest

    /// - Throws: when the system gives no thread.
    init(_ loop: USBEventLoop) throws(TransportError) {
        context = loop.context
        stop = loop.stopRequest
        let retained = unsafe Unmanaged.passRetained(loop)
        var thread = pthread_t()
        // SAFETY: the thread takes over the reference that was made for it, and nobody else keeps one.
        let status = unsafe pthread_create(&thread, nil, runUSBEventLoop, retained.toOpaque())
        guard status == 0 else {
            unsafe retained.release()
            throw TransportError("usb: no thread can be started (error \(status))")
        }
        self.thread = thread
    }

    /// Returns when the thread has ended. Called once.
    func end() {
        stop.make()
        // SAFETY: libusb lets any thread interrupt a context that lives.
        unsafe libusb_interrupt_event_handler(context.pointer)
        pthread_join(thread, nil)
    }
}

/// The thread's first function. Not a closure: one written in an actor's context would trap on this thread.
private func runUSBEventLoop(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    // SAFETY: the argument is the reference that `USBThread` retained for this thread.
    let loop = unsafe Unmanaged<USBEventLoop>.fromOpaque(argument).takeRetainedValue()
    // Signals are the main thread's business: it waits for them.
    var all = sigset_t()
    // SAFETY: both calls read or fill the set during the call.
    unsafe sigfillset(&all)
    _ = unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
    loop.run()
    return nil
}
