// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement

struct SampleFrame: Equatable {
    var header: CapturedFrame
    var bytes: [UInt8]

    /// Page 0 of a heart-rate strap (device 16815, type 120) in a broadcast with its channel id, four a second.
    static let hundred: [SampleFrame] = {
        var writer = try? PcapngWriter(.init())
        for index in 0..<100 {
            let body: [UInt8] = [
                0xA4, 14, 0x4E, 0, 4, 0, 0, 0, 0, UInt8(index), UInt8(index), UInt8(100 + index / 4), 0x80, 0xAF, 0x41,
                120, 1,
            ]
            writer?.usb(
                time: Timestamp(seconds: 1_767_592_800 + Double(index) / 4), direction: .received, bus: 1, device: 2,
                endpoint: 1, bytes: (body + [body.reduce(0, ^)]).span)
        }
        var reader = CaptureReader()
        writer?.drain { reader.append($0) }
        reader.endOfInput()
        var frames: [SampleFrame] = []
        while let step = try? reader.next(
            frame: { header, bytes in
                frames.append(SampleFrame(header: header, bytes: bytes.indices.map { bytes[$0] }))
            }, event: { _ in }), step != .end
        {}
        return frames
    }()
}
