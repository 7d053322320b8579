// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// An open file.
struct FileDescriptor {
    let rawValue: Int32

    static func open(_ path: String, flags: Int32, mode: mode_t = 0o644) -> Result<FileDescriptor, ErrorNumber> {
        // SAFETY: the path is a NUL-terminated copy that lives for the call.
        SystemCall.repeating { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) }.map(FileDescriptor.init)
    }

    func close() -> Result<Void, ErrorNumber> {
        // Not repeated: Linux frees the descriptor even when close() is interrupted (close(2), NOTES).
        Glibc.close(rawValue) == 0 || errno == EINTR ? .success(()) : .failure(ErrorNumber(errno))
    }

    /// Reads at most `limit` bytes, up to the end of the file.
    func readAll(limit: Int) -> Result<[UInt8], ErrorNumber> {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let result = unsafe chunk.withUnsafeMutableBytes { buffer in
                // SAFETY: `wanted` is no more than the buffer's length, and read() keeps no pointer.
                SystemCall.repeating { unsafe Glibc.read(rawValue, buffer.baseAddress, wanted) }
            }
            switch result {
            case .success(0): return .success(bytes)
            case .success(let count): bytes.append(contentsOf: chunk[..<count])
            case .failure(let error): return .failure(error)
            }
        }
        return .success(bytes)
    }

    /// Writes all of it.
    func write(_ bytes: [UInt8]) -> Result<Void, ErrorNumber> {
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                // SAFETY: pointer and length are those of the rest of the array, which outlives the call.
                return SystemCall.repeating { unsafe Glibc.write(rawValue, rest.baseAddress, rest.count) }
            }
            switch result {
            case .success(let count): written += count
            case .failure(let error): return .failure(error)
            }
        }
        return .success(())
    }

    func synchronize() -> Result<Void, ErrorNumber> {
        SystemCall.repeating { fsync(rawValue) }.map { _ in () }
    }
}
