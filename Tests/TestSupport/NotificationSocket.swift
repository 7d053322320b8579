// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// The socket at which systemd is told how a service is.
package final class NotificationSocket: Sendable {
    private let descriptor: Int32

    /// - Parameter name: a path, or a name that begins with `@`.
    /// - Returns: `nil` when there can be no such socket.
    package init?(_ name: String) {
        var bytes = Array(name.utf8)
        guard bytes.count < 108, !bytes.isEmpty else { return nil }
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // SAFETY: the name was found to be shorter than the 108 bytes of sun_path.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        // SAFETY: the structure is a local address of `length` bytes, which bind reads and does not keep.
        let result = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length)
            }
        }
        if result != 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Waits for the next message.
    package func next() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // SAFETY: recv fills the buffer, no further than its length.
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
}
