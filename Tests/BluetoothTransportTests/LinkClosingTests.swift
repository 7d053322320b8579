// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import Foundation
import Testing

@testable import BluetoothTransport

@Suite struct LinkClosingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(release), \(version)" }
        var release: String
        var version: String
        /// Whether the defect was seen there, and whether it may be there.
        var dies: Bool
        var mayDie: Bool
    }

    /// Which versions of Debian's kernel package have the defect was read in their sources.
    static let rows = [
        Row(
            release: "6.1.0-57-amd64", version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-3 (2026-11-26)", dies: true,
            mayDie: true),
        Row(
            release: "6.1.0-54-amd64", version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.190-1 (2026-10-20)", dies: false,
            mayDie: false),
        Row(release: "6.1.191", version: "#1 SMP", dies: true, mayDie: true),
        Row(release: "6.1.193-custom", version: "#2 SMP", dies: false, mayDie: true),
        Row(
            release: "6.12.117+deb12-amd64", version: "#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1~deb12u1 (2026-11-20)",
            dies: false, mayDie: false),
        Row(release: "6.1.0-57-amd64", version: "#1 SMP PREEMPT_DYNAMIC Debian", dies: false, mayDie: false),
        Row(release: "6.10.200", version: "", dies: false, mayDie: false),
        Row(release: "6.1", version: "", dies: false, mayDie: false),
        Row(release: "", version: "", dies: false, mayDie: false),
    ]

    @Test(arguments: rows) func knowsTheKernelsWithTheDefect(_ row: Row) {
        let kernel = KernelRelease(release: row.release, version: row.version)
        #expect(kernel.diesOfClosing == row.dies)
        #expect(kernel.mayDieOfClosing == row.mayDie)
    }

    // MARK: Closing

    /// Closed by this thread, and by one of its own.
    static let kernels = [
        KernelRelease(release: "6.12.117", version: "#1 SMP"), KernelRelease(release: "6.1.192", version: "#1 SMP"),
    ]

    /// Two sockets that are connected.
    private static func pair() throws -> (near: Int32, far: Int32) {
        var ends: [Int32] = [-1, -1]
        // SAFETY: fills the two numbers.
        let status = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
        try #require(status == 0)
        return (ends[0], ends[1])
    }

    /// What the far end hears, without waiting for it: 0 is the end, which comes when the last descriptor of the near end is closed; -1 is nothing.
    private static func hear(_ descriptor: Int32) -> Int {
        var byte: UInt8 = 0
        // SAFETY: fills the byte.
        return unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
    }

    /// Waits for the end: a program that another test starts just then holds a copy until it runs.
    private static func hearsTheEnd(_ descriptor: Int32) -> Bool {
        var wish = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: reads and fills the one structure.
        return unsafe poll(&wish, 1, 30_000) == 1 && hear(descriptor) == 0
    }

    @Test(arguments: kernels) func theOtherEndHearsOfIt(_ kernel: KernelRelease) throws {
        let (near, far) = try Self.pair()
        defer { Glibc.close(far) }
        #expect(Self.hear(far) == -1)
        LinkClosing.close(near, on: kernel)
        #expect(Self.hearsTheEnd(far))
    }

    /// An adapter that goes takes all its links along, and two may go at once.
    @Test(arguments: kernels) func manyAreClosedAtOnce(_ kernel: KernelRelease) throws {
        let pairs = try (0..<100).map { _ in try Self.pair() }
        defer { for pair in pairs { Glibc.close(pair.far) } }
        DispatchQueue.concurrentPerform(iterations: pairs.count) { LinkClosing.close(pairs[$0].near, on: kernel) }
        #expect(pairs.allSatisfy { Self.hearsTheEnd($0.far) })
    }

    /// More than a process has room for, if any of them left its thread's stack behind: 64 KiB each, 2.5 GiB in all.
    @Test func theThreadIsGoneWhenTheCallReturns() throws {
        func stacks() throws -> Int {
            let maps = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(maps.split(separator: "\n").first { $0.hasPrefix("VmSize:") })
            return try #require(Int(line.filter(\.isNumber)))
        }
        let before = try stacks()
        for _ in 0..<40_000 {
            // A number that no descriptor has: the thread is made and ends all the same.
            LinkClosing.close(Int32.max - 1, on: Self.kernels[1])
        }
        // Other tests run beside this one, and their threads reserve 64 MiB each (KiB).
        #expect(try stacks() - before < 2 << 20)
    }

    /// What was closed is free: else these would be more descriptors than a process may have.
    @Test(arguments: kernels) func noDescriptorIsLeftBehind(_ kernel: KernelRelease) throws {
        var limit = rlimit()
        // SAFETY: fills the structure.
        let status = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try #require(status == 0)
        for _ in 0..<min(Int(clamping: limit.rlim_cur), 20_000) + 10 {
            let (near, far) = try Self.pair()
            LinkClosing.close(near, on: kernel)
            try #require(Self.hearsTheEnd(far))
            Glibc.close(far)
        }
    }
}
