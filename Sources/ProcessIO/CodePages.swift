// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// The pages of the program's files, and of its libraries', that are mapped into the process: code, and what the loader reads before it.
package enum CodePages {
    /// Takes out of the process what is mapped of its code: of a start, most of which never runs again. What does run again is mapped
    /// again by the page, as a rule without the disk, for the kernel keeps files' pages as long as it has room.
    ///
    /// Changes what is resident, never what happens: a failure is passed over.
    package static func release() {
        guard let maps = try? WholeFile.read("/proc/self/maps", limit: 64 << 10) else { return }
        // All read before the first is given back, or reading on would bring it in again.
        let ranges = maps.split(separator: UInt8(ascii: "\n"))
            .compactMap { code(in: String(decoding: $0, as: UTF8.self)) }
        for range in ranges {
            // SAFETY: the range is a mapping of a file that nobody wrote to: whoever reads it afterwards is given the file's bytes again.
            _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// - Parameter line: as proc(5) describes those of `/proc/PID/maps`: range, permissions, offset, device, inode, path.
    /// - Returns: the addresses, if it is code, or the beginning, of a file. What else is to be read only the loader may have written to before.
    static func code(in line: String) -> Range<UInt>? {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, fields[1] == "r-xp" || fields[1] == "r--p" && fields[2].allSatisfy({ $0 == "0" }),
            fields[5].drop(while: { $0 == " " }).first == "/"
        else { return nil }
        let ends = fields[0].split(separator: "-").map { UInt($0, radix: 16) }
        guard ends.count == 2, let start = ends[0], let end = ends[1], start > 0, start < end else { return nil }
        return start..<end
    }
}
