// SPDX-License-Identifier: GPL-3.0-or-later
package import FileIO
import Glibc

/// A local socket on which one client at a time gives commands, a line each, and gets a line in answer to each.
package struct ControlSocket: ~Copyable {
    private let listener: Int32
    private var client: Int32 = -1
    private var input: [UInt8] = []

    /// - Parameter path: made anew; shorter than 108 bytes.
    package init(_ path: String) throws(ErrorNumber) {
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw ErrorNumber(errno) }
        unsafe unlink(path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .nameTooLong }
        // SAFETY: the path is shorter than the field, which is all zeros; the length is the structure's own.
        let status = unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            unsafe field.copyBytes(from: bytes)
            return 0
        }
        precondition(status == 0)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 4) == 0 else { throw ErrorNumber(errno) }
    }

    deinit {
        close(listener)
        if client >= 0 { close(client) }
    }

    /// Sleeps until a command or one of `others` is there, or the time has come, and obeys what has come.
    ///
    /// - Parameters:
    ///   - others: descriptors; −1 stands for none.
    ///   - deadline: nanoseconds of the clock; `nil` for never.
    /// - Returns: which of `others` can be read, or is over.
    package mutating func wait(
        for others: [Int32], until deadline: Int64?, _ obey: (String) -> String
    ) -> [Bool] {
        let timeout = deadline.map { Int32(clamping: max(0, ($0 - BootClock.now + 999_999) / 1_000_000)) } ?? -1
        var entries = ([client < 0 ? listener : client] + others).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        // SAFETY: as many entries as the array has.
        guard unsafe poll(&entries, nfds_t(entries.count), timeout) > 0 else { return others.map { _ in false } }
        if entries[0].revents != 0 {
            if client < 0 {
                client = accept(listener, nil, nil)
            } else {
                take(obey)
            }
        }
        return entries.dropFirst().map { $0.revents != 0 }
    }

    private mutating func take(_ obey: (String) -> String) {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let descriptor = FileDescriptor(rawValue: client)
        guard let count = try? descriptor.read(into: &chunk), count > 0 else {
            close(client)
            client = -1
            input = []
            return
        }
        input += chunk[..<count]
        while let end = input.firstIndex(of: 0x0A) {
            let line = String(decoding: input[..<end], as: UTF8.self)
            input.removeSubrange(...end)
            try? descriptor.write(Array((obey(line) + "\n").utf8).span)
        }
    }
}
