// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import Simulation

/// A simulated session, made once and kept in memory in the shapes that the stages take, so that no stage pays for
/// another's input. Longer recordings are this one again and again, each time later.
struct Recording {
    /// Seconds, of one pass.
    let duration: Int64
    private(set) var frames: [CapturedFrame] = []
    /// Where each frame begins in `frameBytes`; one more than there are frames.
    private(set) var starts = [0]
    private(set) var frameBytes: [UInt8] = []
    /// The enhanced packet blocks of all frames.
    private(set) var blocks: [UInt8] = []
    /// What the stick sent, one transfer behind the other.
    private(set) var stickBytes: [UInt8] = []

    /// - Parameters:
    ///   - duration: seconds.
    ///   - radio: of the straps and footpods.
    ///   - athletes: each with a strap and a footpod.
    init(duration: Int64, radio: Radio = .ant, athletes: Int = 1) throws {
        self.duration = duration
        // Running with sprints in between: every detector has work to do.
        var configuration = try SimulatedSession.Configuration(plan: "fartlek", seed: 20_260_101)
        configuration.duration = Double(duration)
        configuration.strap = radio
        configuration.footpod = radio
        configuration.athletes = athletes
        var session = SimulatedSession(configuration)
        var writer = try PcapngWriter(PcapngWriter.Section())
        var file: [UInt8] = []
        var stickBytes: [UInt8] = []
        session.run { frame, bytes in
            writer.simulated(frame, bytes)
            writer.drain { more in for index in more.indices { file.append(more[index]) } }
            guard frame.link == .usb(fromStick: true) else { return }
            for index in bytes.indices { stickBytes.append(bytes[index]) }
        }
        self.stickBytes = stickBytes

        var reader = CaptureReader()
        reader.append(file.span)
        reader.endOfInput()
        var step = CaptureStep.frame
        while step != .end {
            var taken: (CapturedFrame, [UInt8])?
            step = try reader.next(
                frame: { frame, bytes in
                    var copy: [UInt8] = []
                    for index in bytes.indices { copy.append(bytes[index]) }
                    taken = (frame, copy)
                }, event: { _ in })
            guard let (frame, bytes) = taken else { continue }
            frames.append(frame)
            frameBytes += bytes
            starts.append(frameBytes.count)
        }
        let head = try Self.sectionHead(frames[0], frameBytes[0..<starts[1]], clockOffset: 0)
        blocks = Array(file[head.count...])
    }

    func bytes(of index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

    /// A section's header and interface, whose packets are `pass` durations later than those of the first.
    func sectionHead(pass: Int64) throws -> [UInt8] {
        try Self.sectionHead(frames[0], frameBytes[0..<starts[1]], clockOffset: pass * duration)
    }

    /// What a writer writes for its first frame and not for a second one.
    private static func sectionHead(
        _ frame: CapturedFrame, _ bytes: ArraySlice<UInt8>, clockOffset: Int64
    ) throws -> [UInt8] {
        var writer = try PcapngWriter(PcapngWriter.Section(), clockOffset: clockOffset)
        var lengths: [Int] = []
        var first: [UInt8] = []
        for _ in 0..<2 {
            writer.frame(frame, bytes.span)
            lengths.append(writer.pendingBytes)
            writer.drain { more in
                guard first.isEmpty else { return }
                for index in more.indices { first.append(more[index]) }
            }
        }
        return Array(first[..<(lengths[0] - lengths[1])])
    }
}
