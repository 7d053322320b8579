// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import Capture
internal import GATT
internal import Measurement
internal import Pipeline
internal import ProcessIO
internal import Replay

extension Connection {
    /// - Parameters:
    ///   - sensor: only what this sensor said.
    ///   - message: only lines in which this text stands, in any case.
    ///   - print: takes one line, without a line end.
    static func inspect(
        file path: String, sensor: SensorID?, message: String?, print: (String) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var file = try open(path)
        var decoder = FrameDecoder(reportsPDUs: true)
        var start: Timestamp?
        var lines: [String] = []
        var teller = InspectionLine()
        let wanted = message?.lowercased()
        func line(_ time: Timestamp, _ direction: String, _ text: String, of source: SensorID?) {
            if let sensor, source != sensor { return }
            let first = start ?? time
            start = first
            let seconds = InspectionLine.seconds(Timestamp(nanoseconds: time.nanoseconds(since: first)))
            let whole = "\(seconds) \(direction) \(text)"
            if let wanted, !whole.lowercased().contains(wanted) { return }
            lines.append(whole)
        }
        var more = true
        while more {
            more = try next(
                &file,
                frame: { frame, bytes in
                    start = start ?? frame.time
                    let direction = InspectionLine.direction(frame, bytes)
                    decoder.ingest(frame, bytes) { event in
                        guard let (text, source, told) = teller.text(event) else { return }
                        line(frame.time, told ?? direction, text, of: source)
                    }
                },
                sample: { sample in
                    line(sample.time, "<", InspectionLine.text(sample), of: sample.sensor)
                },
                event: { event in
                    switch event {
                    case .comment(let comment) where sensor == nil:
                        if let time = comment.time ?? start {
                            line(time, "#", "comment: \(comment.text)", of: nil)
                        } else {
                            lines.append("# comment: \(comment.text)")
                        }
                    case .comment, .unsupportedInterface, .broken: break
                    }
                })
            for line in lines { try print(line) }
            lines.removeAll(keepingCapacity: true)
        }
        for note in file.notes { try print("# \(note)") }
    }
}
