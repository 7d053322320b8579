// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@Suite struct DeviceIdentityTests {
    @Test(
        arguments: [
            ("3312345678", [3_312_345_678]), ("0012345678", [12_345_678]),
            // Digits only, of the length of a hexadecimal one: 0x12345678 is 305419896.
            ("12345678", [12_345_678, 305_419_896]),
            // 0x7E5A2C2A.
            ("7e5a2c2a", [2_119_838_762]), ("0x7E5A2C2A", [2_119_838_762]),
            ("", []), ("0x", []), ("S/N 12345678", []), ("99999999999", []), ("-1234567", []), ("７７７７７７７７", []),
        ] as [(String, [UInt32])])
    func readsSerialNumbers(_ text: String, _ numbers: [UInt32]) {
        #expect(DeviceIdentity.serialNumbers(text) == numbers)
    }

    private func identity(_ numbers: [UInt32], _ maker: DeviceIdentity.Maker? = nil) -> DeviceIdentity {
        var identity = DeviceIdentity()
        identity.serialNumbers = numbers
        identity.maker = maker
        return identity
    }

    @Test func onlyTheSameLongNumberOfOneMakerProves() {
        #expect(identity([0x0004_41AF]).isSurely(identity([9, 0x0004_41AF])))
        #expect(identity([0x0004_41AF], .garmin).isSurely(identity([0x0004_41AF])))
        #expect(identity([0x0004_41AF], .garmin).isSurely(identity([0x0004_41AF], .garmin)))
        #expect(!identity([0x0004_41AF], .garmin).isSurely(identity([0x0004_41AF], .polar)))
        #expect(!identity([0x0004_41AF]).isSurely(identity([0x0004_41AE])))
        #expect(!identity([0xFFFF]).isSurely(identity([0xFFFF])))
        #expect(!identity([.max]).isSurely(identity([.max])))
        #expect(!identity([]).isSurely(identity([])))
    }

    @Test(
        arguments: [
            ("HRM-Dual:123456", 123_456, true), ("HRM-Dual:016815", 16_815, true),
            // 0x441AF is 278959; ANT's 16 bits of it are 0x41AF, 16815.
            ("Strap 16815", 278_959, true), ("Strap 278959", 278_959, true),
            ("Strap 278959", 16_815, false), ("Belt 777", 777, false), ("Belt 12345678901", 1, false),
            ("Belt", 16_815, false),
            ("Belt 0000", 0, false), ("16815 b", 16_815, true),
        ] as [(String, UInt32, Bool)])
    func findsAnANTNumberInAName(_ name: String, _ number: UInt32, _ carries: Bool) {
        var identity = DeviceIdentity()
        identity.name = name
        #expect(identity.nameCarries(antNumber: number) == carries)
    }

    /// The numbers are the FIT profile's.
    @Test func knowsMakersByNumberAndByName() {
        #expect(DeviceIdentity.Maker(antNumber: 1) == .garmin)
        #expect(DeviceIdentity.Maker(antNumber: 123) == .polar)
        #expect(DeviceIdentity.Maker(antNumber: 2) == nil)
        #expect(DeviceIdentity.Maker(name: "Polar Electro Oy") == .polar)
        #expect(DeviceIdentity.Maker(name: "WAHOO FITNESS") == .wahoo)
        #expect(DeviceIdentity.Maker(name: "Bipolar") == nil)
    }
}

@Suite struct SensorNameTests {
    @Test(arguments: [
        ("ble:name:Polar H10 12345678", "Polar H10 12345678"), ("ble:name:HRM-Dual:123456", "HRM-Dual:123456"),
        ("ble:name: ", " "),
    ])
    func whatFollowsIsTheName(_ text: String, _ name: String) {
        #expect(SensorName(text)?.name == name)
        #expect(SensorName(text)?.description == text)
        // Neither is ever taken for the other.
        #expect(SensorID(text) == nil)
    }

    @Test(arguments: ["ble:name:", "ble:name", "BLE:name:x", "ble:C4:12:F5:00:A0:01", "", "name:x"])
    func refusesWhatIsNone(_ text: String) {
        #expect(SensorName(text) == nil)
    }

    @Test func capitalsDoNotMatter() {
        #expect(SensorName("ble:name:Polar H10")?.matches("POLAR h10") == true)
        #expect(SensorName("ble:name:Polar H10")?.matches("Polar H1") == false)
    }
}
