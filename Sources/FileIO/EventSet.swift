// SPDX-License-Identifier: GPL-3.0-or-later
internal import CLinux
internal import Glibc

/// Descriptors that one thread waits for together: epoll(7), level-triggered.
@safe
package struct EventSet: ~Copyable {
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let reading = Interest(rawValue: clinux_epoll_in)
        package static let writing = Interest(rawValue: clinux_epoll_out)
        /// Always reported, asked for or not.
        package static let failure = Interest(rawValue: clinux_epoll_error | clinux_epoll_hang_up)
    }

    private let descriptor: Int32
    // SAFETY: the events' union could hold pointers; only numbers are ever put into it.
    private var ready = unsafe [epoll_event](repeating: epoll_event(), count: 64)

    package init() throws(ErrorNumber) {
        descriptor = epoll_create1(clinux_epoll_close_on_exec)
        guard descriptor >= 0 else { throw ErrorNumber(errno) }
    }

    deinit {
        _ = close(descriptor)
    }

    /// - Parameter tag: what ``wait(milliseconds:_:)`` names the descriptor by. A descriptor leaves the set when it is closed.
    package func add(_ member: Int32, _ interest: Interest, tag: UInt64) throws(ErrorNumber) {
        guard clinux_epoll_control(descriptor, EPOLL_CTL_ADD, member, interest.rawValue, tag) == 0 else {
            throw ErrorNumber(errno)
        }
    }

    package func change(_ member: Int32, _ interest: Interest, tag: UInt64) throws(ErrorNumber) {
        guard clinux_epoll_control(descriptor, EPOLL_CTL_MOD, member, interest.rawValue, tag) == 0 else {
            throw ErrorNumber(errno)
        }
    }

    /// - Parameter milliseconds: 0 returns at once, -1 waits for ever.
    /// - Returns: what is ready; nothing when the time is over or a signal came.
    package mutating func wait(milliseconds: Int32) -> [(tag: UInt64, interest: Interest)] {
        // SAFETY: the kernel fills at most as many events as the array has, and keeps no pointer.
        let count = unsafe epoll_wait(descriptor, &ready, Int32(ready.count), milliseconds)
        var found: [(tag: UInt64, interest: Interest)] = []
        for index in 0..<Int(max(0, count)) {
            // SAFETY: only the number of the union is ever set; see `clinux_epoll_control`.
            found.append(unsafe (clinux_epoll_tag(&ready[index]), Interest(rawValue: ready[index].events)))
        }
        return found
    }
}
