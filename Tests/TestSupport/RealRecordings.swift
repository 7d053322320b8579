// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation

/// Recordings of real devices and real runs, which are not part of the project: see "Real recordings" in
/// CONTRIBUTING.md for where they are looked for.
package enum RealRecordings {
    private static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["SPRINTD_REAL_RECORDINGS"] {
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        // Tests/TestSupport/RealRecordings.swift
        return URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/real")
            .standardizedFileURL
    }()

    package static let available = FileManager.default.fileExists(atPath: folder.appending(path: "runs").path)

    /// The file-system path of one of them.
    package static func path(_ name: String) -> String { folder.appending(path: name).path }

    package static func contents(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    package static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// What lies in one of the folders, sorted; with the folder's name in front. Empty where they are absent.
    package static func names(in name: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []
        return names.sorted().map { "\(name)/\($0)" }
    }
}
