// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO

/// A listening socket: one of our own with its file, or one that somebody else made for us.
struct SocketListener: ~Copyable {
    let descriptor: Int32
    /// Of our own socket: its path, and the lock that says so.
    private let file: (path: String, lock: FileDescriptor)?

    /// Connections that the kernel keeps until they are taken; more than clients, so that a rush is answered and not stalled.
    private static let waiting: Int32 = 128

    /// - Parameter given: listens already.
    init(given: Int32) throws(LocalSocketError) {
        descriptor = given
        file = nil
        do throws(ErrorNumber) {
            try SocketSystem.beNonBlocking(given)
        } catch {
            throw .system(doing: "use the socket that was handed over", error)
        }
    }

    /// Takes the place of a socket that nobody listens on any more: the lock beside it, which ends with its process, and a try to connect
    /// tell that. A daemon that is somebody else's is left alone.
    ///
    /// - Parameters:
    ///   - mode: of the socket's file: who may write to it may connect.
    ///   - group: of the file; `nil` for the process's own.
    init(path: String, mode: UInt32, group: String?) throws(LocalSocketError) {
        guard path.utf8.count <= SocketSystem.longestPath else { throw .pathTooLong(path: path) }
        let lock: FileDescriptor
        do throws(ErrorNumber) {
            try Self.makeFolder(of: path)
            lock = try FileDescriptor.open(path + ".lock", for: .locking(mode: 0o600))
        } catch {
            throw .system(doing: "lock \(path)", error)
        }
        do throws(LocalSocketError) {
            try Self.take(lock, path)
            try Self.removeStale(path)
            descriptor = try Self.listen(path, mode, group)
        } catch {
            try? lock.close()
            throw error
        }
        file = (path, lock)
    }

    /// Takes the socket's file away, if it is ours.
    consuming func close() {
        if let file { try? FileTree.remove(file.path) }
        SocketSystem.close(descriptor)
        // Last: until then nobody else takes the path.
        if let file { try? file.lock.close() }
    }

    /// The last folder of the path is made, for the user's runtime folder has none for us.
    private static func makeFolder(of path: String) throws(ErrorNumber) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        guard !FileTree.exists(folder) else { return }
        do throws(ErrorNumber) {
            try FileTree.makeFolder(folder, mode: 0o755)
        } catch {
            guard error == .alreadyExists else { throw error }
        }
    }

    private static func take(_ lock: FileDescriptor, _ path: String) throws(LocalSocketError) {
        let isOurs: Bool
        do throws(ErrorNumber) {
            isOurs = try lock.lockExclusively()
        } catch {
            throw .system(doing: "lock \(path)", error)
        }
        if !isOurs { throw .inUse(path: path) }
    }

    private static func removeStale(_ path: String) throws(LocalSocketError) {
        guard FileTree.exists(path) else { return }
        guard FileTree.isSpecial(path) else { throw .notASocket(path: path) }
        do throws(ErrorNumber) {
            SocketSystem.close(try SocketSystem.connect(path))
        } catch {
            guard error == .connectionRefused else { throw .notASocket(path: path) }
            do throws(ErrorNumber) {
                try FileTree.remove(path)
            } catch {
                throw .system(doing: "remove \(path)", error)
            }
            return
        }
        throw .inUse(path: path)
    }

    /// Mode and group are set before it listens: until then nobody can connect.
    private static func listen(_ path: String, _ mode: UInt32, _ group: String?) throws(LocalSocketError) -> Int32 {
        var number: UInt32?
        if let group {
            number = SocketSystem.group(named: group)
            if number == nil { throw .noGroup(group) }
        }
        do throws(ErrorNumber) {
            let descriptor = try SocketSystem.bind(path)
            do throws(ErrorNumber) {
                if let number { try SocketSystem.setGroup(path, number) }
                try SocketSystem.setMode(path, mode)
                try SocketSystem.beNonBlocking(descriptor)
                try SocketSystem.listen(descriptor, backlog: waiting)
                return descriptor
            } catch {
                SocketSystem.close(descriptor)
                try? FileTree.remove(path)
                throw error
            }
        } catch {
            throw .system(doing: "listen on \(path)", error)
        }
    }
}
