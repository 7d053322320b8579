// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Fusion
import Measurement
import Pipeline
import Simulation
import Testing

/// A strap that sends the same beats over ANT+ and over Bluetooth, from frames to the one stream of beat intervals, with either radio
/// lost for a while.
@Suite struct DoubleStrapTests {
    /// When nothing of a radio is heard, in seconds. What Bluetooth loses is a connection: it ends, and is made anew.
    private struct Silence {
        var ant: ClosedRange<Double>?
        var bluetooth: ClosedRange<Double>?
    }

    private struct Outcome {
        var intervals: [(time: Double, interval: RRInterval)] = []
        var isOneStrap = false
        var switches = 0
    }

    /// Which radio the athlete's list names first.
    enum Preference: Sendable, CaseIterable { case ant, bluetooth }

    /// Fartlek, whose beats vary: where all are of one length nobody can say which is which, and a change of radio is marked.
    private static let recording: SimulatedRecording? = {
        guard var configuration = try? SimulatedSession.Configuration(plan: "fartlek", seed: 12) else { return nil }
        configuration.strap = .both
        configuration.footpod = nil
        configuration.duration = 400
        configuration.leadIn = 0
        return try? SimulatedRecording(configuration)
    }()

    private static let session: [(frame: CapturedFrame, bytes: [UInt8])] = {
        guard let recording else { return [] }
        var reader = CaptureReader()
        reader.append(recording.bytes.span)
        reader.endOfInput()
        var frames: [(frame: CapturedFrame, bytes: [UInt8])] = []
        while true {
            let step = try? reader.next(
                frame: { frame, bytes in frames.append((frame, bytes.indices.map { bytes[$0] })) }, event: { _ in })
            switch step {
            case .frame, .event: continue
            case .needsInput, .end, nil: return frames
            }
        }
    }()

    /// - Returns: the LE Connection Complete event; H4 type, event 0x3E, length 19, subevent 1, behind the direction.
    private static func isConnectionComplete(_ bytes: [UInt8]) -> Bool {
        bytes.dropFirst(4).starts(with: [0x04, 0x3E, 0x13, 0x01])
    }

    private static func play(_ silence: Silence, _ preference: Preference) -> Outcome {
        var decoder = FrameDecoder()
        var fusion = Fusion(configuration: FusionConfiguration(sensors: sensors(preference)))
        var outcome = Outcome()
        func feed(_ frame: CapturedFrame, _ bytes: [UInt8]) {
            decoder.ingest(frame, bytes.span) { (sample: Sample) in
                fusion.ingest(sample, emit: { _ in }) { outcome.intervals.append(($0.seconds, $1)) }
            }
        }
        let start = session.first?.frame.time ?? .zero
        let connection = session.first { isConnectionComplete($0.bytes) }
        var isLost = false
        for (frame, bytes) in session {
            let seconds = frame.time.seconds(since: start)
            if frame.link.isUSB {
                if let ant = silence.ant, ant.contains(seconds) { continue }
            } else if let bluetooth = silence.bluetooth, let connection {
                if bluetooth.contains(seconds) {
                    if !isLost {
                        // Disconnection Complete: connection time-out (08); the handle as in the connection's own event.
                        let handle = connection.bytes[9...10]
                        feed(frame, [0, 0, 0, 1, 0x04, 0x05, 0x04, 0x00] + handle + [0x08])
                    }
                    isLost = true
                    continue
                }
                if isLost {
                    var again = frame
                    again.originalLength = connection.frame.originalLength
                    feed(again, connection.bytes)
                }
                isLost = false
            }
            feed(frame, bytes)
        }
        outcome.isOneStrap = fusion.sensors.contains { $0.sameAs != nil && $0.used }
        outcome.switches = fusion.counters.switches
        return outcome
    }

    private static func sensors(_ first: Preference) -> [SensorID] {
        let ids = recording?.session.sensors(of: 0).map(\.id) ?? []
        return first == .ant ? ids : ids.reversed()
    }

    /// Every beat that Bluetooth brings when nothing is lost: what the heart did.
    private static let truth: [UInt16] = {
        var decoder = FrameDecoder()
        var ticks: [UInt16] = []
        for (frame, bytes) in session where frame.link.isBluetooth {
            decoder.ingest(frame, bytes.span) { (sample: Sample) in
                if case .rrInterval(let interval) = sample.reading { ticks.append(interval.ticks) }
            }
        }
        return ticks
    }()

    /// Where in the truth a run of intervals begins: both radios may round differently, by 1/1024 s.
    private static func place(of run: ArraySlice<UInt16>) -> Int? {
        guard run.count <= truth.count else { return nil }
        return (0...(truth.count - run.count)).first { start in
            zip(run, truth[start...]).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
        }
    }

    /// From here on the radios are known to be one strap's: that takes 40 beats, and a change of radio before it is marked.
    private static let known = 60.0

    /// The stream is the truth: nothing missing, nothing twice, no mark.
    private func expectSeamless(_ outcome: Outcome, _ comment: Comment) throws {
        #expect(outcome.isOneStrap, comment)
        let stream = outcome.intervals.filter { $0.time >= Self.known }
        let ticks = stream.map(\.interval.ticks)
        try #require(ticks.count > 300)
        let start = try #require(Self.place(of: ticks[..<30]), comment)
        let wrong = zip(ticks, Self.truth[start...]).count { abs(Int($0) - Int($1)) > 1 }
        #expect(wrong == 0, comment)
        // Up to the recording's end, where one radio may be some beats ahead.
        #expect(Self.truth.count - start - ticks.count <= 8, comment)
        #expect(stream.allSatisfy { !$0.interval.followsGap }, comment)
    }

    @Test(arguments: Preference.allCases) func bothRadiosTogetherMakeOneSeries(_ preference: Preference) throws {
        try expectSeamless(Self.play(Silence(), preference), "nothing is lost")
    }

    //  ANT+       1 2 3 … 600 ············ 700 701 …
    //  Bluetooth  1 2 3 … 600 601 … 699 700 701 …
    @Test(arguments: Preference.allCases)
    func whenANTFallsSilentBluetoothGoesOnWithoutASeam(_ preference: Preference) throws {
        let outcome = Self.play(Silence(ant: 150...200), preference)
        try expectSeamless(outcome, "ANT+ is silent from 150 s to 200 s")
        #expect(outcome.switches > 0 || preference == .bluetooth)
    }

    @Test(arguments: Preference.allCases)
    func whenTheConnectionIsLostANTGoesOnWithoutASeam(_ preference: Preference) throws {
        let outcome = Self.play(Silence(bluetooth: 150...200), preference)
        try expectSeamless(outcome, "Bluetooth is lost from 150 s to 200 s")
        #expect(outcome.switches > 0 || preference == .ant)
    }

    @Test(arguments: Preference.allCases)
    func oneRadioAfterTheOtherLeavesNoSeam(_ preference: Preference) throws {
        let outcome = Self.play(Silence(ant: 250...300, bluetooth: 130...170), preference)
        try expectSeamless(outcome, "first Bluetooth, then ANT+")
        #expect(outcome.switches > 0)
    }

    @Test(arguments: Preference.allCases)
    func aSilenceOfBothIsMarkedAndNotBridged(_ preference: Preference) throws {
        let outcome = Self.play(Silence(ant: 150...180, bluetooth: 150...180), preference)
        let stream = outcome.intervals.filter { $0.time >= Self.known }
        let marks = stream.indices.filter { stream[$0].interval.followsGap }
        #expect(marks.count == 1)
        let mark = try #require(marks.first)
        try #require(mark >= 30 && mark + 31 <= stream.count)
        // Beats before the silence arrive at its beginning, beats after it at its end.
        #expect(stream[mark - 1].time < 155)
        #expect(stream[mark].time >= 180)
        // Both sides are the truth, 30 s of beats apart.
        let ticks = stream.map(\.interval.ticks)
        let before = try #require(Self.place(of: ticks[mark - 30..<mark])) + 29
        let after = try #require(Self.place(of: ticks[mark + 1..<mark + 31])) - 1
        try #require(before < after)
        let missed = Self.truth[before + 1..<after].reduce(0.0) { $0 + Double($1) / 1024 }
        #expect(missed > 24 && missed < 34)
    }
}
