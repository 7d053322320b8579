// SPDX-License-Identifier: GPL-3.0-or-later
package import FileIO
internal import Glibc
internal import Synchronization

/// The terminal as a full screen: one's own picture on it, keys one by one, and afterwards everything as it was before.
///
/// There is one terminal, so there is one of these at a time. It is left in order by ``leave()``, and by every signal that ends, stops or crashes the
/// process. Only ECMA-48 and the private modes 25 (cursor) and 1049 (another screen) of xterm are used, which every terminal of today knows.
package struct TerminalScreen: ~Copyable {
    /// What a signal asked for.
    package enum Event: Equatable, Sendable {
        case resized
        /// SIGINT, SIGTERM, SIGHUP or SIGQUIT.
        case stopped
        /// The process is back from a stop, in which somebody else had the screen.
        case continued
        /// SIGTSTP: to be answered by ``suspend()``.
        case suspensionAsked
    }

    /// Readable when ``events()`` has something.
    package let wakeUp: Int32
    private let wakeUpEnd: Int32
    private var isEntered = false

    /// The screen is still as it was; see ``enter()``.
    ///
    /// - Throws: ENOTTY when the standard input or output is no terminal.
    package init() throws(ErrorNumber) {
        var attributes = termios()
        // SAFETY: tcgetattr fills the structure that it is given and keeps no pointer.
        guard isatty(STDOUT_FILENO) == 1, unsafe tcgetattr(STDIN_FILENO, &attributes) == 0 else {
            throw ErrorNumber(ENOTTY)
        }
        var ends: [Int32] = [-1, -1]
        // SAFETY: pipe writes two numbers into an array of two.
        guard unsafe pipe(&ends) == 0 else { throw ErrorNumber(errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        wakeUp = ends[0]
        wakeUpEnd = ends[1]
        unsafe TerminalSignals.prepare(attributes, wakeUp: ends[1])
    }

    deinit {
        TerminalSignals.forget()
        _ = close(wakeUp)
        _ = close(wakeUpEnd)
    }

    package mutating func enter() {
        TerminalSignals.install()
        TerminalSignals.takeTerminal()
        isEntered = true
    }

    /// Everything as before. What is written from here on stands below what stood there before ``enter()``.
    package mutating func leave() {
        guard isEntered else { return }
        isEntered = false
        TerminalSignals.giveTerminalBack()
    }

    /// Leaves the screen, stops until somebody continues the process, and takes the screen again.
    package mutating func suspend() {
        TerminalSignals.giveTerminalBack()
        TerminalSignals.stop()
        TerminalSignals.takeTerminal()
    }

    /// Takes the screen again after a stop that was not ``suspend()``.
    package mutating func takeAgain() { TerminalSignals.takeTerminal() }

    /// What has been asked for since the last time, in no order.
    package func events() -> [Event] {
        var bytes = [UInt8](repeating: 0, count: 64)
        // SAFETY: read writes at most as many bytes as the array has.
        while unsafe Glibc.read(wakeUp, &bytes, bytes.count) > 0 {}
        return TerminalSignals.taken()
    }

    /// Rows and columns; `nil` when the terminal does not say.
    package var size: (rows: Int, columns: Int)? {
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills the winsize that it is given and keeps no pointer.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
            return nil
        }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    /// What the keys have sent; `nil` when there is nothing yet, empty when the terminal is gone.
    package func keys() -> [UInt8]? {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // SAFETY: poll reads and writes this one record. The terminal is shared with others, who may rely on a read that waits.
        guard unsafe poll(&input, 1, 0) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 256)
        // SAFETY: read writes at most as many bytes as the array has.
        let count = unsafe Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        if count > 0 { return Array(bytes.prefix(count)) }
        if count < 0, errno == EINTR || errno == EAGAIN { return nil }
        return []
    }
}

/// What the signal handlers of ``TerminalScreen`` need. A handler can hold nothing of its own, so this is the process's.
private enum TerminalSignals {
    private static let pending = Atomic<UInt32>(0)
    private static let writeEnd = Atomic<Int32>(-1)
    private static let isTaken = Atomic<Bool>(false)
    // SAFETY: allocated for the whole process; written before any handler is installed, read-only from then on. No variable: the compiler (6.3.1)
    // gives a global termios 57 bytes, without the padding before the speeds, and copies 60 into it.
    private nonisolated(unsafe) static let before = UnsafeMutablePointer<termios>.allocate(capacity: 1)

    private static let entry: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J\u{1B}[H"
    private static let exit: StaticString = "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

    private static let asking: [Int32] = [SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT]
    private static let crashing: [Int32] = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]

    @unsafe static func prepare(_ attributes: termios, wakeUp: Int32) {
        unsafe before.initialize(to: attributes)
        // The lazy values are made here, because nothing may be made inside a signal handler.
        _ = exit.utf8CodeUnitCount
        pending.store(0, ordering: .relaxed)
        isTaken.store(false, ordering: .relaxed)
        writeEnd.store(wakeUp, ordering: .releasing)
    }

    static func forget() { writeEnd.store(-1, ordering: .releasing) }

    static func install() {
        var wanted = sigset_t()
        // SAFETY: these calls change or read the set that they are given, and keep no pointer. Who starts us from a thread that
        // blocks signals has us inherit that.
        unsafe sigemptyset(&wanted)
        for number in asking + crashing { unsafe sigaddset(&wanted, number) }
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
        for number in asking {
            handle(number) { number in
                let saved = errno
                TerminalSignals.pending.bitwiseOr(UInt32(1) << UInt32(truncatingIfNeeded: number), ordering: .relaxed)
                var byte: UInt8 = 0
                // SAFETY: one byte that lives for the call; write(2) is signal-safe. A full pipe wakes as well.
                _ = unsafe Glibc.write(TerminalSignals.writeEnd.load(ordering: .relaxed), &byte, 1)
                errno = saved
            }
        }
        for number in crashing {
            handle(number) { number in
                TerminalSignals.giveTerminalBack()
                // Back in the instruction that failed, it fails again, now in the usual way.
                _ = signal(number, SIG_DFL)
                _ = raise(number)
            }
        }
    }

    private static func handle(_ number: Int32, _ handler: @convention(c) (Int32) -> Void) {
        var action = sigaction()
        // SAFETY: the handlers touch atomics and call write, tcsetattr, signal and raise, all of which signal-safety(7) allows;
        // sigaction copies the structure.
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = Int32(SA_RESTART)
        _ = unsafe sigaction(number, &action, nil)
    }

    static func taken() -> [TerminalScreen.Event] {
        let bits = pending.exchange(0, ordering: .relaxed)
        func has(_ number: Int32) -> Bool { bits & UInt32(1) << UInt32(truncatingIfNeeded: number) != 0 }
        var events: [TerminalScreen.Event] = []
        if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(where: has) { events.append(.stopped) }
        if has(SIGTSTP) { events.append(.suspensionAsked) }
        if has(SIGCONT) { events.append(.continued) }
        if has(SIGWINCH) { events.append(.resized) }
        return events
    }

    /// The signal's own effect: the shell sees a stopped job. Returns when the process goes on.
    static func stop() {
        _ = signal(SIGTSTP, SIG_DFL)
        _ = raise(SIGTSTP)
        install()
    }

    static func takeTerminal() {
        var raw = unsafe before.pointee
        // No echo, no lines, and no stop of the output by Ctrl-S; signals stay signals.
        raw.c_lflag &= ~UInt32(ECHO | ICANON | IEXTEN)
        raw.c_iflag &= ~UInt32(IXON | ICRNL)
        // SAFETY: tcsetattr reads the structure and keeps no pointer.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
        isTaken.store(true, ordering: .relaxed)
        write(entry)
    }

    /// Signal-safe.
    static func giveTerminalBack() {
        guard isTaken.exchange(false, ordering: .relaxed) else { return }
        write(exit)
        // SAFETY: tcsetattr reads the structure and keeps no pointer; nobody writes to it by now.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, before)
    }

    private static func write(_ text: StaticString) {
        // SAFETY: a constant of the program, of that length.
        _ = unsafe Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }
}
