// SPDX-License-Identifier: GPL-3.0-or-later
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
}
