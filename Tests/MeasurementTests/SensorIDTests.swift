// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@Suite struct SensorIDTests {
    static let spellings: [(SensorID, String)] = [
        (.ant(deviceType: 120, number: 16815), "ant:120:16815"),
        (.ant(deviceType: 124, number: 0xF_FFFF), "ant:124:1048575"),
        (.bluetooth(address: 0xC412_F500_A001), "ble:C4:12:F5:00:A0:01"),
        (.bluetooth(address: 0), "ble:00:00:00:00:00:00"),
        (.bluetoothConnection(adapter: 1, handle: 64), "ble:1/64"),
        (.file(.heartRate), "file:heart_rate"),
        (.file(.footpod), "file:footpod"),
    ]

    @Test(arguments: spellings) func readsWhatItWrites(_ id: SensorID, _ spelling: String) {
        #expect(id.description == spelling)
        #expect(SensorID(spelling) == id)
    }

    @Test(arguments: [
        "", "ant", "ant:120", "ant:120:", "ant:256:1", "ant:120:1048576", "ant:120:-1", "ant:120:1:2", "ble:",
        "ble:C4:12:F5:00:A0", "ble:C4:12:F5:00:A0:01:02", "ble:C4:12:F5:00:A0:+1", "ble:C4:12:F5:00:A0:-0",
        "ble:G4:12:F5:00:A0:01", "ble:1", "ble:1/65536", "file:power", "usb:1",
    ])
    func refusesAnythingElse(_ spelling: String) {
        #expect(SensorID(spelling) == nil)
    }

    @Test func anIdentityTellsWhatItsSensorMeasuresWhereItCan() {
        #expect(SensorID.ant(deviceType: 120, number: 1).kind == .heartRate)
        #expect(SensorID.ant(deviceType: 124, number: 0).kind == .footpod)
        // Bicycle power.
        #expect(SensorID.ant(deviceType: 11, number: 1).kind == nil)
        #expect(SensorID.bluetooth(address: 1).kind == nil)
        #expect(SensorID.bluetoothConnection(adapter: 0, handle: 64).kind == nil)
        #expect(SensorID.file(.footpod).kind == .footpod)
    }

    @Test func readsSmallHexadecimalLetters() {
        #expect(SensorID("ble:c4:12:f5:00:a0:0b") == .bluetooth(address: 0xC412_F500_A00B))
    }
}
