// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
package import LiveCapture
package import Measurement
package import ProcessIO
internal import Synchronization

/// Tells other programs on this machine what happens, and takes commands from them, on a thread of its own. The engine never waits for it, nor
/// it for any client.
package final class SocketServer: Sendable {
    /// Commands that somebody else carries out. They are called on the server's thread, which serves nobody meanwhile. One that is `nil` is
    /// answered with an error.
    package struct Handlers: Sendable {
        /// Returns why it was not done, if it was not.
        package typealias Binding = @Sendable (_ athlete: String, SensorID) -> CommandFailure?

        /// Returns why it was not done, if it was not. What comes of it later is told by the engine's events.
        package var reload: (@Sendable () -> CommandFailure?)?
        package var bind: Binding?
        package var unbind: Binding?

        package init() {}
    }

    package struct Configuration: Sendable {
        /// With its version, for the greeting.
        package var program: String
        package var place: Place
        /// Those that the engine was started with.
        package var members: [LivePipeline.Member]
        package var handlers = Handlers()
        /// Takes a line about a client that did something worth noting.
        package var log: @Sendable (String) -> Void = { _ in }

        package init(program: String, place: Place, members: [LivePipeline.Member]) {
            self.program = program
            self.place = place
            self.members = members
        }
    }

    /// What to listen on.
    package enum Place: Sendable {
        /// A socket of our own. Who may write to its file may connect.
        case path(String, mode: UInt32 = 0o660, group: String? = nil)
        /// A listening socket that was handed over, and stays somebody else's.
        case descriptor(Int32)
    }

    private let watch: WatchQueue
    private let isStopping = Atomic<Bool>(false)
    private let thread = WorkerThreadSlot()

    /// Listens and starts the thread. It ends by itself with the engine.
    ///
    /// - Parameter engine: made with `isWatched`.
    package init(_ configuration: Configuration, _ engine: LiveEngine) throws(LocalSocketError) {
        guard let watch = engine.watch else { preconditionFailure("The engine was made without a watch queue") }
        self.watch = watch
        // A class only so that the thread's function can take it.
        let box = Box(try SocketLoop(configuration, engine, watch))
        do throws(ErrorNumber) {
            thread.keep(
                try WorkerThread(name: "socket") { [self] in
                    guard var loop = box.loop.take() else { return }
                    loop.run { isStopping.load(ordering: .acquiring) }
                })
        } catch {
            throw .system(doing: "make a thread", error)
        }
    }

    private final class Box {
        var loop: SocketLoop?
        init(_ loop: consuming SocketLoop) { self.loop = consume loop }
    }

    /// Says farewell to the clients and returns when the socket is closed. May be called twice.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        watch.wake()
        join()
    }

    /// Returns when the engine has ended and its last events are told.
    package func join() { thread.join() }
}
