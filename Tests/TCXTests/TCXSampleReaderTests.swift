// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import TCX

@Suite struct TCXSampleReaderTests {
    struct Read: Equatable {
        var samples: [Sample] = []
        var error: TCXError?
        var notes: [String] = []
        var records = 0
        var bad = 0

        init(_ bytes: [UInt8], piece: Int = .max) {
            var reader = TCXSampleReader()
            var start = 0
            do throws(TCXError) {
                while start < bytes.count {
                    let end = piece < bytes.count - start ? start + piece : bytes.count
                    reader.append(bytes.span.extracting(start..<end))
                    start = end
                    while let sample = try reader.next() { samples.append(sample) }
                }
                reader.endOfInput()
                while let sample = try reader.next() { samples.append(sample) }
            } catch {
                self.error = error
            }
            notes = reader.notes
            records = reader.recordCount
            bad = reader.badCount
        }
    }

    static func file(_ points: String, sport: String = "Running") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- a > comment --><TrainingCenterDatabase xmlns="x" xmlns:ns3='y'>
        <Activities><Activity Sport="\(sport)"><Id>2026-01-05T06:00:00Z</Id><Lap StartTime="2026-01-05T06:00:00Z">
        <TotalTimeSeconds>9</TotalTimeSeconds><MaximumHeartRateBpm><Value>199</Value></MaximumHeartRateBpm><Track>
        \(points)
        </Track></Lap></Activity></Activities></TrainingCenterDatabase>
        """
    }

    static let point = """
        <Trackpoint><Time>2026-01-05T06:00:01Z</Time><DistanceMeters>12.5</DistanceMeters><HeartRateBpm xsi:type="a>b"><Value>
        120 </Value></HeartRateBpm><Extensions><ns3:TPX CadenceSensor="Footpod"><ns3:Speed>3.25</ns3:Speed>
        <ns3:RunCadence>81</ns3:RunCadence></ns3:TPX></Extensions></Trackpoint>
        """

    /// 2026-01-05T06:00:01Z.
    static let time = Timestamp(nanoseconds: 1_767_592_801_000_000_000)

    static let samples = [
        Sample(time: time, sensor: .file(.heartRate), reading: .heartRate(HeartRateReading(beatsPerMinute: 120))),
        Sample(
            time: time, sensor: .file(.footpod),
            reading: .stride(
                StrideReading(speed: 3.25, cadence: Cadence(perMinute: 81, convention: .strides), distance: 12.5))),
    ]

    @Test func aTrackPointGivesHeartRateAndStride() {
        let read = Read(Array(Self.file(Self.point).utf8))
        #expect(read.samples == Self.samples)
        #expect(read.error == nil)
        #expect(read.notes == [])
        #expect(read.records == 1)
    }

    @Test func cadenceOfAnotherSportIsOfNoKnownKind() {
        let read = Read(Array(Self.file(Self.point, sport: "Other").utf8))
        guard case .stride(let stride) = read.samples.last?.reading else {
            Issue.record("no stride")
            return
        }
        #expect(stride.cadence == Cadence(perMinute: 81, convention: .unknown))
    }

    @Test func theSameComesHoweverTheInputIsCut() {
        let text = Array(Self.file(Self.point + "<!--x--><![CDATA[<Trackpoint>]]>" + Self.point).utf8)
        let whole = Read(text)
        #expect(whole.samples == Self.samples + Self.samples)
        for piece in [1, 2, 3, 7, 64, 1000] { #expect(Read(text, piece: piece) == whole) }
    }

    @Test func aPointWithoutATimeIsDroppedAndCounted() {
        let read = Read(Array(Self.file("<Trackpoint><Time>soon</Time></Trackpoint>" + Self.point).utf8))
        #expect(read.samples == Self.samples)
        #expect(read.records == 2)
        #expect(read.bad == 1)
        #expect(read.notes.count == 1)
    }

    @Test(arguments: ["-1", "nan", "inf", "1e999", "0x10", "", "12 13"]) func whatIsNoNumberIsAbsent(_ text: String) {
        let point =
            "<Trackpoint><Time>2026-01-05T06:00:01Z</Time><HeartRateBpm><Value>\(text)</Value></HeartRateBpm></Trackpoint>"
        #expect(Read(Array(Self.file(point).utf8)).samples == [])
    }

    @Test func aDocumentTypeIsRefused() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><TrainingCenterDatabase/>"
        #expect(Read(Array(bomb.utf8)).error?.problem == .documentType)
    }

    @Test func otherDocumentsAreRefused() {
        #expect(Read(Array("<gpx></gpx>".utf8)).error?.problem == .notTCX)
        #expect(Read(Array("  ".utf8)).error?.problem == .notTCX)
        #expect(Read([]).error?.problem == .notTCX)
        #expect(Read(Array("<TrainingCenterDatabase>\u{0}".utf8)).error?.problem == .zeroByte)
        #expect(Read(Array("<TrainingCenterDatabase>< >".utf8)).error?.problem == .malformed)
    }

    @Test func endlessMarkupIsRefused() {
        let start = Array("<TrainingCenterDatabase><a ".utf8)
        #expect(Read(start + [UInt8](repeating: 0x78, count: 70_000)).error?.problem == .tooLong)
    }

    @Test func aDeepDocumentIsReadWithoutDepth() {
        let deep = String(repeating: "<a>", count: 10_000) + String(repeating: "</a>", count: 10_000)
        #expect(Read(Array(Self.file(deep + Self.point).utf8)).samples == Self.samples)
    }

    @Test func everyPrefixGivesAPartOfTheSamples() {
        let text = Array(Self.file(Self.point + Self.point).utf8)
        for length in 0...text.count {
            let read = Read(Array(text.prefix(length)))
            #expect((Self.samples + Self.samples).starts(with: read.samples))
        }
    }

    @Test func mutatedFilesNeverTrap() {
        var generator = SeededGenerator(seed: 7)
        let text = Array(Self.file(Self.point + Self.point).utf8)
        for _ in 0..<2000 {
            var mutated = text
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let index = Int.random(in: 0..<mutated.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: mutated[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: mutated.remove(at: index)
                default:
                    mutated.insert(
                        [0x3C, 0x3E, 0x22, 0x2F, 0x21, 0x26].randomElement(using: &generator) ?? 0, at: index)
                }
            }
            let read = Read(mutated, piece: Int.random(in: 1...200, using: &generator))
            #expect(read.samples.count <= 20)
        }
    }

    /// Where something is wrong is counted from the input's beginning, whatever the pieces were.
    @Test(arguments: [
        // After a comment of 10 bytes; the root's name is broken.
        ("<!-- c --><Training\u{FF}></Training>", 10, TCXError.Problem.notTCX),
        ("<!-- c -->  <!DOCTYPE a>", 12, .documentType),
        ("<TrainingCenterDatabase>ab\0cd</a>", 26, .zeroByte),
        ("<TrainingCenterDatabase>ab<></a>", 26, .malformed),
        // No element at all: known at the end.
        ("<!-- c -->  abc", 15, .notTCX),
    ])
    func aFaultIsFoundAtTheSamePlaceHoweverTheInputIsCut(_ text: String, _ offset: Int, _ problem: TCXError.Problem) {
        for piece in [1, 2, 3, 7, 11, Int.max] {
            let error = Read(Array(text.utf8), piece: piece).error
            #expect(error == TCXError(offset: offset, problem: problem), "pieces of \(piece)")
        }
    }
}
