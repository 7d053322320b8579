// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import FileIO
import ProcessIO

/// What the process has, at one moment.
struct Resources: Sendable {
    /// Simulated.
    var hour: Double
    /// KiB.
    var resident: Int
    /// KiB that no file is behind.
    var anonymous: Int
    /// Bytes that were had from malloc and not given back.
    var heap: Int
    var descriptors: Int
    var threads: Int

    init(hour: Double) {
        self.hour = hour
        heap = Int(cthreads_heap())
        let status = (try? WholeFile.read("/proc/self/status", limit: 1 << 16)) ?? []
        let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
        func field(_ name: String) -> Int {
            let line = lines.first { $0.hasPrefix(name + ":") }
            return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }
        resident = field("VmRSS")
        anonymous = field("RssAnon")
        threads = field("Threads")
        descriptors = Self.openDescriptors
    }

    static var openDescriptors: Int { (try? FileTree.names(in: "/proc/self/fd").count) ?? 0 }
}

extension [Resources] {
    /// The least in the second and in the last third: what is needed at rest once everything that is kept for good is there. The first third is for that.
    func growth(_ value: (Resources) -> Int) -> (from: Int, to: Int) {
        let values = map(value)
        let third = count / 3
        return (values[third..<2 * third].min() ?? 0, values[(2 * third)...].min() ?? 0)
    }
}
