// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Glibc

/// Another program of this package, run beside this one so that what it needs is not linked here.
package struct HelperProcess: Sendable {
    private let identifier: pid_t

    /// Makes the FIT files of sessions that have been finished, one after the other, with the `sprintctl` that lies beside this program.
    ///
    /// - Parameters:
    ///   - state: the state folder.
    ///   - sessions: by name; at least one.
    /// - Throws: when there is no such program, or it cannot be started. The sessions are none the worse.
    package static func exportActivities(state: String, sessions: [String]) throws(CommandFailure) -> HelperProcess {
        try HelperProcess("sprintctl", ["sessions", "export-missing", "--state", state] + sessions)
    }

    /// Starts a program of this program's folder. Its input is empty, its output goes nowhere, its complaints go where ours go.
    init(_ name: String, _ arguments: [String]) throws(CommandFailure) {
        let program: String
        do throws(ErrorNumber) {
            program = try FileTree.resolvingLink("/proc/self/exe")
        } catch {
            throw CommandFailure(.unavailable, "\(name): \(error.text)")
        }
        let path = program.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/" + name
        var actions = unsafe posix_spawn_file_actions_t()
        // SAFETY: actions and attributes are made, used and destroyed in this function; every text is a copy that lives until posix_spawn
        // has returned, which copies all that it keeps; the list of arguments ends in nil.
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        // A daemon blocks the signals that its own threads wait for; the new program shall be stopped by them.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var texts = unsafe ([path] + arguments).map { unsafe strdup($0) }
        unsafe texts.append(nil)
        defer { unsafe texts.forEach { unsafe free($0) } }
        var started: pid_t = 0
        let number = unsafe posix_spawn(&started, path, &actions, &attributes, texts, environ)
        guard number == 0 else { throw CommandFailure(.unavailable, "\(path): \(ErrorNumber(number).text)") }
        identifier = started
    }

    /// Asks without waiting whether it has ended, which it must be asked until it has.
    ///
    /// - Returns: `nil` while it runs; its exit status, or 128 and the number of the signal that ended it.
    package func status() -> Int32? { wait(WNOHANG) }

    /// Waits for its end.
    package func waitForEnd() -> Int32 {
        while true {
            if let status = wait(0) { return status }
        }
    }

    private func wait(_ options: Int32) -> Int32? {
        var status: Int32 = 0
        // SAFETY: waitpid fills the number that it is given and keeps no pointer.
        let ended = unsafe waitpid(identifier, &status, options)
        if ended == 0 || (ended == -1 && errno == EINTR) { return nil }
        // Somebody else has waited for it: nothing is known, and nothing is left to ask.
        guard ended == identifier else { return 0 }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
}
