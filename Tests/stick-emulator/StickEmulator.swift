// SPDX-License-Identifier: GPL-3.0-or-later
import CUMockdev
import Glibc

/// `stick-emulator COMMAND… -- PROGRAM ARGUMENT…` runs a program on a machine that has the sticks which the commands plug in. It has
/// to be run by umockdev-wrapper. The program gives further commands, a line each, through the descriptor that the variable
/// STICK_EMULATOR_CONTROL names, and reads a line in answer to each. Ends as the program ends; 69 where umockdev is absent.
@main @safe
enum StickEmulator {
    private static nonisolated(unsafe) var emulator: Emulator?
    private static nonisolated(unsafe) var input: [UInt8] = []
    private static nonisolated(unsafe) var isOver = false

    static func main() {
        // Not before everything is gone: umockdev clears its folder away with the testbed.
        exit(run())
    }

    private static func run() -> Int32 {
        let arguments = CommandLine.arguments.dropFirst()
        guard let separator = arguments.firstIndex(of: "--"), separator + 1 < arguments.endIndex else {
            fail(64, "stick-emulator COMMAND… -- PROGRAM ARGUMENT…")
        }
        guard let made = Emulator() else { fail(69, "umockdev is not there") }
        unsafe emulator = made
        for command in arguments[..<separator] {
            let answer = made.obey(command, at: Clock.now)
            guard answer.hasPrefix("ok") else { fail(64, answer) }
        }
        var ends: [Int32] = [0, 0]
        // SAFETY: fills the two numbers.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { fail(71, "no socket pair") }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        unsafe setenv("STICK_EMULATOR_CONTROL", String(ends[1]), 1)
        let child = spawn(Array(arguments[(separator + 1)...]))
        close(ends[1])
        unsafe cumockdev_watch(ends[0], controlIsReadable, nil)
        while unsafe !isOver {
            let time = Clock.now
            made.advance(to: time)
            let timer = made.wait(at: time).map { unsafe cumockdev_after($0, timePassed, nil) }
            unsafe timeHasPassed = false
            cumockdev_wait()
            if let timer, unsafe !timeHasPassed { cumockdev_forget(timer) }
        }
        var status: Int32 = 0
        // SAFETY: fills the number.
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        unsafe emulator = nil
        // The low seven bits are the signal that ended it; else the second byte is its status.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    }

    fileprivate static nonisolated(unsafe) var timeHasPassed = false

    private static func fail(_ status: Int32, _ text: String) -> Never {
        let line = Array("stick-emulator: \(text)\n".utf8)
        _ = unsafe write(STDERR_FILENO, line, line.count)
        exit(status)
    }

    private static func spawn(_ words: [String]) -> pid_t {
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var child = pid_t()
        // SAFETY: the list ends with NULL, and its texts live until the call has returned.
        let status = unsafe posix_spawnp(&child, words[0], nil, nil, &arguments, environ)
        guard status == 0 else { fail(66, "\(words[0]) cannot be run") }
        return child
    }

    /// - Returns: whether to go on listening.
    fileprivate static func read(_ descriptor: Int32) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        // SAFETY: fills at most the buffer.
        let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
        guard count > 0 else {
            if count < 0, errno == EINTR || errno == EAGAIN { return true }
            unsafe isOver = true
            return false
        }
        unsafe input += chunk[..<count]
        while let end = unsafe input.firstIndex(of: 0x0A) {
            let line = unsafe String(decoding: input[..<end], as: UTF8.self)
            unsafe input.removeSubrange(...end)
            var answer = Array(((unsafe emulator?.obey(line, at: Clock.now)) ?? "error").utf8) + [0x0A]
            // SAFETY: reads the buffer. A client that does not read its answers ends its test.
            _ = unsafe write(descriptor, &answer, answer.count)
        }
        return true
    }
}

private func controlIsReadable(
    _ descriptor: Int32, _ condition: UInt32, _ user: UnsafeMutableRawPointer?
) -> Int32 { StickEmulator.read(descriptor) ? 1 : 0 }

private func timePassed(_ user: UnsafeMutableRawPointer?) -> Int32 {
    unsafe StickEmulator.timeHasPassed = true
    return 0
}
