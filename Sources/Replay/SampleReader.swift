// SPDX-License-Identifier: GPL-3.0-or-later
import CSV
import FIT
import Measurement

/// Reads the formats that hold samples instead of frames, FIT and CSV, as their bytes arrive.
struct SampleReader: Sendable {
    /// Why such a file cannot be read on.
    typealias Fault = SampleSourceFault

    private enum Reader {
        case fit(FITSampleReader)
        case csv(CSVSampleReader)
        case other(any SampleSource)
        /// A capture: its frames are read elsewhere.
        case none
    }

    private var reader: Reader

    /// - Parameter tcx: reads that format, where a program has a reader for it.
    init(_ format: RecordingFormat, tcx: (any SampleSource)?) {
        switch format {
        case .fit: reader = .fit(FITSampleReader())
        case .csv: reader = .csv(CSVSampleReader())
        case .tcx: reader = tcx.map { .other($0) } ?? .none
        case .pcapng, .pcap, .btsnoop: reader = .none
        }
    }

    /// What was dropped, and where; one line each.
    var notes: [String] {
        switch reader {
        case .fit(let fit): fit.notes
        case .csv(let csv): csv.notes
        case .other(let other): other.notes
        case .none: []
        }
    }

    /// Records read, and records dropped.
    var counts: (records: Int, bad: Int) {
        switch reader {
        case .fit(let fit): (fit.recordCount, fit.badCount)
        case .csv(let csv): (csv.recordCount, csv.badCount)
        case .other(let other): (other.recordCount, other.badCount)
        case .none: (0, 0)
        }
    }

    /// The time of the last record, also of one that gave no sample.
    var lastTime: Timestamp? {
        switch reader {
        case .fit(let fit): fit.lastTime
        case .csv(let csv): csv.lastTime
        case .other(let other): other.lastTime
        case .none: nil
        }
    }

    /// The device that a FIT file names for a kind of sensor.
    func name(of kind: SensorKind) -> String? {
        switch reader {
        case .fit(let fit): fit.name(of: kind)
        case .csv, .other, .none: nil
        }
    }

    // Each case is taken out while it is changed, so that the reader inside is not copied with its buffer.

    mutating func append(_ bytes: Span<UInt8>) {
        switch reader {
        case .fit(var fit):
            reader = .none
            fit.append(bytes)
            reader = .fit(fit)
        case .csv(var csv):
            reader = .none
            csv.append(bytes)
            reader = .csv(csv)
        case .other(var other):
            reader = .none
            other.append(bytes)
            reader = .other(other)
        case .none: break
        }
    }

    mutating func endOfInput() {
        switch reader {
        case .fit(var fit):
            reader = .none
            fit.endOfInput()
            reader = .fit(fit)
        case .csv(var csv):
            reader = .none
            csv.endOfInput()
            reader = .csv(csv)
        case .other(var other):
            reader = .none
            other.endOfInput()
            reader = .other(other)
        case .none: break
        }
    }

    /// - Returns: `nil` when more input is needed, or all is read.
    mutating func next() throws(Fault) -> Sample? {
        switch reader {
        case .fit(var fit):
            reader = .none
            defer { reader = .fit(fit) }
            do throws(FITError) {
                return try fit.next()
            } catch {
                throw Fault(position: .byte(UInt64(clamping: error.offset)), reason: error.reason)
            }
        case .csv(var csv):
            reader = .none
            defer { reader = .csv(csv) }
            do throws(CSVError) {
                return try csv.next()
            } catch {
                throw Fault(position: .line(error.line, column: error.column), reason: error.reason)
            }
        case .other(var other):
            reader = .none
            defer { reader = .other(other) }
            return try other.nextSample()
        case .none: return nil
        }
    }
}
