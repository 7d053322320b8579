// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// A program with one socket as its standard input and output. Foundation's `Process` would do, but its leftovers at exit are leaks to
/// AddressSanitizer.
final class ChildProcess {
    private var number: pid_t = 0
    private var status: Int32?
    /// This end of the socket; never blocks.
    let descriptor: Int32

    init(_ program: String, _ arguments: [String], _ environment: [String: String], takesErrors: Bool = false) {
        var ends: [Int32] = [-1, -1]
        // SAFETY: socketpair writes both ends into the array.
        let made = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        precondition(made == 0, "socketpair: errno \(errno)")
        descriptor = ends[0]
        // SAFETY: all that is lent to posix_spawn lives until it returns, and every list ends with nil; the copies are freed after it.
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        if takesErrors { unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 2) }
        let words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        let settings = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        let failure = unsafe posix_spawn(&number, program, &actions, nil, words, settings)
        unsafe (words + settings).forEach { unsafe free($0) }
        unsafe posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        precondition(failure == 0, "\(program): errno \(failure)")
    }

    deinit {
        if status == nil {
            kill(number, SIGKILL)
            _ = wait()
        }
        close(descriptor)
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit status; minus the signal's number if one ended it.
    func wait() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        // SAFETY: waitpid writes the status where it is told.
        while unsafe waitpid(number, &raw, 0) < 0, errno == EINTR {}
        let ended = raw & 0x7F == 0 ? raw >> 8 & 0xFF : -(raw & 0x7F)
        status = ended
        return ended
    }
}
