// SPDX-License-Identifier: GPL-3.0-or-later
package import FileIO
package import SocketProtocol

/// The other end of the daemon's socket: sends commands, reads messages. For one thread.
package final class LocalSocketClient {
    package enum Event: Equatable, Sendable {
        case message(SocketMessage)
        /// The time is over, or a signal came.
        case timedOut
        /// The daemon has closed the connection.
        case closed
    }

    /// Readable when ``next(timeout:)`` may have something, for a poll of one's own; not when what it has was read already.
    package let fileDescriptor: Int32
    private var lines = LineBuffer(limit: SocketLimits.outputLine)
    private var messages: [SocketMessage] = []
    private var position = 0
    private var isClosed = false
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    /// Lines that are no message.
    package private(set) var faults = 0

    /// - Throws: ENOENT when there is no socket, ECONNREFUSED when nobody listens, EACCES without the right to its file.
    package init(path: String) throws(ErrorNumber) {
        fileDescriptor = try SocketSystem.connect(path)
    }

    deinit { SocketSystem.close(fileDescriptor) }

    /// - Throws: EPIPE or ECONNRESET when the daemon has closed the connection.
    package func send(_ command: SocketCommand) throws(ErrorNumber) {
        let line = command.line
        var rest = line.span
        while !rest.isEmpty {
            rest = rest.extracting(droppingFirst: try SocketSystem.send(rest, to: fileDescriptor, waits: true))
        }
    }

    /// - Parameter timeout: `nil` waits for as long as it takes, zero does not wait.
    package func next(timeout: Duration? = nil) throws(ErrorNumber) -> Event {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        while true {
            if position < messages.count {
                position += 1
                return .message(messages[position - 1])
            }
            messages.removeAll(keepingCapacity: true)
            position = 0
            if isClosed { return .closed }
            let left = deadline.map { Self.milliseconds($0 - .now) } ?? -1
            guard SocketSystem.waitToRead(fileDescriptor, milliseconds: left) else { return .timedOut }
            try read()
        }
    }

    private func read() throws(ErrorNumber) {
        let count: Int?
        do throws(ErrorNumber) {
            count = try SocketSystem.receive(from: fileDescriptor, into: &buffer)
        } catch {
            // A daemon that closes with something unread resets the connection.
            guard error == .connectionReset else { throw error }
            isClosed = true
            return
        }
        guard let count else { return }
        isClosed = count == 0
        // A second name for it: the property must not be borrowed while others change.
        let bytes = buffer
        lines.take(bytes.span.extracting(first: count)) { take($0) }
    }

    private func take(_ event: LineBuffer.Event) {
        guard case .line(let line) = event else { return faults += 1 }
        do throws(SocketFault) {
            // What a later daemon says and this client does not know is no fault.
            if let message = try SocketMessage.read(line.span) { messages.append(message) }
        } catch {
            faults += 1
        }
    }

    /// Rounded up; 0 for what is over.
    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds) * 1000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
