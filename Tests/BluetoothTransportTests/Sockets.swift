// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// The few socket calls of the test doubles; each traps when it fails, because then the test itself is broken.
enum Sockets {
    private static let packets = Int32(
        SOCK_SEQPACKET.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

    static func remove(_ path: String) {
        // SAFETY: the path is a copy that lives for the call.
        _ = unsafe unlink(path)
    }

    static func listen(_ path: String) -> Int32 {
        remove(path)
        let descriptor = socket(AF_UNIX, packets, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        precondition(bytes.count < 108, "\(path) is too long for a socket")
        // SAFETY: the path fits, as was just seen, and the rest is zero.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                unsafe bind(descriptor, plain, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(status == 0 && Glibc.listen(descriptor, 64) == 0, "\(path): errno \(errno)")
        return descriptor
    }

    /// - Returns: `nil` when nobody waits.
    static func accept(_ descriptor: Int32) -> Int32? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return accepted
    }

    enum Received { case packet([UInt8]), nothing, end }

    static func receive(_ descriptor: Int32) -> Received {
        var buffer = [UInt8](repeating: 0, count: 2048)
        // SAFETY: recv writes at most as many bytes as the buffer has.
        var count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        // Of a peer that closed without reading all of ours the kernel says so once, before it hands over what the peer had sent.
        if count < 0, errno == ECONNRESET {
            // SAFETY: as above.
            count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        }
        if count > 0 { return .packet(Array(buffer[..<count])) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }

    /// - Returns: whether it went.
    @discardableResult
    static func send(_ packet: [UInt8], to descriptor: Int32) -> Bool {
        // SAFETY: send reads as many bytes as the array has.
        unsafe Glibc.send(descriptor, packet, packet.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) == packet.count
    }

    /// Descriptors that can be read, or are at their end.
    static func readable(_ descriptors: [Int32], milliseconds: Int32) -> Set<Int32> {
        var records = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // SAFETY: poll reads and writes as many records as the array has.
        guard unsafe poll(&records, nfds_t(records.count), milliseconds) > 0 else { return [] }
        return Set(records.filter { $0.revents != 0 }.map(\.fd))
    }

    static func touch(_ path: String) {
        // SAFETY: the path is a copy that lives for the call.
        let descriptor = unsafe open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "\(path): errno \(errno)")
        close(descriptor)
    }
}
