// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Scoring
import Testing

@testable import AthleteFile

@Suite struct AthleteFileTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { message }
    }

    @Test func everyKeyIsRead() throws {
        let athlete = try AthleteFile.athlete(
            """
            # Ada's figures
            name = "Ada"
            max_speed_mps = 8.1
            max_hr_bpm = 192
            resting_hr_bpm = 52.5
            birth_year = 1990
            sex = "female"
            mass_kg = 61.5
            sensors = [
                "ant:120:16815", # strap
                "ble:C4:12:F5:00:A0:01",
            ]
            plan = "sprint-5x30-90"
            target = 0.85

            [cadence]
            "ble:C4:12:F5:00:A0:01" = "strides"
            "ant:124:7" = "steps"
            """)
        var expected = Athlete()
        expected.name = "Ada"
        expected.maxSpeed = 8.1
        expected.maxHeartRate = 192
        expected.restingHeartRate = 52.5
        expected.birthYear = 1990
        expected.sex = .female
        expected.mass = 61.5
        expected.sensors = [.ant(deviceType: 120, number: 16815), .bluetooth(address: 0xC412_F500_A001)]
        expected.plan = "sprint-5x30-90"
        expected.target = 0.85
        expected.cadence = [
            .bluetooth(address: 0xC412_F500_A001): .strides, .ant(deviceType: 124, number: 7): .steps,
        ]
        #expect(athlete == expected)
    }

    @Test func anEmptyFileIsAnUnknownAthlete() throws {
        #expect(try AthleteFile.athlete("") == Athlete())
        #expect(try AthleteFile.athlete("# nothing\n").target == nil)
    }

    static let refusals: [Refusal] = [
        Refusal(text: "max_sped_mps = 8", message: "1:1: max_sped_mps: unknown key"),
        Refusal(text: "name = \"A\"\n\n  zeta = 1\nalpha = 2", message: "3:3: zeta: unknown key"),
        Refusal(text: "name = \"x = 1\"\n[other]\nx = 1", message: "2:1: other: unknown key"),
        Refusal(text: "a.b = 1", message: "1:1: a.b: unknown key"),
        Refusal(
            text: "name = \"A\"\nmax_speed_mps = 81",
            message: "2:1: max_speed_mps: 81.0 is not between 2.0 and 13.0 m/s"),
        Refusal(
            text: "max_hr_bpm = nan", message: "1:1: max_hr_bpm: nan is not between 100.0 and 240.0 bpm"),
        Refusal(
            text: "birth_year = 1990.5",
            message: "1:1: birth_year: expected a whole number, found a number"),
        Refusal(text: "birth_year = 90", message: "1:1: birth_year: 90 is not between 1900 and 2100"),
        Refusal(text: "name = 3", message: "1:1: name: expected a string, found a whole number"),
        Refusal(text: "name = \"\"", message: "1:1: name: is empty; leave it out instead"),
        Refusal(text: "sex = \"f\"", message: "1:1: sex: \"f\" is not \"female\" or \"male\""),
        Refusal(text: "sensors = \"ant:120:1\"", message: "1:1: sensors: expected an array of strings, found a string"),
        Refusal(
            text: "sensors = [\"ant:120\"]",
            message:
                "1:1: sensors: \"ant:120\" (number 1) is no sensor: write ant:TYPE:NUMBER, as ant:120:16815, or ble:ADDRESS, as "
                + "ble:C4:12:F5:00:A0:01, or ble:name:NAME, as ble:name:Polar H10 12345678"),
        Refusal(
            text: "sensors = [\"ble:name:Belt\", \"ble:name:BELT\"]",
            message: "1:1: sensors: \"ble:name:BELT\" is listed twice"),
        Refusal(
            text: "sensors = [\"ant:120:1\", \"ant:120:1\"]", message: "1:1: sensors: \"ant:120:1\" is listed twice"),
        Refusal(
            text: "[cadence]\n# it counts one foot\n\"ant:124:7\" = \"feet\"",
            message: "3:1: ant:124:7: \"feet\" is not \"steps\" or \"strides\""),
        Refusal(
            text: "max_hr_bpm = 110\nresting_hr_bpm = 115", message: "2:1: resting_hr_bpm: must be below max_hr_bpm"),
        Refusal(
            text: "name = \"A\"\nplan = \"run-10\"",
            message: "2:1: plan: there is no plan \"run-10\"; there is sprint-5x30-90"),
        Refusal(text: "target = 80", message: "1:1: target: 80.0 is not between 0.5 and 1.0 (a share of maximum)"),
        Refusal(text: "name = \"A\"\n  [ =x]", message: "2:5: expected a key, found '='"),
        Refusal(text: "[[x]]", message: "1:1: an array of tables has no place here"),
        Refusal(text: "name = \"a\u{0}b\"", message: "1:8: a string that does not end on its line"),
        Refusal(text: "name = \"A\"\nplan = = 3", message: "2:8: expected a value, found '='"),
        Refusal(
            text: "plan = T07:32",
            message: "1:8: 'T07:32' is no value: text needs quotes, and dates have no place here"),
        Refusal(
            text: "name = \"A\" plan = 1", message: "1:12: expected nothing more at the end of the line, found 'p'"),
        Refusal(text: "name = \"\\q\"", message: "1:9: an unknown escape"),
        Refusal(text: "name = \"\"\"x\"\"\"", message: "1:8: a multi-line string has no place here"),
        Refusal(text: "sensors = [\n\"a\"", message: "2:4: expected ']' to end the array, found the end of the file"),
        Refusal(text: "max_hr_bpm", message: "1:11: expected '=' after the key, found the end of the file"),
    ]

    @Test func sensorsAreListedByNumberAddressAndName() throws {
        let athlete = try AthleteFile.athlete(
            "sensors = ['ble:name:Polar H10 12345678', 'ant:120:16815', 'ble:name:HRM-Dual:123456']")
        #expect(athlete.sensors == [.ant(deviceType: 120, number: 16815)])
        #expect(athlete.sensorNames.map(\.name) == ["Polar H10 12345678", "HRM-Dual:123456"])
        #expect(athlete.listsSensors)
    }

    @Test func aKeyThatIsThereTwiceIsRefused() {
        let error = #expect(throws: AthleteFileError.self) { try AthleteFile.athlete("plan = 'a'\n'plan' = 'b'") }
        #expect(error?.description == "2:1: plan: is there twice")
    }

    @Test func bytesThatAreNotUTF8AreRefusedOnTheirLine() {
        let error = #expect(throws: AthleteFileError.self) {
            try AthleteFile.athlete(Array("name = \"A\"\nplan = \"".utf8) + [0xFF, 0x22])
        }
        #expect(error == AthleteFileError(line: 2, column: 1, reason: "not UTF-8 text"))
    }

    @Test func everyPrefixOfAFileIsReadOrRefused() {
        let text = "name = \"A\"\nsensors = [\"ant:120:16815\"]\n[cadence]\n\"ant:124:7\" = 'steps'\n"
        for count in 0...text.unicodeScalars.count {
            let prefix = String(text.unicodeScalars.prefix(count))
            do throws(AthleteFileError) {
                _ = try AthleteFile.athlete(prefix)
            } catch {
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
    }

    @Test func randomTextIsReadOrRefused() {
        let pieces = [
            "name", "=", "\"", "'''", "\"\"\"", "[", "]", "{", "}", ".", "\n", "#", "1", "\\", ",", " ", "é", "[[",
        ]
        var state: UInt64 = 5
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int((state >> 33) % UInt64(pieces.count))]
            }
            _ = try? AthleteFile.athlete(text)
        }
    }
}
