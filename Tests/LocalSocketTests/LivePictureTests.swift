// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
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
}
