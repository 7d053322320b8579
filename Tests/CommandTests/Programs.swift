// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation

/// The built programs, run as a person would run them.
enum Programs {
    /// Where the test itself was built.
    static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    static let areBuilt = ["sprintctl", "sprintd"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: path($0))
    }

    static func path(_ program: String) -> String { folder.appendingPathComponent(program).path }

    struct Result: Equatable {
        var status: Int32
        var output: String
        var errors: String

        var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
    }

    static func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program.hasPrefix("/") ? program : path(program))
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        return process
    }

    static func run(_ program: String, _ arguments: [String]) throws -> Result {
        let process = process(program, arguments)
        let output = Pipe()
        // Not a second pipe: who reads one to its end must not wait for a writer that waits for the other.
        let errors = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // A trap would be a signal, and no exit status.
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Result(
            status: status, output: String(decoding: data, as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}

/// A folder that lasts as long as the test.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("sprintd-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }

    /// Everything in it, by path from it, sorted.
    func contents(of name: String = "") -> [String] {
        (FileManager.default.subpaths(atPath: path + "/" + name) ?? []).sorted()
    }
}
