// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// Inputs far larger than the fuzzer makes, of the shapes that could make a parser remember them.
@Suite(
    .disabled(if: ProcessInfo.processInfo.environment["ASAN_OPTIONS"] != nil, "AddressSanitizer keeps what is freed"))
struct HostileSizesTests {
    /// Bytes. An input that is read in pieces is 8 MB long: a parser that kept it would need more.
    private static let mostGrowth = 6 << 20

    /// In a process of its own, so that the peak of its memory is that of this input.
    @Test(arguments: HostileInput.all.keys.sorted()) func memoryDoesNotGrowWithTheInput(_ name: String) async {
        await #expect(processExitsWith: .success) { [name = name as String] in
            guard let input = HostileInput.all[name] else { fatalError("there is no \(name)") }
            let before = try Self.peak()
            input.read()
            let growth = try Self.peak() - before
            #expect(growth <= Self.mostGrowth + input.allowance, "\(name): \(growth) bytes")
        }
    }

    /// The most memory that the process has had resident, in bytes. Source: proc_pid_status(5), VmHWM.
    private static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return 1024 * (try #require((line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }))
    }
}
