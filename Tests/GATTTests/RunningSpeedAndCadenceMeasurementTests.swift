// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT
import TestSupport
import Testing

@Suite struct RunningSpeedAndCadenceMeasurementTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var hex: String
        var expected: Result<RunningSpeedAndCadenceMeasurement, DecodeError>
        var testDescription: String { name }

        init(_ name: String, _ hex: String, _ expected: RunningSpeedAndCadenceMeasurement) {
            (self.name, self.hex, self.expected) = (name, hex, .success(expected))
        }
        init(_ name: String, _ hex: String, _ error: DecodeError) {
            (self.name, self.hex, self.expected) = (name, hex, .failure(error))
        }
    }

    /// Quoted in public tests of other programs, with their stated meaning.
    static let real: [Vector] = [
        Vector(
            "Technogym Run, 3.359 m/s", "035c03a18200f6090000",
            .init(speed: 860, cadence: 161, strideLength: 130, totalDistance: 2550)),
        Vector(
            "Technogym Run, 1.723 m/s", "03b901855e000d0c0000",
            .init(speed: 441, cadence: 133, strideLength: 94, totalDistance: 3085)),
        Vector("NPE Runn, 1.566 m/s", "009101bb", .init(speed: 401, cadence: 187)),
        // 6553.5 m + 1677721.6 m
        Vector("OpenTracks, 5 m/s", "02000550ffff0001", .init(speed: 1280, cadence: 80, totalDistance: 16_842_751)),
        Vector(
            "Polar SDK, every field", "07341256890704030201",
            .init(speed: 4660, cadence: 86, strideLength: 1929, totalDistance: 16_909_060, isRunning: true)),
        Vector("Polar SDK, no optional field", "000a0014", .init(speed: 10, cadence: 20)),
        Vector("Technogym MyRun, 65 m", "02b900338a020000", .init(speed: 185, cadence: 51, totalDistance: 650)),
    ]

    static let made: [Vector] = [
        Vector("running without optional fields", "04 0003 B4", .init(speed: 768, cadence: 180, isRunning: true)),
        Vector("bytes no flag announces", "00 0003 B4 01", .init(speed: 768, cadence: 180, unreadBytes: 1)),
        Vector("empty", "", .truncated(field: "flags", offset: 0)),
        Vector("speed cut short", "00 01", .truncated(field: "speed", offset: 1)),
        Vector("no cadence", "00 0103", .truncated(field: "cadence", offset: 3)),
        Vector("stride length cut short", "01 0103 B4 01", .truncated(field: "stride length", offset: 4)),
        Vector("distance cut short", "03 0103 B4 0101 010203", .truncated(field: "total distance", offset: 6)),
    ]

    @Test(arguments: real + made) func decodes(_ vector: Vector) {
        let value = bytes(vector.hex)
        let got = Result { () throws(DecodeError) in try RunningSpeedAndCadenceMeasurement(value: value.span) }
        #expect(got == vector.expected)
    }

    @Test(.enabled(if: RealRecordings.available, "the folder of real recordings is not here"))
    func everyRecordedValueIsInTheTable() throws {
        #expect(try RealRecordings.hexValues("rsc_hex_samples.csv") == Self.real.map(\.hex))
    }

    @Test func featuresAreABitField() throws {
        let features = try RunningSpeedAndCadenceFeature(value: bytes("07 00").span)
        #expect(features == [.strideLength, .totalDistance, .walkingOrRunning])
        #expect(throws: DecodeError.truncated(field: "RSC features", offset: 0)) {
            try RunningSpeedAndCadenceFeature(value: bytes("07").span)
        }
    }
}

@Suite struct SmallCharacteristicTests {
    @Test func batteryLevelIsAPercentage() throws {
        #expect(try BatteryLevel(value: bytes("64").span) == BatteryLevel(percent: 100))
        #expect(try BatteryLevel(value: bytes("00").span) == BatteryLevel(percent: 0))
        #expect(throws: DecodeError.invalid(field: "battery level", offset: 0)) {
            try BatteryLevel(value: bytes("65").span)
        }
        #expect(throws: DecodeError.truncated(field: "battery level", offset: 0)) {
            try BatteryLevel(value: bytes("").span)
        }
    }

    @Test func bodySensorLocationHasSevenPlaces() throws {
        #expect(try BodySensorLocation(value: bytes("01").span) == .chest)
        #expect(try BodySensorLocation(value: bytes("06").span) == .foot)
        #expect(throws: DecodeError.invalid(field: "body sensor location", offset: 0)) {
            try BodySensorLocation(value: bytes("07").span)
        }
    }

    @Test(
        arguments: [
            ("506F6C617220 4837", "Polar H7"),
            // NUL padding, outer spaces, an escape sequence, a bidirectional override
            ("48 52 00 00 58", "HR"), ("20 48 20", "H"), ("1B 5B 33 31 6D 48", "[31mH"), ("41 E2 80 AE 42", "AB"),
            // ill-formed UTF-8
            ("41 FF", "A\u{FFFD}"),
            ("", nil), ("00", nil), ("20 20", nil),
        ] as [(String, String?)])
    func foreignTextIsMadeFitToPrint(_ hex: String, _ expected: String?) {
        #expect(SensorInformation.text(bytes(hex).span) == expected)
    }

    @Test func uuidsFoldIntoTheirShortForm() {
        let long = bytes("FB349B5F 8000 0080 0010 0000 372A0000")
        #expect(GATTUUID(littleEndian: long.span) == .heartRateMeasurement)
        #expect(GATTUUID(littleEndian: bytes("372A").span) == .heartRateMeasurement)
        #expect(GATTUUID(littleEndian: bytes("372A0000").span) == .heartRateMeasurement)
        #expect(GATTUUID(littleEndian: bytes("372A00").span) == nil)
        #expect(GATTUUID.heartRateMeasurement.description == "0x2A37")
        #expect(GATTUUID(littleEndian: bytes("372A0100").span)?.short == nil)
        // The Apple Notification Center Service's control point.
        let foreign = GATTUUID(littleEndian: bytes("D9D9AAFDBD9B2198A849E145F3D8D169").span)
        #expect(foreign?.description == "69D1D8F3-45E1-49A8-9821-9BBDFDAAD9D9")
        #expect(foreign?.short == nil)
    }

    @Test func everyRequestIsAnsweredByTheNextOpcode() {
        for opcode in ATTOpcode.allCases where opcode.role == .request {
            #expect(ATTOpcode(rawValue: opcode.rawValue + 1)?.role == .response, "\(opcode)")
        }
    }
}
