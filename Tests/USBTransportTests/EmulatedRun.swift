// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Synchronization

/// One of the built programs, run where there are emulated sticks.
final class EmulatedRun: Sendable {
    private static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    private static let wrapper: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/umockdev-wrapper" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Whether umockdev is there, and the emulator was built with it.
    static let isPossible: Bool = {
        guard wrapper != nil, let run = try? EmulatedRun("/bin/true", []) else { return false }
        return run.result().status == 0
    }()

    private let process: Mutex<Process>
    private let output: URL

    /// Where a built program lies.
    static func path(of program: String) -> String { folder.appendingPathComponent(program).path }

    /// One of the trials, with no right to what its files' modes deny: root is an ordinary owner then.
    static func withoutOverride(_ trial: String) throws -> EmulatedRun {
        guard geteuid() == 0 else { return try EmulatedRun("stick-trials", [trial]) }
        let rights = ["--bounding-set", "-dac_override,-dac_read_search", path(of: "stick-trials"), trial]
        return try EmulatedRun("/usr/bin/setpriv", rights)
    }

    /// - Parameters:
    ///   - program: by its name, or its path.
    ///   - commands: the emulator's.
    init(_ program: String, _ arguments: [String], on commands: [String] = []) throws {
        output = FileManager.default.temporaryDirectory.appendingPathComponent("emulated-\(UUID().uuidString)")
        try Data().write(to: output)
        let path = program.hasPrefix("/") ? program : Self.folder.appendingPathComponent(program).path
        let process = Process()
        process.executableURL = URL(filePath: Self.wrapper ?? "/bin/false")
        process.arguments =
            [Self.folder.appendingPathComponent("stick-emulator").path] + commands + ["--", path] + arguments
        process.standardInput = FileHandle.nullDevice
        // Not a pipe: nobody reads while it runs.
        let file = try FileHandle(forWritingTo: output)
        process.standardOutput = file
        process.standardError = file
        try process.run()
        self.process = Mutex(process)
    }

    deinit { try? FileManager.default.removeItem(at: output) }

    /// Waits for its end.
    func result() -> (status: Int32, output: String) {
        process.withLock { process in
            process.waitUntilExit()
            let ended = process.terminationReason == .exit
            let text = (try? Data(contentsOf: output)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return (ended ? process.terminationStatus : -process.terminationStatus, text)
        }
    }
}
