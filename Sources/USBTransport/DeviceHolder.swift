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
        let wanted = identity(node)
        for process in SmallFiles.names(in: "/proc").compactMap(Int32.init) where process != own {
            let folder = "/proc/\(process)/fd"
            for file in SmallFiles.names(in: folder) {
                // The name first, for it costs no look at what is open; a test's device lies in a folder of its own, and only the
                // file behind the name tells it from another test's.
                let path = "\(folder)/\(file)"
                guard let target = try? FileTree.resolvingLink(path), target.hasSuffix(node), identity(path) == wanted
                else { continue }
                return DeviceHolder(process: process, name: name(of: process))
            }
        }
        return nil
    }

    /// - Returns: `nil` for what is not there.
    private static func identity(_ path: String) -> [UInt]? {
        var status = stat()
        // SAFETY: stat fills the structure that it is given and keeps no pointer.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return [UInt(status.st_dev), UInt(status.st_ino)]
    }

    private static func name(of process: Int32) -> String? {
        let text = SmallFiles.text("/proc/\(process)/comm").prefix { $0 >= " " }
        return text.isEmpty ? nil : String(text)
    }
}
