// SPDX-License-Identifier: GPL-3.0-or-later
package import FileIO

/// Why there is no socket to listen on.
package enum LocalSocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Somebody listens there already.
    case inUse(path: String)
    /// Something else has the name.
    case notASocket(path: String)
    /// Longer than the kernel's addresses, of 107 bytes.
    case pathTooLong(path: String)
    case noGroup(String)
    /// - Parameter doing: what failed, as in "cannot …".
    case system(doing: String, ErrorNumber)

    /// One line for a person.
    package var description: String {
        switch self {
        case .inUse(let path): "\(path): another program listens there"
        case .notASocket(let path): "\(path): is there already, and is no socket"
        case .pathTooLong(let path): "\(path): a socket's path has at most \(SocketSystem.longestPath) bytes"
        case .noGroup(let name): "there is no group '\(name)' for the socket"
        case .system(let doing, let error): "cannot \(doing): \(error.text)"
        }
    }
}
