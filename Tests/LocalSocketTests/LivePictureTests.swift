// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Fusion
import LiveCapture
import Measurement
import Pipeline
import Scoring
import Segmentation
import SocketProtocol
import Testing
import Transport

@testable import LocalSocket

@Suite struct LivePictureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(kind) \(number) \(sensor.map { "\($0)" } ?? "")" }
        var kind: TransportNotice.Kind
        var number: UInt32
        var sensor: SensorID?
        var device: String?
    }

    static let rows = [
        Row(kind: .deviceReady, number: 260, device: "USB 1:4"), Row(kind: .deviceReady, number: 0, device: "hci0"),
        Row(kind: .sensorFound, number: 260, sensor: .ant(deviceType: 120, number: 7), device: "USB 1:4"),
        // Any stick may hear it: that it is silent is of none of them.
        Row(kind: .sensorLost, number: 0, sensor: .ant(deviceType: 120, number: 7), device: nil),
        Row(kind: .sensorLost, number: 0, sensor: .bluetooth(address: 0xC412_F500_A001), device: "hci0"),
        Row(kind: .remark, number: 0, device: nil),
    ]

    @Test(arguments: rows) func aNoticeNamesTheDeviceThatItIsOf(_ row: Row) {
        var picture = LivePicture([], rate: 1)
        let notice = TransportNotice(time: .zero, kind: row.kind, device: row.number, sensor: row.sensor)
        #expect(picture.take(.live(.notice(notice, "words"))) == [.notice(device: row.device, message: "words")])
    }

    /// In an interval of 4 × 4 min at 90 % of the maximum heart rate, speed is nobody's concern; before it, it is what a bout would be measured by.
    @Test func theEffortOfAMomentIsWhatItsBoutIsJudgedBy() throws {
        let configuration = AthleteConfiguration(
            maxima: Maxima(speed: .init(8, .measured), heartRate: .init(200, .measured)), plan: .fourByFour,
            target: 0.7)
        var picture = LivePicture([.init(athlete: Athlete())], rate: 1)
        _ = picture.take(.report(.sessionBegan(athlete: 0, name: "x", unixSeconds: 0)))
        _ = picture.take(.live(.sessionStarted(athlete: 0, start: .zero, configuration: configuration)))
        func began(_ kind: PhaseKind, _ time: Double) {
            let start = PhaseStart(
                kind: kind, start: Timestamp(seconds: time), decided: Timestamp(seconds: time), evidence: .speed,
                confidence: 1)
            _ = picture.take(.live(.pipeline(athlete: 0, .phase(.began(start)))))
            let phase = AnalysisDocument.Phase(
                kind: kind, start: time, end: time, decided: time, evidence: .speed, confidence: 1)
            _ = picture.take(.report(.phase(athlete: 0, .began, phase)))
        }
        func now(_ time: Double, heartRate: Double?) throws -> NowMessage {
            let sample = FusedSample(
                time: Timestamp(seconds: time), speed: 6, heartRate: heartRate, updated: [.speed, .heartRate])
            let told = picture.now(0, sample)
            return try #require(told)
        }
        began(.warmup, 0)
        let warming = try now(300, heartRate: 150)
        #expect(warming.effort == 0.75 && warming.target == 0.7 && warming.isOnTarget == nil)
        began(.sprint, 600)
        let below = try now(700, heartRate: 170)
        #expect(below.effort == 0.85 && below.target == 0.9 && below.isOnTarget == false)
        #expect(try now(701, heartRate: 180).isOnTarget == true)
        // With no heart rate, speed is what there is.
        #expect(try now(702, heartRate: nil).effort == 0.75)
    }
}
