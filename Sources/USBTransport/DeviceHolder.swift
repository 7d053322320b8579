// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Glibc

/// A process that has a device open.
package struct DeviceHolder: Equatable, Sendable, CustomStringConvertible {
    package var process: Int32
    /// The kernel's name of it, 15 bytes at most; `nil` when it has just ended.
    package var name: String?

    package var description: String { name.map { "\($0) (process \(process))" } ?? "process \(process)" }

    /// Looks through the open files of all processes that this one may look into: one's own, or with root's rights all.
    ///
    /// - Parameter node: the device's path, as `/dev/bus/usb/001/004`.
    /// - Returns: `nil` when no such process has it open; then a kernel driver does, or somebody else's process.
    package static func find(node: String) -> DeviceHolder? {
        let own = getpid()
        guard let names = try? FileTree.names(in: "/proc") else { return nil }
        for process in names.compactMap(Int32.init) where process != own {
            let folder = "/proc/\(process)/fd"
            guard let files = try? FileTree.names(in: folder) else { continue }
            for file in files {
                // A test's device lies in a folder of its own, so the path's end decides.
                guard let target = try? FileTree.resolvingLink("\(folder)/\(file)"), target.hasSuffix(node) else {
                    continue
                }
                return DeviceHolder(process: process, name: name(of: process))
            }
        }
        return nil
    }

    private static func name(of process: Int32) -> String? {
        guard let file = try? FileDescriptor.open("/proc/\(process)/comm", for: .reading) else { return nil }
        defer { try? file.close() }
        guard let bytes = try? file.readAll(limit: 64) else { return nil }
        let text = String(decoding: bytes.prefix { $0 >= 0x20 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }
}
