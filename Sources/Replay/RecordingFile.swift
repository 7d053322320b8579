// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture
package import Measurement

/// A recording of any kind, read from a file, a FIFO or the standard input in constant memory.
///
/// What is torn or bad ends the recording early and is told in ``notes``; only a file from which nothing can be had
/// throws.
package struct RecordingFile: ~Copyable {
    /// The path as it was given, or `standard input`.
    package let name: String
    package let format: RecordingFormat
    private var source: ByteSource
    private var capture = CaptureReader()
    private var samples: SampleReader
    private var inputEnded = false
    private var told = CaptureNotes()

    /// Opens a recording and finds out what it is.
    ///
    /// - Parameters:
    ///   - path: `-` for the standard input.
    ///   - tcx: reads Training Center XML, where the program has a reader for it; without one such a file is refused.
    package init(path: String, tcx: (any SampleSource)? = nil) throws(RecordingError) {
        var opened = try ByteSource(path: path)
        let (known, prefix) = try Self.identify(&opened)
        if known == .tcx, tcx == nil {
            throw RecordingError(
                file: opened.name, reason: "is Training Center XML, which sprintctl reads", category: .badData)
        }
        name = opened.name
        format = known
        source = opened
        samples = SampleReader(known, tcx: tcx)
        feed(prefix.span)
    }

    private static func identify(
        _ source: inout ByteSource
    ) throws(RecordingError) -> (RecordingFormat, prefix: [UInt8]) {
        var prefix: [UInt8] = []
        // A FIFO may bring its first bytes one by one.
        while prefix.count < RecordingFormat.prefixLength {
            let more = try source.read { bytes in
                for index in bytes.indices { prefix.append(bytes[index]) }
            }
            let shown = prefix.span.extracting(first: RecordingFormat.prefixLength)
            if let known = RecordingFormat.recognise(shown) { return (known, prefix) }
            guard more else { break }
        }
        throw RecordingError(
            file: source.name, reason: prefix.isEmpty ? "is empty" : unknown(prefix),
            category: .badData)
    }

    private static func unknown(_ prefix: [UInt8]) -> String {
        let shown = prefix.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: " ")
        return "is no recording that is read (pcapng, pcap, btsnoop, FIT, TCX, or CSV with a t_s column);"
            + " it begins with \(shown)"
    }

    /// What a person should know of the recording: a torn end, packets passed over. One line each; complete once the
    /// end is reached.
    package var notes: [String] {
        switch format {
        case .pcapng, .pcap, .btsnoop: told.lines
        case .fit, .csv, .tcx: samples.notes
        }
    }

    /// Records read and records dropped, of a format that holds samples.
    package var recordCounts: (records: Int, bad: Int) { samples.counts }

    /// What a FIT file calls its sensors; empty for the other formats.
    package var sensorNames: [SensorID: String] {
        var names: [SensorID: String] = [:]
        for kind in SensorKind.allCases { names[.file(kind)] = samples.name(of: kind) }
        return names
    }

    /// Frames that a capture's recorder says it lost, as far as it was read.
    package var droppedFrames: Int { Int(clamping: capture.recorderDrops) }

    /// Delivers the next frame, sample or event.
    ///
    /// - Parameters:
    ///   - frame: a capture's; its bytes are good during the call only.
    ///   - sample: a FIT, CSV or TCX file's.
    ///   - event: a capture's: comments, and where it is broken.
    /// - Returns: `false` at the end, when nothing was delivered.
    package mutating func next(
        frame: (CapturedFrame, Span<UInt8>) -> Void, sample: (Sample) -> Void,
        event: (CaptureEvent) -> Void = { _ in }
    ) throws(RecordingError) -> Bool {
        switch format {
        case .pcapng, .pcap, .btsnoop: try nextFrame(frame, event)
        case .fit, .csv, .tcx: try nextSample(sample)
        }
    }

    private mutating func nextFrame(
        _ frame: (CapturedFrame, Span<UInt8>) -> Void, _ event: (CaptureEvent) -> Void
    ) throws(RecordingError) -> Bool {
        while true {
            let step: CaptureStep
            do throws(CaptureError) {
                step = try capture.next(frame: frame) { found in
                    told.take(found)
                    event(found)
                }
            } catch {
                throw RecordingError(
                    file: name, position: .byte(error.position), reason: error.description,
                    category: .badData)
            }
            switch step {
            case .frame, .event: return true
            case .needsInput: try fill()
            case .end:
                told.close(capture)
                return false
            }
        }
    }

    private mutating func nextSample(_ body: (Sample) -> Void) throws(RecordingError) -> Bool {
        while true {
            let next: Sample?
            do throws(SampleReader.Fault) {
                next = try samples.next()
            } catch {
                throw RecordingError(
                    file: name, position: error.position, reason: error.reason, category: .badData)
            }
            if let next {
                body(next)
                return true
            }
            guard !inputEnded else { return false }
            try fill()
        }
    }

    /// Reads one more chunk.
    private mutating func fill() throws(RecordingError) {
        guard !inputEnded else { return }
        let more = try source.read { bytes in
            switch format {
            case .pcapng, .pcap, .btsnoop: capture.append(bytes)
            case .fit, .csv, .tcx: samples.append(bytes)
            }
        }
        guard !more else { return }
        inputEnded = true
        switch format {
        case .pcapng, .pcap, .btsnoop: capture.endOfInput()
        case .fit, .csv, .tcx: samples.endOfInput()
        }
    }

    private mutating func feed(_ bytes: Span<UInt8>) {
        switch format {
        case .pcapng, .pcap, .btsnoop: capture.append(bytes)
        case .fit, .csv, .tcx: samples.append(bytes)
        }
    }
}
