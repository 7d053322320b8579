// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import FileIO
internal import LocalSocket
internal import ProcessIO
internal import SocketProtocol

/// Which daemon is meant.
struct DaemonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's socket, when it is not one of the usual ones.", valueName: "path"))
    var socket: String?

    @OptionGroup var state: SessionsCommand.State

    /// Where it may be, the likeliest first.
    var paths: [String] {
        socket.map { [$0] } ?? LocalSocketPath.candidates(Environment.process, state: state.path)
    }

    /// Why a daemon cannot be talked to.
    enum Obstacle: Error, Equatable {
        case absent(paths: [String])
        case refused(path: String)
        case other(path: String, ErrorNumber)

        var failure: CommandFailure {
            switch self {
            case .absent(let paths):
                let places = paths.joined(separator: ", ")
                return CommandFailure(
                    .unavailable, "the daemon is not running (no socket at \(places)): systemctl start sprintd")
            case .refused(let path):
                return CommandFailure(
                    .noPermission,
                    "\(path): permission denied: add yourself to the group sprintd (sudo usermod -aG sprintd $USER) and log in again"
                )
            case .other(let path, let error): return CommandFailure(.unavailable, "\(path): \(error.text)")
            }
        }

        /// In one line of a screen.
        var brief: String {
            switch self {
            case .absent: "the daemon is not running: systemctl start sprintd"
            case .refused, .other: failure.message
            }
        }
    }

    /// The first of the sockets that somebody listens at.
    static func connect(_ paths: [String]) throws(Obstacle) -> LocalSocketClient {
        var obstacle = Obstacle.absent(paths: paths)
        for path in paths {
            do throws(ErrorNumber) {
                return try LocalSocketClient(path: path)
            } catch {
                switch error {
                case .noSuchFile, .notDirectory, .connectionRefused: continue
                case .permissionDenied, .notPermitted: obstacle = .refused(path: path)
                default:
                    if case .absent = obstacle { obstacle = .other(path: path, error) }
                }
            }
        }
        throw obstacle
    }

    /// - Returns: `nil` when this program speaks the protocol, else what to say.
    static func mismatch(_ protocolName: String, program: String) -> String? {
        guard protocolName != SocketLimits.protocolName else { return nil }
        return
            "\(program) speaks \(protocolName) and this sprintctl \(SocketLimits.protocolName): install the same version of both"
    }
}
