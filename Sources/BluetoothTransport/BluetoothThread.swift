// SPDX-License-Identifier: GPL-3.0-or-later
internal import CLinux
internal import FileIO
internal import Glibc
internal import Transport

/// The thread that a ``BluetoothLoop`` runs on.
struct BluetoothThread: Sendable {
    private let thread: pthread_t

    init(
        _ configuration: BluetoothTransport.Configuration, _ mailbox: Mailbox, _ sink: consuming FrameSink
    ) throws(ErrorNumber) {
        let loop = try unsafe Self.newLoop(configuration, mailbox, sink)
        var thread = pthread_t()
        // SAFETY: the loop is given to the new thread, which takes it over and is the only one to touch it.
        let status = unsafe pthread_create(&thread, nil, { unsafe Self.run($0) }, loop)
        guard status == 0 else {
            // SAFETY: no thread has taken it over.
            unsafe Unmanaged<BluetoothLoop>.fromOpaque(loop).release()
            throw ErrorNumber(status)
        }
        self.thread = thread
    }

    /// - Returns: a loop that somebody has to take over.
    private static func newLoop(
        _ configuration: BluetoothTransport.Configuration, _ mailbox: Mailbox, _ sink: consuming FrameSink
    ) throws(ErrorNumber) -> UnsafeMutableRawPointer {
        let loop = try BluetoothLoop(configuration, mailbox, sink)
        return unsafe Unmanaged.passRetained(loop).toOpaque()
    }

    private static func run(_ loop: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        // Signals are for the main thread.
        var all = sigset_t()
        // SAFETY: these fill or read the set that they are given and keep no pointer.
        _ = unsafe sigfillset(&all)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
        // SAFETY: the name is copied by the kernel.
        _ = unsafe clinux_name_thread("bluetooth")
        if let loop = unsafe loop {
            // SAFETY: what `newLoop` retained; this thread's alone from here on.
            unsafe Unmanaged<BluetoothLoop>.fromOpaque(loop).takeRetainedValue().run()
        }
        return nil
    }

    /// Waits for the thread's end. Called once.
    func join() {
        _ = pthread_join(thread, nil)
    }
}
