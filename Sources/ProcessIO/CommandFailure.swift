// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a command ends without having done its work: one line for a person, one status for a script.
package struct CommandFailure: Error, Equatable, Sendable {
    package var status: ExitStatus
    /// Without the program's name and without a full stop; starts with the file it is about, where there is one.
    package var message: String
    /// The reader of the output has gone away. Nobody is told: whoever closed the pipe knows.
    package var isClosedPipe = false

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    package static var closedPipe: CommandFailure {
        var failure = CommandFailure(.ok, "closed pipe")
        failure.isClosedPipe = true
        return failure
    }
}

extension CommandFailure {
    /// Prints the failure as `PROGRAM: MESSAGE` on one line of the error output.
    ///
    /// - Returns: the status to exit with.
    package func report(program: String) -> Int32 {
        if !isClosedPipe {
            let line = String(String.UnicodeScalarView(message.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
            StandardStream.error.writeIgnoringFailure("\(program): \(line)\n")
        }
        return status.rawValue
    }
}
