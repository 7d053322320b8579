// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation

/// A socket that greets whoever connects and answers lines, each connection on a thread.
final class FakeDaemon: @unchecked Sendable {
    private let listener: Int32

    /// - Parameter answer: the lines with which one line is answered.
    init(_ path: String, greeting: String, answer: @escaping @Sendable (String) -> [String]) throws {
        let listener = try Self.listener(at: path)
        self.listener = listener
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { Self.serve(connection, greeting, answer) }
            }
        }
    }

    /// A socket that listens, for the caller to close.
    static func listener(at path: String) throws -> Int32 {
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: a path of a test is shorter than the field, which stays NUL-terminated.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8.prefix(100)) }
        // SAFETY: the address lives for the call, and its length is its own.
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 8) == 0 else { throw POSIXError(.EADDRINUSE) }
        return listener
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ connection: Int32, _ greeting: String, _ answer: (String) -> [String]) {
        defer { close(connection) }
        func send(_ line: String) {
            let bytes = Array((line + "\n").utf8)
            // SAFETY: pointer and length are those of the array.
            _ = unsafe Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        send(greeting)
        var held: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // SAFETY: at most as many bytes as the array has.
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            held += buffer.prefix(count)
            while let end = held.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: held[..<end], as: UTF8.self)
                held.removeSubrange(...end)
                for text in answer(line) { send(text) }
            }
        }
    }
}

/// A terminal of which the test is the other end.
final class PseudoTerminal {
    let slave: FileHandle
    private let master: Int32

    /// `_IOW('T', 0x31, int)` and `_IOR('T', 0x30, unsigned int)` of <asm-generic/ioctls.h>, which the importer leaves out.
    private static let lock: UInt = 0x4004_5431
    private static let number: UInt = 0x8004_5430

    /// Not in a folder that is made a root without /dev/pts.
    static let isPossible = PseudoTerminal(columns: 80, rows: 24) != nil

    init?(columns: UInt16, rows: UInt16) {
        guard let multiplexer = FileHandle(forUpdatingAtPath: "/dev/ptmx") else { return nil }
        master = dup(multiplexer.fileDescriptor)
        var isLocked: Int32 = 0
        var number: UInt32 = 0
        // SAFETY: the first reads a number, the second writes one (ioctl_tty(2)); neither keeps the pointer.
        guard unsafe ioctl(master, Self.lock, &isLocked) == 0, unsafe ioctl(master, Self.number, &number) == 0,
            let slave = FileHandle(forUpdatingAtPath: "/dev/pts/\(number)")
        else { return nil }
        self.slave = slave
        resize(columns: columns, rows: rows)
    }

    deinit { close(master) }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        // SAFETY: TIOCSWINSZ reads the structure and keeps no pointer.
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Echo, lines, and how input is changed: what a raw terminal has otherwise.
    var flags: [UInt32] {
        var attributes = termios()
        // SAFETY: tcgetattr fills the structure that it is given.
        _ = unsafe tcgetattr(slave.fileDescriptor, &attributes)
        return [attributes.c_lflag, attributes.c_iflag]
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        // SAFETY: pointer and length are those of the array.
        _ = unsafe write(master, bytes, bytes.count)
    }

    /// Reads until the text has come; the suite's time limit ends a wait for what never comes.
    func read(until wanted: String) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !String(decoding: bytes, as: UTF8.self).contains(wanted) {
            // SAFETY: reads and fills one structure; then at most as many bytes as the array has. Our own end of the terminal is open, so that a program
            // that is gone does not end the reading.
            var wish = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&wish, 1, 60_000) == 1 else { break }
            let count = unsafe Glibc.read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
