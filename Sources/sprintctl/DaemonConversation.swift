// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import LocalSocket
internal import ProcessIO
internal import SocketProtocol

/// One question to the daemon, and its answer.
struct DaemonConversation {
    /// How long the daemon has for each message. A session's end may have to wait for a disk.
    private static let patience = Duration.seconds(10)

    private let client: LocalSocketClient

    /// - Throws: `.unavailable` when there is no daemon, or one of another version; `.noPermission`.
    init(_ options: DaemonOptions) throws(CommandFailure) {
        do throws(DaemonOptions.Obstacle) {
            client = try DaemonOptions.connect(options.paths)
        } catch {
            throw error.failure
        }
        guard case .version(let program, let name) = try message() else {
            throw CommandFailure(.badData, "what listens there is no sprintd")
        }
        if let mismatch = DaemonOptions.mismatch(name, program: program) {
            throw CommandFailure(.unavailable, mismatch)
        }
    }

    private func message() throws(CommandFailure) -> SocketMessage {
        let event: LocalSocketClient.Event
        do throws(ErrorNumber) {
            event = try client.next(timeout: Self.patience)
        } catch {
            throw CommandFailure(.inputOutput, "cannot talk to sprintd: \(error.text)")
        }
        switch event {
        case .message(.bye(let reason)):
            throw CommandFailure(.unavailable, "sprintd closed the connection: \(reason.rawValue)")
        case .message(let message): return message
        case .timedOut: throw CommandFailure(.unavailable, "sprintd does not answer")
        case .closed: throw CommandFailure(.unavailable, "sprintd closed the connection")
        }
    }

    private func send(_ command: SocketCommand) throws(CommandFailure) {
        do throws(ErrorNumber) {
            try client.send(command)
        } catch {
            throw CommandFailure(.inputOutput, "cannot talk to sprintd: \(error.text)")
        }
    }

    /// Has a command carried out.
    ///
    /// - Throws: `.unavailable` with the daemon's reason when it was not.
    func carryOut(_ command: SocketCommand) throws(CommandFailure) {
        try send(command)
        while true {
            switch try message() {
            case .done(command.name): return
            case .error(_, let reason): throw CommandFailure(.unavailable, reason)
            case .version, .status, .sensors, .session, .phase, .sprint, .now, .notice, .trouble, .configuration, .done,
                .bye:
                continue
            }
        }
    }

    func status() throws(CommandFailure) -> StatusMessage {
        try send(.status)
        while true {
            switch try message() {
            case .status(let status): return status
            case .error(_, let reason): throw CommandFailure(.unavailable, reason)
            case .version, .sensors, .session, .phase, .sprint, .now, .notice, .trouble, .configuration, .done, .bye:
                continue
            }
        }
    }
}
