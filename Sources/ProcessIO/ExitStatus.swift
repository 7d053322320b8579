// SPDX-License-Identifier: GPL-3.0-or-later

/// How a process ends, after BSD's `sysexits.h`.
package enum ExitStatus: Int32, Sendable {
    case ok = 0
    /// Arguments that make no sense.
    case usage = 64
    /// The input is not what it claims to be.
    case badData = 65
    /// The input does not exist or cannot be opened.
    case noInput = 66
    /// Something that is needed is not there.
    case unavailable = 69
    /// The output cannot be created.
    case cannotCreate = 73
    /// Reading or writing failed half-way.
    case inputOutput = 74
    /// Somebody else is at work there: to be tried again later. FreeBSD's lockf(1) says a taken lock so too.
    case temporaryFailure = 75
    case noPermission = 77
    /// A configuration or athlete file is wrong.
    case configuration = 78
}
