// SPDX-License-Identifier: GPL-3.0-or-later
package import FileIO
internal import Glibc

/// A thread that runs one function to its end.
///
/// The signals that ask the process to end are blocked in it, so that the one thread that waits for them gets them.
package struct WorkerThread: ~Copyable {
    private final class Body {
        private let name: String
        private let body: () -> Void

        init(_ name: String, _ body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }

        func run() {
            // pthread_setname_np is a GNU extension that the Glibc module leaves out. Nameless it works as well.
            if let file = try? FileDescriptor.open("/proc/thread-self/comm", for: .writing) {
                _ = try? file.writeSome(Array(name.utf8.prefix(15)).span)
                try? file.close()
            }
            body()
        }
    }

    private let handle: pthread_t

    /// - Parameters:
    ///   - name: for people who look at the process; Linux keeps 15 bytes.
    ///   - body: given to the thread with all that it holds.
    /// - Throws: EAGAIN when there is no room for another thread.
    package init(name: String, _ body: sending @escaping () -> Void) throws(ErrorNumber) {
        let blocked = StopSignal.blocked()
        defer { StopSignal.restore(blocked) }
        var handle = pthread_t()
        // SAFETY: released by the thread, or below when there is none.
        let box = unsafe Unmanaged.passRetained(Body(name, body))
        // SAFETY: the thread takes over the box's one reference; pthread_create keeps no other pointer.
        let status = unsafe pthread_create(
            &handle, nil,
            { argument in
                if let argument = unsafe argument {
                    // SAFETY: this is the pointer made below, and taken back once.
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            throw ErrorNumber(status)
        }
        self.handle = handle
    }

    /// Returns when the function has returned. A thread that nobody joins goes on by itself, and ends with the process at the latest.
    package consuming func join() {
        // A thread that nobody has joined: this value cannot be copied and is used up here.
        _ = pthread_join(handle, nil)
        discard self
    }

    deinit {
        // Or its stack would be kept, for somebody to join it, after its end.
        _ = pthread_detach(handle)
    }
}
