// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import CSV

@Suite struct CSVSampleReaderTests {
    struct Result: Equatable {
        var samples: [Sample] = []
        var errors: [String] = []
        var notes: [String] = []
        var records = 0
        var bad = 0
        var lastTime: Timestamp?
    }

    static func read(_ bytes: [UInt8], piece: Int = .max) -> Result {
        var reader = CSVSampleReader()
        var result = Result()
        func drain() {
            while true {
                do throws(CSVError) {
                    guard let sample = try reader.next() else { return }
                    result.samples.append(sample)
                } catch {
                    result.errors.append(error.description)
                }
            }
        }
        var start = 0
        while start < bytes.count {
            let end = piece < bytes.count - start ? start + piece : bytes.count
            reader.append(bytes.span.extracting(start..<end))
            start = end
            drain()
        }
        reader.endOfInput()
        drain()
        #expect(reader.isAtEnd)
        result.notes = reader.notes
        result.records = reader.recordCount
        result.bad = reader.badCount
        result.lastTime = reader.lastTime
        return result
    }

    static func read(_ text: String) -> Result { read([UInt8](text.utf8)) }

    static func heartRate(_ nanoseconds: Int64, _ rate: Double) -> Sample {
        Sample(
            time: Timestamp(nanoseconds: nanoseconds), sensor: .file(.heartRate),
            reading: .heartRate(HeartRateReading(beatsPerMinute: rate)))
    }

    static func stride(
        _ nanoseconds: Int64, speed: Double? = nil, cadence: Double? = nil, distance: Double? = nil
    ) -> Sample {
        Sample(
            time: Timestamp(nanoseconds: nanoseconds), sensor: .file(.footpod),
            reading: .stride(
                StrideReading(
                    speed: speed,
                    cadence: cadence.map { Cadence(perMinute: $0, convention: .steps) },
                    distance: distance)))
    }

    static let whole = """
        t_s,hr_bpm,speed_mps,cadence_spm,distance_m
        0,90,0,,
        1.5,91,2.5,160,3.75
        1.5,,,,
        2.25,,3,,
        3,92.5,,,

        """

    @Test func rowsYieldHeartRateAndThenStride() {
        let result = Self.read(Self.whole)
        #expect(
            result.samples == [
                Self.heartRate(0, 90), Self.stride(0, speed: 0),
                Self.heartRate(1_500_000_000, 91),
                Self.stride(1_500_000_000, speed: 2.5, cadence: 160, distance: 3.75),
                Self.stride(2_250_000_000, speed: 3),
                Self.heartRate(3_000_000_000, 92.5),
            ])
        #expect(result.records == 5)
        #expect(result.errors == [])
        #expect(result.notes == [])
    }

    @Test func aRowWithoutValuesStillAdvancesTheTime() {
        let result = Self.read("t_s,hr_bpm\n1,80\n7,\n")
        #expect(result.samples == [Self.heartRate(1_000_000_000, 80)])
        #expect(result.lastTime == Timestamp(nanoseconds: 7_000_000_000))
    }

    @Test func columnsComeInAnyOrderAndUnknownOnesAreNoted() {
        let result = Self.read("distance_m,power_w,t_s\n5,300,1\n,x y z,2\n")
        #expect(result.samples == [Self.stride(1_000_000_000, distance: 5)])
        #expect(result.errors == [])
        #expect(result.notes == ["line 1, column 2: column \"power_w\" is ignored"])
    }

    @Test(arguments: [
        "\u{FEFF}t_s,hr_bpm\n1,80\n",
        "t_s,hr_bpm\r\n1,80\r\n",
        "\"t_s\",\"hr_bpm\"\n\"1\",\"80\"\n",
        "# a comment, with commas\n\n#another\nt_s,hr_bpm\n1,80\n",
        "\u{FEFF}# a comment\r\n \t\r\n t_s , hr_bpm\r\n 1 ,\t80 \r\n\r\n\r\n",
        "t_s,hr_bpm,\"no\"\"te, really\"\n1,80,\"a \"\"b\"\", c\"\n",
        "t_s,hr_bpm\n\n1,80\n\n\n",
        "t_s,hr_bpm\n+1.000,8e1\n",
    ]) func thisReadsAsOneHeartRate(_ text: String) {
        let result = Self.read(text)
        #expect(result.samples == [Self.heartRate(1_000_000_000, 80)])
        #expect(result.errors == [])
    }

    @Test func aLastLineWithoutABreakIsTakenAndNoted() {
        let result = Self.read("t_s,hr_bpm\n1,80\n2,81")
        #expect(result.samples == [Self.heartRate(1_000_000_000, 80), Self.heartRate(2_000_000_000, 81)])
        #expect(result.notes == ["line 3: the last line has no line break; taken as whole"])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        var error: String
        var testDescription: String { error }
    }

    /// Each has the header `t_s,hr_bpm,speed_mps` on line 1 and a good row on line 2 and line 4.
    static let badRows: [Bad] = [
        Bad(text: "2,abc,3", error: "line 3, column 2 (hr_bpm): \"abc\" is not a number"),
        Bad(text: "2,80,nan", error: "line 3, column 3 (speed_mps): \"nan\" is not a number"),
        Bad(text: "inf,80,3", error: "line 3, column 1 (t_s): \"inf\" is not a number"),
        Bad(text: "NaN,80,3", error: "line 3, column 1 (t_s): \"NaN\" is not a number"),
        Bad(text: "2,0x50,3", error: "line 3, column 2 (hr_bpm): \"0x50\" is not a number"),
        Bad(text: "2,8 0,3", error: "line 3, column 2 (hr_bpm): \"8 0\" is not a number"),
        Bad(text: "2,1e999,3", error: "line 3, column 2 (hr_bpm): 1e999 is out of range"),
        Bad(text: "2,-1,3", error: "line 3, column 2 (hr_bpm): -1 is negative"),
        Bad(text: "2,80,-0.5", error: "line 3, column 3 (speed_mps): -0.5 is negative"),
        Bad(text: "0.5,80,3", error: "line 3, column 1 (t_s): time 0.5 is earlier than the row before"),
        Bad(text: ",80,3", error: "line 3, column 1 (t_s): the time is missing"),
        Bad(text: ",,", error: "line 3, column 1 (t_s): the time is missing"),
        Bad(text: "1e12,80,3", error: "line 3, column 1 (t_s): 1e12 is out of range"),
        Bad(text: "-1e300,80,3", error: "line 3, column 1 (t_s): -1e300 is out of range"),
        Bad(text: "2,80", error: "line 3, column 3 (speed_mps): the row has 2 cells, the header 3"),
        Bad(text: "2,80,3,", error: "line 3, column 4: the row has 4 cells, the header 3"),
        Bad(text: "2,\"80,3", error: "line 3, column 2 (hr_bpm): a quoted cell is not closed on its line"),
        Bad(text: "2,\"80\"0,3", error: "line 3, column 2 (hr_bpm): text follows a closing quote"),
        Bad(
            text: "2,8\u{0}0,3",
            error: "line 3, column 2 (hr_bpm): a NUL byte: this is not a text file, or not in UTF-8"),
        Bad(text: "2,\u{1B}[2J,3", error: "line 3, column 2 (hr_bpm): \"?[2J\" is not a number"),
        Bad(
            text: "2," + String(repeating: "9x", count: 30) + ",3",
            error: "line 3, column 2 (hr_bpm): \"" + String(repeating: "9x", count: 20) + "…\" is not a number"),
        Bad(
            text: "2," + String(repeating: "8", count: 70_000) + ",3",
            error: "line 3, column 1: the line is longer than 65536 bytes"),
    ]

    @Test(arguments: badRows) func aBadRowIsRefusedWithItsPlaceAndTheNextOneRead(_ bad: Bad) {
        let text = "t_s,hr_bpm,speed_mps\n1,80,2\n\(bad.text)\n3,82,4\n"
        for piece in [.max, 1, 1000] {
            let result = Self.read([UInt8](text.utf8), piece: piece)
            #expect(result.errors == [bad.error])
            #expect(
                result.samples == [
                    Self.heartRate(1_000_000_000, 80), Self.stride(1_000_000_000, speed: 2),
                    Self.heartRate(3_000_000_000, 82), Self.stride(3_000_000_000, speed: 4),
                ])
            #expect(result.bad == 1)
            #expect(result.records == 2)
        }
    }

    @Test(arguments: [
        Bad(text: "", error: "line 1, column 1: the input ends without a header line"),
        Bad(text: "# only\n\n", error: "line 3, column 1: the input ends without a header line"),
        Bad(text: "1,2,3\n1,80,3\n", error: "line 1, column 1: the header has no column t_s"),
        Bad(text: "T_S\n1\n", error: "line 1, column 1: the header has no column t_s"),
        Bad(text: "t_s;hr_bpm\n1;80\n", error: "line 1, column 1: the header has no column t_s"),
        Bad(
            text: "t_s,hr_bpm,t_s\n1,80,3\n",
            error: "line 1, column 3 (t_s): the header names this column twice"),
        Bad(text: "\"t_s,hr_bpm\n1,2\n", error: "line 1, column 1: a quoted cell is not closed on its line"),
        // UTF-16, little-endian.
        Bad(
            text: "t\u{0}_\u{0}s\u{0}\n",
            error: "line 1, column 1: a NUL byte: this is not a text file, or not in UTF-8"),
        Bad(
            text: String(repeating: "#", count: 70_000),
            error: "line 1, column 1: the line is longer than 65536 bytes"),
    ]) func anUnusableHeaderEndsTheReading(_ bad: Bad) {
        for piece in [.max, 1] {
            let result = Self.read([UInt8](bad.text.utf8), piece: piece)
            #expect(result.errors == [bad.error])
            #expect(result.samples == [])
        }
    }

    @Test func aLineOfExactlyTheLimitIsRead() {
        let padding = String(repeating: " ", count: 65536 - 4)
        let result = Self.read("t_s,hr_bpm\n1,80\(padding)\n")
        #expect(result.samples == [Self.heartRate(1_000_000_000, 80)])
        #expect(Self.read("t_s,hr_bpm\n1,80\(padding) \n").samples == [])
    }

    @Test func aHeaderWithoutMeasurementsIsNoted() {
        let result = Self.read("t_s\n1\n2\n")
        #expect(result.notes == ["line 1: no column holds a measurement"])
        #expect(result.records == 2)
        #expect(result.samples == [])
    }

    // MARK: Hostile input

    @Test func everyPrefixReadsOrIsRefusedHoweverItIsCut() {
        let bytes = [UInt8](Self.whole.utf8)
        let lines = Self.read(bytes).samples
        for count in 0...bytes.count {
            let prefix = [UInt8](bytes.prefix(count))
            let result = Self.read(prefix)
            #expect(result == Self.read(prefix, piece: 1))
            // What is cut inside a number cannot be told from a number; all before it is as it was.
            let sound = result.samples.dropLast(2)
            #expect(Array(sound) == Array(lines.prefix(sound.count)))
        }
    }

    @Test func mutatedAndRandomTextNeverTraps() {
        var generator = SeededGenerator(seed: 5)
        func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
        let alphabet = [UInt8]("0123456789.,-+eE\"\n\r #\u{0}nainf\u{FF}".utf8)
        for round in 0..<1500 {
            var bytes = [UInt8](Self.whole.utf8)
            for _ in 0...random(8) { bytes[random(bytes.count)] = alphabet[random(alphabet.count)] }
            if round % 3 == 0 {
                bytes = [UInt8]("t_s,hr_bpm\n".utf8)
                for _ in 0..<random(80) { bytes.append(alphabet[random(alphabet.count)]) }
            }
            let result = Self.read(bytes)
            #expect(result == Self.read(bytes, piece: 1 + round % 7))
            #expect(zip(result.samples, result.samples.dropFirst()).allSatisfy { $0.time <= $1.time })
        }
    }
}
