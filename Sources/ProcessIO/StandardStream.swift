// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Glibc

/// The process's output or error output, written at once and without a buffer of its own.
package struct StandardStream: Sendable {
    private let file: FileDescriptor

    package static let output = StandardStream(file: .standardOutput)
    package static let error = StandardStream(file: .standardError)

    /// To be called before the first write: a pipe that its reader has closed, or a file that has reached the limit of its size, is then an
    /// error to handle and no longer a signal that ends the process.
    package static func takeFailuresAsErrors() {
        _ = signal(SIGPIPE, SIG_IGN)
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    /// To be called before any file is opened: a process that is started with its output closed would otherwise open its
    /// first file as its output, and write messages into it. What is written to such an output still fails.
    package static func reserveDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // SAFETY: a constant NUL-terminated path that lives for the call. The lowest free number is this one.
            _ = unsafe Glibc.open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    package var isTerminal: Bool { isatty(file.rawValue) == 1 }

    /// - Throws: ``CommandFailure/closedPipe`` when nobody reads any more, `.inputOutput` for the rest.
    package func write(_ text: String) throws(CommandFailure) {
        do throws(ErrorNumber) {
            try file.write(Array(text.utf8).span)
        } catch {
            guard error != .brokenPipe else { throw .closedPipe }
            throw CommandFailure(.inputOutput, "cannot write the output: \(error.text)")
        }
    }

    /// For messages that are about a failure already.
    package func writeIgnoringFailure(_ text: String) {
        try? file.write(Array(text.utf8).span)
    }

    /// Columns of the terminal; `nil` when this is none or it does not say.
    package var columns: Int? {
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills the winsize that it is given and keeps no pointer.
        let result = unsafe ioctl(file.rawValue, UInt(TIOCGWINSZ), &size)
        return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }
}
