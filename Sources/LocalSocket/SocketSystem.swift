// SPDX-License-Identifier: GPL-3.0-or-later
internal import CLinux
internal import FileIO
internal import Glibc

/// The calls on local stream sockets, one a function. Descriptors are plain numbers here: whoever opens one closes it.
enum SocketSystem {
    /// Who is at the other end, as of its connect.
    struct Peer: Equatable, Sendable {
        var process: Int32
        var user: UInt32
    }

    /// Bytes: `sun_path` less the NUL.
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private static func open() throws(ErrorNumber) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ErrorNumber(errno) }
        return descriptor
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(ErrorNumber) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= longestPath, !bytes.contains(0) else { throw .nameTooLong }
        // SAFETY: the path is shorter than the field, which stays NUL-terminated.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        // SAFETY: the address lives for the call, and its length is its own.
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                unsafe body(plain, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw ErrorNumber(errno) }
    }

    /// Waits while the listener has too many that nobody has taken yet.
    static func connect(_ path: String) throws(ErrorNumber) -> Int32 {
        let descriptor = try open()
        do throws(ErrorNumber) {
            try unsafe withAddress(path) { unsafe Glibc.connect(descriptor, $0, $1) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Nobody can connect before it listens: until then its mode can be set in peace.
    static func bind(_ path: String) throws(ErrorNumber) -> Int32 {
        let descriptor = try open()
        do throws(ErrorNumber) {
            try unsafe withAddress(path) { unsafe Glibc.bind(descriptor, $0, $1) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    static func listen(_ descriptor: Int32, backlog: Int32) throws(ErrorNumber) {
        guard Glibc.listen(descriptor, backlog) == 0 else { throw ErrorNumber(errno) }
    }

    static func beNonBlocking(_ descriptor: Int32) throws(ErrorNumber) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw ErrorNumber(errno) }
    }

    // The paths below are lent to the C library as zero-ended copies for the length of one call each.

    static func setMode(_ path: String, _ mode: UInt32) throws(ErrorNumber) {
        guard unsafe chmod(path, mode) == 0 else { throw ErrorNumber(errno) }
    }

    static func setGroup(_ path: String, _ group: UInt32) throws(ErrorNumber) {
        guard unsafe chown(path, uid_t.max, group) == 0 else { throw ErrorNumber(errno) }
    }

    /// - Returns: `nil` where there is no such group.
    static func group(named name: String) -> UInt32? {
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var texts = [CChar](repeating: 0, count: 16 << 10)
        // SAFETY: the entry's texts go into the array, which outlives them; only the number is kept.
        let status = unsafe getgrnam_r(name, &entry, &texts, texts.count, &found)
        return unsafe status == 0 && found != nil ? entry.gr_gid : nil
    }

    /// - Returns: `nil` when nobody waits to be accepted.
    static func accept(_ listener: Int32) throws(ErrorNumber) -> Int32? {
        while true {
            let descriptor = clinux_accept(listener)
            if descriptor >= 0 { return descriptor }
            switch errno {
            // ECONNABORTED: whoever waited has gone.
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return nil
            default: throw ErrorNumber(errno)
            }
        }
    }

    /// - Returns: `nil` where the kernel does not tell.
    static func peer(of descriptor: Int32) -> Peer? {
        // struct ucred of unix(7), which the C library shows to GNU programs only: process, user and group.
        var credentials: [UInt32] = [0, 0, 0]
        var size = socklen_t(12)
        // SAFETY: the kernel fills at most as many bytes as it is told the array has.
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, size == 12 else {
            return nil
        }
        return Peer(process: Int32(bitPattern: credentials[0]), user: credentials[1])
    }

    /// Never ends the process with a signal.
    ///
    /// - Parameter waits: whether to wait until some can be taken, where the descriptor does.
    /// - Returns: how many bytes were taken; 0 when no more can be for now.
    static func send(_ bytes: Span<UInt8>, to descriptor: Int32, waits: Bool = false) throws(ErrorNumber) -> Int {
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        while true {
            // SAFETY: pointer and length are those of the span, which outlives the call.
            let count = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, flags)
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: throw ErrorNumber(errno)
            }
        }
    }

    /// Never waits.
    ///
    /// - Returns: how many bytes came, 0 when the peer sends no more; `nil` when nothing has come yet.
    static func receive(from descriptor: Int32, into buffer: inout [UInt8]) throws(ErrorNumber) -> Int? {
        while true {
            var target = buffer.mutableSpan
            // SAFETY: pointer and length are those of the buffer, which outlives the call.
            let count = unsafe target.withUnsafeMutableBufferPointer { bytes in
                unsafe recv(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            default: throw ErrorNumber(errno)
            }
        }
    }

    /// Waits until there is something to read, the time is over, or a signal comes.
    ///
    /// - Parameter milliseconds: -1 waits for ever.
    /// - Returns: whether there is.
    static func waitToRead(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var record = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: poll(2) reads and writes this one record.
        return unsafe poll(&record, 1, milliseconds) > 0
    }

    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }
}
