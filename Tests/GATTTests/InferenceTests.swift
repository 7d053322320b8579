// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT
import Measurement
import Testing

/// What is made of handles whose discovery the recording lacks.
@Suite struct InferenceTests {
    @Test func withoutDiscoveryThreeAlikeValuesMakeAGuess() {
        var talk = Conversation()
        // No connection event either; the values are a real strap's.
        talk.peer(0x40, "1B 1000 06 3C")
        talk.peer(0x40, "1B 1000 16 3C 1104")
        #expect(talk.events.isEmpty)
        talk.peer(0x40, "1B 1000 16 3C F503")
        let sensor = SensorID.bluetoothConnection(adapter: 0, handle: 0x40)
        #expect(
            talk.events.first
                == .guessed(.init(adapter: 0, handle: 0x40), sensor, handle: 0x10, .heartRateMeasurement))
        // Nothing is made of the first two after the fact.
        #expect(talk.samples == [rate(60, contact: true), interval(1013, gap: true)])
        talk.peer(0x40, "1B 1000 16 3D F503")
        #expect(talk.samples.suffix(2) == [rate(61, contact: true), interval(1013)])
    }

    @Test func discoveryOverrulesAGuessButNotTheReverse() {
        var talk = Conversation()
        talk.connect()
        for _ in 0..<3 { talk.peer(0x40, "1B 1000 00 3C") }
        #expect(talk.samples == [rate(60)])
        talk.host(0x40, "04 1000 1000")
        talk.peer(0x40, "05 01 1000 6E2A")
        for _ in 0..<4 { talk.peer(0x40, "1B 1000 00 3C") }
        #expect(talk.samples == [rate(60)])
    }

    @Test func aGuessIsMarkedForThePerson() {
        var talk = Conversation(reportsPDUs: true)
        talk.connect()
        for _ in 0..<4 { talk.peer(0x40, "1B 1000 00 3C") }
        #expect(
            talk.lines == [
                "Handle Value Notification 0x0010: 00 3C",
                "Handle Value Notification 0x0010: 00 3C",
                "Handle Value Notification 0x0010: 00 3C",
                "Handle Value Notification 0x0010 Heart Rate Measurement (guessed): 60 bpm",
            ])
    }

    @Test func aGuessOutlivesTheConnection() {
        var talk = Conversation()
        talk.connect()
        for _ in 0..<3 { talk.peer(0x40, "1B 1000 00 3C") }
        talk.event("05 04 00 4000 08")
        talk.connect("4100")
        talk.peer(0x41, "1B 1000 00 3D")
        #expect(talk.samples == [rate(60), rate(61)])
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        var name: String
        var values: [String]
        var expected: GATTUUID?
        var testDescription: String { name }
    }

    static let shapes: [Shape] = [
        Shape(
            name: "real strap", values: ["1634e404", "1634a504", "1633ea04"], expected: .heartRateMeasurement),
        Shape(
            name: "real treadmill", values: ["035c03a18200f6090000", "035c03a18200f7090000", "035c03a18200f8090000"],
            expected: .runningSpeedAndCadenceMeasurement),
        Shape(
            name: "real Runn", values: ["009101bb", "009101bb", "009101bc"],
            expected: .runningSpeedAndCadenceMeasurement),
        Shape(name: "battery", values: ["57", "57", "56"], expected: .batteryLevel),
        Shape(name: "a rate of 0 says nothing", values: ["0400", "0400", "0400", "0400"], expected: nil),
        Shape(
            name: "rate 0 and then enough", values: ["0400", "063C", "063C", "063D"], expected: .heartRateMeasurement),
        Shape(name: "a rate that jumps", values: ["003C", "00C8", "003C", "00C8", "003C"], expected: nil),
        Shape(
            name: "a length that does not fit", values: ["003C", "003C", "003C00", "003C", "003C", "003C"],
            expected: nil),
        Shape(name: "reserved flags", values: ["203C", "203C", "203C", "203C"], expected: nil),
        Shape(name: "a pod at rest", values: ["00000000", "00000000", "00000000"], expected: nil),
        Shape(name: "a speed of 200 m/s: cycling power", values: ["0000C800", "0000C800", "0000C900"], expected: nil),
        Shape(
            name: "a total distance that leaps",
            values: ["020003B400000000", "020003B400100000", "020003B400200000", "020003B400300000"], expected: nil),
        Shape(name: "a switch", values: ["00", "01", "00", "01", "01"], expected: nil),
        Shape(name: "a byte that wanders", values: ["10", "40", "20", "60"], expected: nil),
        Shape(name: "cycling cadence", values: ["0201000004", "0202000008", "020300000C"], expected: nil),
        Shape(name: "empty values", values: ["", "", ""], expected: nil),
        Shape(
            name: "two shapes on one handle", values: ["003C", "57", "003C", "57", "003C", "57", "003C"],
            expected: nil),
    ]

    @Test(arguments: shapes) func aShapeIsRecognisedOrLeftAlone(_ shape: Shape) {
        var talk = Conversation()
        talk.connect()
        for value in shape.values { talk.peer(0x40, "1B 1000 " + value) }
        let guesses = talk.events.compactMap { event -> GATTUUID? in
            if case .guessed(_, _, handle: 0x10, let uuid) = event { uuid } else { nil }
        }
        #expect(guesses == (shape.expected.map { [$0] } ?? []))
        #expect(talk.samples.isEmpty == (shape.expected == nil))
    }
}
