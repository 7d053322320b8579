// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Glibc

/// A file that is written piece by piece and has its name only when it is whole; or the standard output, a pipe or a device, to which is
/// written as it comes.
package final class OutputFile {
    private let path: String
    private let file: FileDescriptor
    /// What the file is called until it is whole; `nil` where there is nothing to rename.
    private var temporary: String?
    private var isOpen = true

    /// A file that takes the place of another is for the same people: an athlete's may be for one person only, or for the service's group.
    ///
    /// - Parameter path: `nil` for the standard output.
    /// - Throws: `.cannotCreate` or `.noPermission`.
    package init(_ path: String?) throws(CommandFailure) {
        guard let path else {
            self.path = "standard output"
            file = .standardOutput
            return
        }
        let resolved = try WholeFile.resolved(path)
        self.path = resolved
        do throws(ErrorNumber) {
            if FileTree.isSpecial(resolved) {
                file = try FileDescriptor.open(resolved, for: .writing)
            } else {
                let name = "\(resolved).\(getpid()).tmp"
                let isNew = !FileTree.exists(resolved)
                file = try FileDescriptor.open(name, for: .creation(mode: isNew ? 0o644 : 0o600))
                if !isNew { file.takeRights(of: resolved) }
                temporary = name
            }
        } catch {
            let refused = error == .permissionDenied || error == .notPermitted
            throw CommandFailure(
                refused ? .noPermission : .cannotCreate, "\(resolved): cannot create it: \(error.text)")
        }
    }

    package func write(_ bytes: Span<UInt8>) throws(CommandFailure) {
        do throws(ErrorNumber) {
            try file.write(bytes)
        } catch {
            throw failure(error)
        }
    }

    /// Gives the file its name. Without this call there will be none.
    package func finish() throws(CommandFailure) {
        do throws(ErrorNumber) {
            if let temporary {
                try file.synchronize()
                try FileTree.rename(temporary, to: path)
                self.temporary = nil
            }
            try close()
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: ErrorNumber) -> CommandFailure {
        guard error != .brokenPipe else { return .closedPipe }
        return CommandFailure(
            error == .isDirectory ? .cannotCreate : .inputOutput, "\(path): cannot write it: \(error.text)")
    }

    private func close() throws(ErrorNumber) {
        guard isOpen, file != .standardOutput else { return }
        isOpen = false
        try file.close()
    }

    deinit {
        try? close()
        if let temporary { try? FileTree.remove(temporary) }
    }
}
