// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import FIT
import Fusion
import Measurement
import Segmentation
import Simulation
import Workloads

/// What a peer and we are given: the same bytes and numbers. Our side of each kind of work gives back what shows that the work was done:
/// the peer has to come to the same.
struct Workload {
    /// One hour of a strap's broadcasts as a stick sends them, without extended data: 13 bytes each.
    let strapBytes: [UInt8]
    /// A FIT activity.
    let activity: [UInt8]
    /// A footpod's speed, four times a second.
    let speeds: [FusedSample]

    /// - Parameter records: of the FIT activity, one a second.
    init(records: Int) throws {
        var configuration = try SimulatedSession.Configuration(plan: "fartlek", seed: 20_260_101)
        configuration.duration = 3600
        var session = SimulatedSession(configuration)
        var stickBytes: [UInt8] = []
        session.run { frame, bytes in
            guard frame.link == .usb(fromStick: true) else { return }
            for index in bytes.indices { stickBytes.append(bytes[index]) }
        }
        strapBytes = Self.broadcasts(of: 0, in: stickBytes)
        activity = FITRun.file(records)

        var workout = try SimulatedSession.Configuration(plan: "sprint-5x30-90", seed: 20_260_101)
        workout.duration = 1500
        var stream = SampleStream(workout, period: 0.25)
        var speeds: [FusedSample] = []
        stream.run { speeds.append(FusedSample(time: $0.time, speed: $0.speed, updated: .speed)) }
        self.speeds = speeds
    }

    /// The broadcasts of one channel, stripped of what stands behind the page.
    private static func broadcasts(of wanted: UInt8, in bytes: [UInt8]) -> [UInt8] {
        var framer = ANTFramer()
        var offset = 0
        var result: [UInt8] = []
        while let message = framer.next(in: bytes.span, from: &offset) {
            guard let page = message.page, message.channel == wanted else { continue }
            var frame: [UInt8] = [ANTFramer.sync, 9, ANTMessageID.broadcast.rawValue, wanted]
            for index in 0..<8 { frame.append(page.byte(UInt64(index))) }
            frame.append(frame.reduce(0, ^))
            result += frame
        }
        return result
    }

    /// - Returns: the sum of all beat times (1/1024 s) and heart rates.
    func readStrap() -> UInt64 {
        var framer = ANTFramer()
        var offset = 0
        var sum: UInt64 = 0
        let bytes = strapBytes.span
        while let message = framer.next(in: bytes, from: &offset) {
            guard let page = message.page else { continue }
            let beat = HeartRatePage(page)
            sum &+= UInt64(beat.beatTime) &+ UInt64(beat.beatsPerMinute ?? 0)
        }
        return sum
    }

    /// Every field of every message.
    ///
    /// - Returns: the sum of all records' heart rates.
    func readActivity() throws -> UInt64 {
        var decoder = FITDecoder()
        var start = 0
        var sum: UInt64 = 0
        var others: UInt64 = 0
        while start < activity.count {
            let end = min(start + FITRun.piece, activity.count)
            decoder.append(activity.span.extracting(start..<end))
            start = end
            if start == activity.count { decoder.endOfInput() }
            while try decoder.advance() {
                let message = decoder.message
                var heartRate: UInt64 = 0
                for index in message.fields.indices {
                    let value = message.unsigned(message.fields[index]) ?? 0
                    if message.fields[index].number == 3 { heartRate = value }
                    others &+= value
                }
                for index in message.developerFields.indices {
                    others &+= message.unsigned(message.developerFields[index]) ?? 0
                }
                if message.number == FITProfile.Message.record { sum &+= heartRate }
            }
        }
        // So that no field's reading can be left out.
        return others == 0 ? 0 : sum
    }

    /// - Returns: how many bouts began.
    func segment() -> UInt64 {
        var segmenter = Segmenter()
        var bouts: UInt64 = 0
        for sample in speeds {
            segmenter.ingest(sample) { change in
                if case .began(let phase) = change, phase.kind == .sprint || phase.kind == .interval { bouts += 1 }
            }
        }
        return bouts
    }
}
