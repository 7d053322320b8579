// SPDX-License-Identifier: GPL-3.0-or-later

/// The bounds of the local socket's protocol. A client may rely on the first four; the others are the daemon's.
package enum SocketLimits {
    /// The protocol's name and version, as the greeting gives it. Within one version keys are only ever added.
    package static let protocolName = "sprintd.socket/1"
    /// Bytes of a command, without the line end.
    package static let inputLine = 4 << 10
    /// Bytes of a message, with the line end.
    package static let outputLine = 128 << 10
    /// Connections at one time.
    package static let clients = 64

    /// Bytes of one line that are skipped before the connection is ended.
    package static let skippedLine = 1 << 20
    /// Bytes that wait for one client to read them.
    package static let backlog = 256 << 10
    /// Seconds between two `now` messages of one athlete.
    package static let nowInterval = 0.25
    /// Phases of one status, shared among the athletes with a session; of each the latest are told.
    package static let statusPhases = 120
    /// The same for sprints and intervals together.
    package static let statusBouts = 60
    /// Characters of a name or a sentence; what is longer is cut.
    package static let text = 200
}

extension String {
    /// At most ``SocketLimits/text`` characters, and of these no more bytes than twice as many.
    var bounded: String {
        guard utf8.count > SocketLimits.text else { return self }
        var kept = ""
        var bytes = 0
        for scalar in unicodeScalars.prefix(SocketLimits.text) {
            bytes += UTF8.width(scalar)
            guard bytes <= 2 * SocketLimits.text else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }
}
