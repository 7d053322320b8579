// SPDX-License-Identifier: GPL-3.0-or-later

import CSV
import Foundation
import Measurement
import Testing

/// Recordings of real runs, kept outside of the project: beside it in `shared/real`, or where
/// `SPRINTD_REAL_RECORDINGS` says.
enum RealRecordings {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["SPRINTD_REAL_RECORDINGS"] {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/real")
    }()

    static let runs: [URL] = ["intervals", "steady"].flatMap { kind -> [URL] in
        let folder = folder.appendingPathComponent("runs").appendingPathComponent(kind)
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        // `name.laps.csv` and `name.rr.csv` are tables of another kind.
        return files.filter { $0.lastPathComponent.split(separator: ".").count == 2 }
    }

    static var available: Bool { !runs.isEmpty }
}

@Suite struct RealRecordingTests {
    @Test(.enabled(if: RealRecordings.available, "no real recordings beside the project"))
    func everyRealRunIsReadWithoutARefusedRow() throws {
        for url in RealRecordings.runs {
            let bytes = [UInt8](try Data(contentsOf: url))
            let result = CSVSampleReaderTests.read(bytes, piece: 4096)
            let text = String(decoding: bytes, as: UTF8.self)
            let rows = text.split(whereSeparator: \.isNewline).count - 1
            #expect(result.errors == [], "\(url.lastPathComponent)")
            #expect(result.records == rows, "\(url.lastPathComponent)")
            #expect(!result.samples.isEmpty, "\(url.lastPathComponent)")
        }
    }
}
