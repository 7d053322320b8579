// SPDX-License-Identifier: GPL-3.0-or-later
import CSV
import Measurement
import TestSupport
import Testing

@Suite struct RealRecordingTests {
    /// `name.laps.csv` and `name.rr.csv` are tables of another kind.
    static let runs = ["runs/intervals", "runs/steady"].flatMap { folder in
        RealRecordings.names(in: folder).filter { $0.split(separator: ".").count == 2 }
    }

    @Test(.enabled(if: RealRecordings.available, "no real recordings beside the project"))
    func everyRealRunIsReadWithoutARefusedRow() throws {
        #expect(!Self.runs.isEmpty)
        for name in Self.runs {
            let bytes = try RealRecordings.contents(name)
            let result = CSVSampleReaderTests.read(bytes, piece: 4096)
            let text = String(decoding: bytes, as: UTF8.self)
            let rows = text.split(whereSeparator: \.isNewline).count - 1
            #expect(result.errors == [], "\(name)")
            #expect(result.records == rows, "\(name)")
            #expect(!result.samples.isEmpty, "\(name)")
        }
    }
}
