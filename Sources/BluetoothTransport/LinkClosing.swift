// SPDX-License-Identifier: GPL-3.0-or-later
internal import CLinux
internal import Glibc

/// Closes the sockets of links so that this thread survives it.
enum LinkClosing {
    /// More than the thread uses, and than `PTHREAD_STACK_MIN`.
    private static let stackSize = 65_536

    /// - Parameter kernel: where it has the defect that ``KernelRelease`` tells of, a thread of its own closes. If that is ended by the
    ///   kernel's oops, nothing else is: no lock is held there, and the descriptor is free already.
    static func close(_ descriptor: Int32, on kernel: KernelRelease = .running) {
        guard kernel.mayDieOfClosing, closeElsewhere(descriptor) else {
            _ = Glibc.close(descriptor)
            return
        }
    }

    /// - Returns: `false` where there is no thread to be had; then the socket is still open.
    private static func closeElsewhere(_ descriptor: Int32) -> Bool {
        var attributes = pthread_attr_t()
        // SAFETY: filled by pthread_attr_init, read during the calls, and destroyed once.
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackSize)
        var thread = pthread_t()
        // SAFETY: what is handed over is a number in a pointer's clothes, which nobody reads as an address.
        let number = unsafe UnsafeMutableRawPointer(bitPattern: UInt(UInt32(bitPattern: descriptor)) + 1)
        let status = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                _ = Glibc.close(Int32(truncatingIfNeeded: UInt(bitPattern: argument)) - 1)
                return nil
            }, number)
        guard status == 0 else { return false }
        // The kernel says that a thread is over also when it has ended it itself.
        pthread_join(thread, nil)
        return true
    }
}
