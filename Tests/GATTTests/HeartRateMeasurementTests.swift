// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT
import TestSupport
import Testing

@Suite struct HeartRateMeasurementTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var hex: String
        var expected: Result<HeartRateMeasurement, DecodeError>
        var testDescription: String { name }

        init(_ name: String, _ hex: String, _ expected: HeartRateMeasurement) {
            (self.name, self.hex, self.expected) = (name, hex, .success(expected))
        }
        init(_ name: String, _ hex: String, _ error: DecodeError) {
            (self.name, self.hex, self.expected) = (name, hex, .failure(error))
        }
    }

    /// Values that real straps sent, quoted in public threads; expected values worked out by hand from the bytes.
    static let real: [Vector] = [
        // flags 0x16: contact supported and felt, RR
        Vector("strap at rest, 52", "1634e404", .init(beatsPerMinute: 52, skinContact: true, rrIntervals: [1252])),
        Vector(
            "strap at rest, 52 again", "1634a504", .init(beatsPerMinute: 52, skinContact: true, rrIntervals: [1189])),
        Vector("strap at rest, 51", "1633ea04", .init(beatsPerMinute: 51, skinContact: true, rrIntervals: [1258])),
        Vector(
            "strap at rest, 51 again", "1633de04", .init(beatsPerMinute: 51, skinContact: true, rrIntervals: [1246])),
        // flags 0x10: RR, contact unsupported
        Vector("Polar H10", "103b5304", .init(beatsPerMinute: 59, rrIntervals: [1107])),
        // flags 0x14: contact supported and not felt, RR
        Vector(
            "Wahoo Blue HR", "144659035803", .init(beatsPerMinute: 70, skinContact: false, rrIntervals: [857, 856])),
        Vector("Polar H7", "164d1603", .init(beatsPerMinute: 77, skinContact: true, rrIntervals: [790])),
        Vector("Polar strap, two RR", "104eba039f03", .init(beatsPerMinute: 78, rrIntervals: [954, 927])),
        // flags 0x06: contact felt, no RR yet
        Vector("first beat", "063c", .init(beatsPerMinute: 60, skinContact: true)),
        Vector("second beat", "163c1104", .init(beatsPerMinute: 60, skinContact: true, rrIntervals: [1041])),
        Vector("third beat", "163cf503", .init(beatsPerMinute: 60, skinContact: true, rrIntervals: [1013])),
        Vector("H7 at work 1", "167310020d02", .init(beatsPerMinute: 115, skinContact: true, rrIntervals: [528, 525])),
        Vector("H7 at work 2", "16730f021102", .init(beatsPerMinute: 115, skinContact: true, rrIntervals: [527, 529])),
        Vector("H7 at work 3", "167414021602", .init(beatsPerMinute: 116, skinContact: true, rrIntervals: [532, 534])),
        Vector("H7 at work 4", "16742902", .init(beatsPerMinute: 116, skinContact: true, rrIntervals: [553])),
        Vector("strap, 90", "165a9a02", .init(beatsPerMinute: 90, skinContact: true, rrIntervals: [666])),
        Vector("strap, 92", "165c8c02", .init(beatsPerMinute: 92, skinContact: true, rrIntervals: [652])),
        Vector("strap, 93", "165d8502", .init(beatsPerMinute: 93, skinContact: true, rrIntervals: [645])),
    ]

    static let made: [Vector] = [
        Vector("two RR", "10 43 7203 8A03", .init(beatsPerMinute: 67, rrIntervals: [882, 906])),
        Vector("nothing but a rate", "00 40", .init(beatsPerMinute: 64)),
        Vector(
            "16-bit rate, energy shifts RR", "19 2C01 0500 0004",
            .init(beatsPerMinute: 300, energyExpended: 5, rrIntervals: [1024])),
        Vector("energy without RR", "08 50 FFFF", .init(beatsPerMinute: 80, energyExpended: 65535)),
        Vector("contact bit counts only where supported", "02 3C", .init(beatsPerMinute: 60)),
        Vector("RR announced, none there", "10 3C", .init(beatsPerMinute: 60)),
        Vector(
            "a zero RR does not end the list", "10 3C 0000 0004", .init(beatsPerMinute: 60, rrIntervals: [0, 1024])),
        Vector("odd tail", "10 3C 0004 07", .init(beatsPerMinute: 60, rrIntervals: [1024], unreadBytes: 1)),
        Vector("bytes no flag announces", "00 3C 0102", .init(beatsPerMinute: 60, unreadBytes: 2)),
        Vector(
            "eleven RR on a larger MTU", "10 3C 0100 0200 0300 0400 0500 0600 0700 0800 0900 0A00 0B00",
            .init(beatsPerMinute: 60, rrIntervals: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
        Vector("empty", "", .truncated(field: "flags", offset: 0)),
        Vector("flags alone", "00", .truncated(field: "heart rate", offset: 1)),
        Vector("16-bit rate cut short", "01 48", .truncated(field: "heart rate", offset: 1)),
        Vector("energy cut short", "08 48 01", .truncated(field: "energy expended", offset: 2)),
    ]

    @Test(arguments: real + made) func decodes(_ vector: Vector) {
        let value = bytes(vector.hex)
        let got = Result { () throws(DecodeError) in try HeartRateMeasurement(value: value.span) }
        #expect(got == vector.expected)
    }

    @Test(.enabled(if: RealRecordings.available, "the folder of real recordings is not here"))
    func everyRecordedValueIsInTheTable() throws {
        #expect(try RealRecordings.hexValues("hrm_hex_samples.csv") == Self.real.map(\.hex))
    }

    @Test func everyPrefixEitherDecodesOrThrows() {
        let whole = bytes("1F 2C01 0500 0004 0104 0204")
        for count in 0...whole.count {
            let value = Array(whole[..<count])
            let got = Result { () throws(DecodeError) in try HeartRateMeasurement(value: value.span) }
            switch got {
            case .success(let measurement): #expect(count >= 5 && measurement.rrIntervals.count == (count - 5) / 2)
            case .failure: #expect(count < 5)
            }
        }
    }

    @Test func intervalsCompareByContentOnly() {
        var long = RRIntervals()
        for interval in UInt16(0)..<255 { long.append(interval) }
        #expect(Array(long) == Array(0..<255))
        #expect(long != [0, 1, 2])
        #expect(([1, 2] as RRIntervals) == [1, 2])
    }
}
