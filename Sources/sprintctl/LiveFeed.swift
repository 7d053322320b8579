// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import LiveView
internal import LocalSocket
internal import Measurement
internal import ProcessIO
internal import SocketProtocol

/// The connection behind the live view: kept, made again when the daemon comes back, and folded into a state. Never waits.
final class LiveFeed {
    /// Seconds between two attempts to connect.
    private static let retryInterval = 1.0
    /// Seconds between two questions for what nobody tells unasked.
    private static let questionInterval = 2.0

    private let paths: [String]
    private var client: LocalSocketClient?
    private var nextAttempt: Timestamp?
    private var nextQuestion: Timestamp?
    private(set) var state = LiveState()
    /// Whether the daemon has told the whole picture since the connection was made.
    private(set) var hasPicture = false
    /// Whether something came that may have changed what only the whole picture tells: the disk, the radios, a session's plan.
    private var isPictureOld = false

    init(paths: [String]) { self.paths = paths }

    /// To be waited for, with the number of the connection: a new one may have the old one's descriptor.
    var waitingFor: (descriptor: Int32, connection: Int)? { client.map { ($0.fileDescriptor, connections) } }
    private var connections = 0

    /// Takes all that has come, and tries to connect when that is due.
    ///
    /// - Throws: what no waiting will mend: `.noPermission`, and a daemon of another protocol.
    func update() throws(CommandFailure) -> [LiveChange] {
        let now = MonotonicClock.now
        if client == nil, nextAttempt.map({ now >= $0 }) ?? true { try connect(now) }
        var changes: [LiveChange] = []
        while let client {
            let event: LocalSocketClient.Event
            do throws(ErrorNumber) {
                event = try client.next(timeout: .zero)
            } catch {
                event = .closed
            }
            switch event {
            case .message(let message):
                if case .version(let program, let name) = message,
                    let mismatch = DaemonOptions.mismatch(name, program: program)
                {
                    throw CommandFailure(.unavailable, mismatch)
                }
                switch message {
                case .status: hasPicture = true
                case .session, .notice, .trouble, .configuration: isPictureOld = true
                case .version, .sensors, .phase, .sprint, .now, .done, .error, .bye: break
                }
                if let change = state.fold(message, at: now.seconds) { changes.append(change) }
            case .timedOut:
                ask(now)
                return changes
            case .closed: lose(now)
            }
        }
        return changes
    }

    /// - Returns: whether there is a daemon that may get it.
    func send(_ command: SocketCommand) -> Bool {
        guard let client else { return false }
        return (try? client.send(command)) != nil
    }

    private func connect(_ now: Timestamp) throws(CommandFailure) {
        nextAttempt = now.advanced(bySeconds: Self.retryInterval)
        do throws(DaemonOptions.Obstacle) {
            client = try DaemonOptions.connect(paths)
        } catch {
            if case .refused = error { throw error.failure }
            return state.lose(error.brief, at: now.seconds)
        }
        connections += 1
        hasPicture = false
        nextQuestion = now.advanced(bySeconds: Self.questionInterval)
        if !send(.watch) { lose(now) }
    }

    private func ask(_ now: Timestamp) {
        guard let nextQuestion, now >= nextQuestion else { return }
        self.nextQuestion = now.advanced(bySeconds: Self.questionInterval)
        // The sensors are a part of the picture.
        let question: SocketCommand = isPictureOld ? .status : .sensors
        isPictureOld = false
        if !send(question) { lose(now) }
    }

    private func lose(_ now: Timestamp) {
        client = nil
        hasPicture = false
        nextAttempt = now.advanced(bySeconds: Self.retryInterval)
        state.lose("the daemon has closed the connection", at: now.seconds)
    }
}
