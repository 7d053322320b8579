// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
package import ProcessIO

/// Tells systemd how the service is, without its library: a datagram of lines to the socket that `NOTIFY_SOCKET` names.
///
/// Source: sd_notify(3), systemd.service(5).
package final class ServiceManager: Sendable {
    private let socket: Int32
    /// `sun_path`: a path, or a name that begins with a NUL.
    private let address: [UInt8]
    /// How often a sign of life is wanted; `nil` when none is.
    package let watchdogInterval: Duration?

    /// - Returns: `nil` when nobody wants to be told.
    package init?(_ environment: Environment = .process) {
        guard let name = environment["NOTIFY_SOCKET"], let address = Self.address(name) else { return nil }
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        self.address = address
        watchdogInterval = Self.watchdogInterval(environment, process: getpid())
    }

    deinit { close(socket) }

    /// So that programs that this one starts do not speak for it. To be called before threads are made.
    package static func forgetVariables() {
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] {
            // SAFETY: a constant text; no other thread reads the environment yet.
            _ = unsafe unsetenv(name)
        }
    }

    /// - Returns: `nil` for what is no local socket's name.
    static func address(_ name: String) -> [UInt8]? {
        var bytes = Array(name.utf8)
        // sockaddr_un has 108 bytes, one of them for the NUL behind a path.
        guard bytes.count > 1, bytes.count < 108, !bytes.contains(0) else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "/"): return bytes
        case UInt8(ascii: "@"):
            bytes[0] = 0
            return bytes
        default: return nil
        }
    }

    /// Half of what systemd allows, as sd_watchdog_enabled(3) advises.
    static func watchdogInterval(_ environment: Environment, process: Int32) -> Duration? {
        guard let limit = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), limit > 0, limit < 1 << 50 else {
            return nil
        }
        if let owner = environment["WATCHDOG_PID"] {
            guard Int32(owner) == process else { return nil }
        }
        return .microseconds(limit / 2)
    }

    /// Everything that had to be there is there.
    package func ready(status: String) { send("READY=1\nSTATUS=\(Self.oneLine(status))", waits: true) }

    /// - Parameter time: of `CLOCK_MONOTONIC`, in microseconds.
    package func reloading(at time: Int64 = ServiceManager.monotonicMicroseconds) {
        send("RELOADING=1\nMONOTONIC_USEC=\(time)", waits: true)
    }

    /// Ends what ``reloading(at:)`` began, whatever came of it.
    package func reloaded() { send("READY=1", waits: true) }

    package func stopping() { send("STOPPING=1\nSTATUS=finishing what is recorded", waits: true) }

    /// - Parameter text: one line, for `systemctl status`.
    package func status(_ text: String) { send("STATUS=\(Self.oneLine(text))", waits: false) }

    /// A sign of life. Never waits: where systemd is too busy to read it, the next one comes soon.
    package func alive() { send("WATCHDOG=1", waits: false) }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }

    package static var monotonicMicroseconds: Int64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure that it is given and keeps no pointer.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
    }

    private func send(_ text: String, waits: Bool) {
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(text.utf8)
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
        // SAFETY: `address` was found to be shorter than the 108 bytes of sun_path.
        unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: address) }
        // SAFETY: the structure is a local address of `length` bytes; sendto reads it and the bytes, and keeps no pointer.
        _ = unsafe withUnsafePointer(to: &target) { target in
            unsafe target.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                var sent = 0
                repeat {
                    sent = unsafe sendto(socket, bytes, bytes.count, flags, address, length)
                } while sent == -1 && errno == EINTR
                return sent
            }
        }
    }
}
