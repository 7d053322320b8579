// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Measurement
internal import SocketProtocol

/// One client, as the server's thread sees it.
struct SocketConnection {
    let descriptor: Int32
    let peer: SocketSystem.Peer?
    /// Whether it is told what happens.
    var watches = false
    private var lines = LineBuffer(limit: SocketLimits.inputLine)
    private var backlog = OutputBacklog()
    /// It sends no more; what it is told it may still read.
    private(set) var isHalfClosed = false
    /// When it is closed whether it has read its last message or not; `nil` while it is served.
    private(set) var deadline: Timestamp?
    /// What the set of descriptors was told to wait for.
    var interest: EventSet.Interest = .reading

    /// Seconds that a client has to read its farewell.
    private static let farewell = 2.0

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        peer = SocketSystem.peer(of: descriptor)
    }

    /// For the log.
    var name: String { peer.map { "process \($0.process) of user \($0.user)" } ?? "a client" }

    /// What it is to be waited for.
    var wantedInterest: EventSet.Interest {
        var wanted: EventSet.Interest = []
        if !isHalfClosed, deadline == nil { wanted.insert(.reading) }
        if !backlog.isEmpty { wanted.insert(.writing) }
        return wanted
    }

    /// Whether nothing more will come of it.
    var isDone: Bool { backlog.isEmpty && (deadline != nil || isHalfClosed && !watches) }

    /// - Returns: `false` when there is no room: the client is too slow.
    mutating func tell(_ line: [UInt8], topic: Int? = nil) -> Bool {
        guard deadline == nil else { return true }
        return backlog.append(line, topic: topic)
    }

    /// Says farewell, in the place of all that waits. Nothing is told after it.
    mutating func end(_ reason: SocketMessage.ByeReason, at time: Timestamp) {
        guard deadline == nil else { return }
        deadline = time.advanced(bySeconds: Self.farewell)
        if reason == .tooSlow { backlog.dropWaiting() }
        _ = backlog.append(SocketMessage.bye(reason).line)
    }

    /// - Throws: when the client has gone.
    mutating func send() throws(ErrorNumber) {
        let descriptor = descriptor
        try backlog.drain { bytes throws(ErrorNumber) in try SocketSystem.send(bytes, to: descriptor) }
    }

    /// Reads once, so that no client keeps the others waiting.
    ///
    /// - Throws: when the client has gone.
    mutating func receive(
        into buffer: inout [UInt8], _ take: (LineBuffer.Event) -> Void
    ) throws(ErrorNumber) {
        guard let count = try SocketSystem.receive(from: descriptor, into: &buffer) else { return }
        guard count > 0 else {
            isHalfClosed = true
            return
        }
        lines.take(buffer.span.extracting(first: count), emit: take)
    }

    /// Bytes of a line that does not end.
    var skipped: Int { lines.skipped }
}
