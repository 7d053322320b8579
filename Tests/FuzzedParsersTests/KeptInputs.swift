// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation

/// What the fuzzer starts from, and what it has found.
enum KeptInputs {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// `Fuzzing/make-seeds`' inputs for one parser, in the order of their names.
    static func seeds(of parser: String) throws -> [[UInt8]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seeds-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(filePath: python ?? "/usr/bin/python3")
        process.arguments = [root.appendingPathComponent("Fuzzing/make-seeds").path, folder.path]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableRuntimeMismatch) }
        return try inputs(in: folder.appendingPathComponent(parser))
    }

    /// Inputs that once brought the parser down.
    static func regressions(of parser: String) throws -> [[UInt8]] {
        let folder = root.appendingPathComponent("Fuzzing/regressions/\(parser)")
        return FileManager.default.fileExists(atPath: folder.path) ? try inputs(in: folder) : []
    }

    private static func inputs(in folder: URL) throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            [UInt8](try Data(contentsOf: folder.appendingPathComponent($0)))
        }
    }
}
