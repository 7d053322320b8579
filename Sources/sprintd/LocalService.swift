// SPDX-License-Identifier: GPL-3.0-or-later
internal import LiveCapture
internal import LocalSocket
internal import ProcessIO
internal import ServiceIO

/// The local socket of a live session.
enum LocalService {
    /// Sessions are recorded without it too: who cannot be told is told so in the log.
    ///
    /// - Parameter given: what systemd listens on for us; the first goes before the path.
    /// - Returns: `nil` when there is no socket.
    static func start(
        _ settings: Settings, given: [Int32], _ engine: LiveEngine, _ control: LiveControl
    ) -> SocketServer? {
        let place: SocketServer.Place
        if let descriptor = given.first {
            place = .descriptor(descriptor)
        } else if let path = settings.socket {
            place = .path(path)
        } else {
            engine.watch?.close()
            return nil
        }
        var configuration = SocketServer.Configuration(
            program: "sprintd \(Version.text)", place: place, members: settings.knowingBests)
        configuration.log = { Log.write(.info, "socket: \($0)") }
        configuration.handlers.reload = { failure { () throws(CommandFailure) in try control.reload() } }
        configuration.handlers.bind = { athlete, sensor in
            failure { () throws(CommandFailure) in try control.bind(sensor, to: athlete) }
        }
        configuration.handlers.unbind = { athlete, sensor in
            failure { () throws(CommandFailure) in try control.unbind(sensor, from: athlete) }
        }
        do throws(LocalSocketError) {
            return try SocketServer(configuration, engine)
        } catch {
            engine.watch?.close()
            Log.write(.error, "there is no local socket: \(error)")
            return nil
        }
    }

    private static func failure(_ body: () throws(CommandFailure) -> Void) -> CommandFailure? {
        do throws(CommandFailure) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
