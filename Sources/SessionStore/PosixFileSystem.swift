// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// The real file system. Paths are lent to the C library as zero-ended strings for the length of one call each, which is all that
/// most of its `unsafe` means.
package final class PosixFileSystem: FileSystem, Sendable {
    package init() {}

    private func refusal(_ operation: FileError.Operation, _ path: String) -> FileError {
        let number = errno
        // SAFETY: strerror returns a string of the C library that stays valid until this thread's next call of it.
        return FileError(
            operation: operation, path: path, number: number, reason: unsafe String(cString: strerror(number)))
    }

    /// Calls again what a signal has interrupted.
    private func retry(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }

    package func makeFolder(_ path: String) throws(FileError) {
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw refusal(.makeFolder, path) }
    }

    package func makeNewFolder(_ path: String) throws(FileError) {
        if unsafe mkdir(path, 0o700) != 0 { throw refusal(.makeFolder, path) }
    }

    package func create(_ path: String) throws(FileError) -> OpenFile {
        let number = retry { unsafe Int(open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)) }
        guard number >= 0 else { throw refusal(.create, path) }
        return OpenFile(number: Int32(number), path: path)
    }

    package func append(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) -> Int {
        // SAFETY: write reads no more than `count` bytes of a buffer that lives until the closure returns.
        let count = unsafe bytes.withUnsafeBufferPointer { buffer in
            retry { unsafe write(file.number, buffer.baseAddress, buffer.count) }
        }
        guard count >= 0 else { throw refusal(.write, file.path) }
        return count
    }

    package func sync(_ file: OpenFile) throws(FileError) {
        if retry({ Int(fdatasync(file.number)) }) != 0 { throw refusal(.sync, file.path) }
    }

    package func close(_ file: OpenFile) {
        _ = Glibc.close(file.number)
    }

    package func syncFolder(_ path: String) throws(FileError) {
        let number = retry { unsafe Int(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }
        guard number >= 0 else { throw refusal(.sync, path) }
        defer { _ = Glibc.close(Int32(number)) }
        if retry({ Int(fsync(Int32(number))) }) != 0 { throw refusal(.sync, path) }
    }

    package func rename(_ old: String, to new: String) throws(FileError) {
        if unsafe Glibc.rename(old, new) != 0 { throw refusal(.rename, new) }
    }

    package func remove(_ path: String) throws(FileError) {
        if unsafe Glibc.remove(path) != 0 { throw refusal(.remove, path) }
    }

    package func list(_ path: String) throws(FileError) -> [String] {
        // SAFETY: the stream is ours from opendir to closedir; each entry is read before the next call replaces it, and its name
        // ends in a zero within the entry.
        guard let stream = unsafe opendir(path) else { throw refusal(.list, path) }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
