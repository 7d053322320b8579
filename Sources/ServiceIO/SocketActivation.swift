// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
internal import ProcessIO

/// The sockets that systemd listens on for us.
///
/// Source: sd_listen_fds(3): `LISTEN_FDS` is how many descriptors there are, from 3 on, and `LISTEN_PID` whom they are for.
package enum SocketActivation {
    /// SD_LISTEN_FDS_START.
    static let first: Int32 = 3
    /// More are a mistake.
    static let most = 64

    /// The listening local stream sockets that were passed, in systemd's order; none when there are none, or when they are for somebody else.
    /// Programs that this one starts do not get them.
    ///
    /// To be called once, before threads are made: the variables are taken out of the environment.
    package static func fileDescriptors() -> [Int32] {
        let count = count(.process, process: getpid())
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] {
            // SAFETY: a constant text; no other thread reads the environment yet.
            _ = unsafe unsetenv(name)
        }
        var sockets: [Int32] = []
        for descriptor in first..<first + Int32(count) {
            let flags = fcntl(descriptor, F_GETFD)
            guard flags != -1 else { continue }
            _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC)
            if isListeningLocalStream(descriptor) { sockets.append(descriptor) }
        }
        return sockets
    }

    /// - Returns: how many descriptors the variables promise to the process.
    static func count(_ environment: Environment, process: Int32) -> Int {
        guard let owner = environment["LISTEN_PID"].flatMap({ Int32($0) }), owner == process,
            let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), (1...most).contains(count)
        else { return 0 }
        return count
    }

    private static func isListeningLocalStream(_ descriptor: Int32) -> Bool {
        option(SO_DOMAIN, of: descriptor) == AF_UNIX && option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue)
            && option(SO_ACCEPTCONN, of: descriptor) == 1
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: value and size are what these options of socket(7) fill; no pointer is kept.
        return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
}
