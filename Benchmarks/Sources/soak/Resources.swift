// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import ProcessIO

/// What the process has, at one simulated hour.
struct Resources: Sendable {
    var hour: Int
    /// KiB.
    var resident: Int
    /// KiB that no file is behind.
    var anonymous: Int
    var descriptors: Int
    var threads: Int

    init(hour: Int) {
        self.hour = hour
        let status = (try? WholeFile.read("/proc/self/status", limit: 1 << 16)) ?? []
        let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
        func field(_ name: String) -> Int {
            let line = lines.first { $0.hasPrefix(name + ":") }
            return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }
        resident = field("VmRSS")
        anonymous = field("RssAnon")
        threads = field("Threads")
        descriptors = (try? FileTree.names(in: "/proc/self/fd").count) ?? 0
    }
}

extension [Resources] {
    /// The middle value between two hours; 0 without one.
    func median(_ hours: ClosedRange<Int>, _ value: (Resources) -> Int) -> Int {
        let values = filter { hours.contains($0.hour) }.map(value).sorted()
        return values.isEmpty ? 0 : values[values.count / 2]
    }
}
