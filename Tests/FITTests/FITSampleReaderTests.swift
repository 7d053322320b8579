// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import FIT

@Suite struct FITSampleReaderTests {
    struct Result: Equatable {
        var samples: [Sample] = []
        var notes: [String] = []
        var records = 0
        var bad = 0
        var outOfOrder = 0
        var error: FITError?
    }

    static func read(_ bytes: [UInt8], piece: Int = .max) -> Result {
        var reader = FITSampleReader()
        var result = Result()
        var start = 0
        do throws(FITError) {
            while start < bytes.count {
                let end = piece < bytes.count - start ? start + piece : bytes.count
                reader.append(bytes.span.extracting(start..<end))
                start = end
                while let sample = try reader.next() { result.samples.append(sample) }
            }
            reader.endOfInput()
            while let sample = try reader.next() { result.samples.append(sample) }
        } catch { result.error = error }
        #expect(reader.isAtEnd)
        result.notes = reader.notes
        result.records = reader.recordCount
        result.bad = reader.badCount
        result.outOfOrder = reader.outOfOrderCount
        return result
    }

    static func read(records: [UInt8]) -> Result { read(FITFileBuilder(records: records).bytes) }

    /// FIT second 1 000 000 000 is Unix second 1 631 065 600 (2021-09-08 01:46:40 UTC).
    static func time(_ second: Int64) -> Timestamp {
        Timestamp(nanoseconds: (1_631_065_600 + second) * 1_000_000_000)
    }

    static func heartRate(_ second: Int64, _ rate: Double) -> Sample {
        Sample(
            time: time(second), sensor: .file(.heartRate),
            reading: .heartRate(HeartRateReading(beatsPerMinute: rate)))
    }

    static func interval(_ second: Int64, _ ticks: UInt16, gap: Bool) -> Sample {
        Sample(
            time: time(second), sensor: .file(.heartRate),
            reading: .rrInterval(RRInterval(ticks: ticks, followsGap: gap)))
    }

    static func stride(
        _ second: Int64, speed: Double? = nil, cadence: Double? = nil, distance: Double? = nil,
        convention: Cadence.Convention = .unknown
    ) -> Sample {
        Sample(
            time: time(second), sensor: .file(.footpod),
            reading: .stride(
                StrideReading(
                    speed: speed,
                    cadence: cadence.map { Cadence(perMinute: $0, convention: convention) },
                    distance: distance)))
    }

    /// Local type 0: record with time, heart rate, cadence, fractional cadence, distance, speed, enhanced speed.
    static let definition: [UInt8] = [
        0x40, 0x00, 0x00, 0x14, 0x00, 0x07,
        0xFD, 0x04, 0x86, 0x03, 0x01, 0x02, 0x04, 0x01, 0x02, 0x35, 0x01, 0x02,
        0x05, 0x04, 0x86, 0x06, 0x02, 0x84, 0x49, 0x04, 0x86,
    ]
    static let firstRecord: [UInt8] = [
        0x00, 0x00, 0xCA, 0x9A, 0x3B,  // 1 000 000 000 s
        0x8C,  // 140
        0x57,  // 87
        0x40,  // 64/128
        0x39, 0x30, 0x00, 0x00,  // 123.45 m
        0xFF, 0xFF,  // no speed
        0xA6, 0x0E, 0x00, 0x00,  // 3.750 m/s
    ]
    static let secondRecord: [UInt8] = [
        0x00, 0x01, 0xCA, 0x9A, 0x3B,  // one second on
        0xFF, 0xFF, 0xFF,  // no heart rate, no cadence
        0xFF, 0xFF, 0xFF, 0xFF,  // no distance
        0x10, 0x0E,  // 3.600 m/s
        0xFF, 0xFF, 0xFF, 0xFF,  // no enhanced speed
    ]
    static let emptyRecord: [UInt8] =
        [0x00, 0x02, 0xCA, 0x9A, 0x3B] + [UInt8](repeating: 0xFF, count: 13)
    /// Local type 1: sport; running.
    static let runningSport: [UInt8] = [
        0x41, 0x00, 0x00, 0x0C, 0x00, 0x01, 0x00, 0x01, 0x00, 0x01, 0x01,
    ]
    /// Local type 2: session, field 5.
    static func session(_ sport: UInt8) -> [UInt8] {
        [0x42, 0x00, 0x00, 0x12, 0x00, 0x01, 0x05, 0x01, 0x00, 0x02, sport]
    }

    @Test func aRecordYieldsItsHeartRateAndThenItsStride() {
        let result = Self.read(
            records: Self.definition + Self.firstRecord + Self.secondRecord + Self.emptyRecord)
        #expect(
            result.samples == [
                Self.heartRate(0, 140),
                Self.stride(0, speed: 3.75, cadence: 87.5, distance: 123.45),
                Self.stride(1, speed: 3.6),
            ])
        #expect(result.records == 3)
        #expect(result.bad == 0)
        #expect(result.notes == [])
    }

    @Test func cadenceIsStridesOnlyOnceTheSportIsKnown() {
        func conventions(_ records: [UInt8]) -> [Cadence.Convention] {
            Self.read(records: records).samples.compactMap { sample in
                guard case .stride(let stride) = sample.reading else { return nil }
                return stride.cadence?.convention
            }
        }
        let record = Self.definition + Self.firstRecord
        #expect(conventions(record + Self.runningSport + record) == [.unknown, .strides])
        #expect(conventions(Self.session(1) + record) == [.strides])
        #expect(conventions(Self.session(2) + record) == [.unknown])
        // A triathlon's sessions before its records, running among them.
        #expect(conventions(Self.session(2) + Self.session(1) + record) == [.unknown])
        #expect(conventions(Self.session(2) + Self.runningSport + record) == [.strides])
    }

    @Test func theSportOfOneFileSaysNothingOfTheNext() {
        let one = FITFileBuilder(records: Self.runningSport).bytes
        let result = Self.read(one + FITFileBuilder(records: Self.definition + Self.firstRecord).bytes)
        #expect(result.samples.last == Self.stride(0, speed: 3.75, cadence: 87.5, distance: 123.45))
    }

    @Test func beatIntervalsCarryTheRecordsTimeAndSkipTheFiller() {
        let hrv: [UInt8] = [
            0x43, 0x00, 0x00, 0x4E, 0x00, 0x01, 0x00, 0x06, 0x84,  // local type 3: hrv, three uint16
            0x03, 0xE8, 0x03, 0xF4, 0x01, 0xFF, 0xFF,  // 1.000 s, 0.500 s, filler
            0x03, 0x53, 0x03, 0xFE, 0xFF, 0x00, 0x00,  // 0.851 s, 65.534 s, 0 s
        ]
        let timer: [UInt8] = [
            0x44, 0x00, 0x00, 0x15, 0x00, 0x02, 0x00, 0x01, 0x00, 0x01, 0x01, 0x00,  // local type 4: event
            0x04, 0x00, 0x00,  // timer, start
        ]
        let result = Self.read(
            records: Self.definition + Self.secondRecord + hrv + timer + hrv.suffix(7))
        #expect(
            Array(result.samples.dropFirst()) == [
                Self.interval(1, 1024, gap: true),
                Self.interval(1, 512, gap: false),
                Self.interval(1, 871, gap: false),  // 0.851 × 1024 = 871.4
                Self.interval(1, 0, gap: true),  // behind the one that cannot be
                Self.interval(1, 871, gap: true),  // behind the pause
                Self.interval(1, 0, gap: true),
            ])
        #expect(result.bad == 2)
        #expect(result.notes.allSatisfy { $0.hasSuffix("a beat interval of 65534 ms is dropped") })
    }

    @Test func beatIntervalsBeforeAnyTimeAreDropped() {
        let hrv: [UInt8] = [0x43, 0x00, 0x00, 0x4E, 0x00, 0x01, 0x00, 0x02, 0x84, 0x03, 0xE8, 0x03]
        let result = Self.read(records: hrv)
        #expect(result.samples == [])
        #expect(result.notes == ["byte 23: beat intervals before any time are dropped"])
    }

    @Test func recordsWithoutATimeOrWithAnImpossibleOneAreDroppedAndCounted() {
        let lost = [0x00] + [UInt8](repeating: 0xFF, count: 4) + Self.firstRecord.dropFirst(5)
        // 0xFFFFFFFE s is the year 2126.
        let far = [0x00, 0xFE, 0xFF, 0xFF, 0xFF] + Self.firstRecord.dropFirst(5)
        let result = Self.read(records: Self.definition + lost + far + Self.secondRecord)
        #expect(result.samples == [Self.stride(1, speed: 3.6)])
        #expect(result.records == 3)
        #expect(result.bad == 2)
        #expect(
            result.notes == [
                "byte 41: a record without a time is dropped",
                "byte 59: a record with the impossible time 4294967294 s is dropped",
            ])
    }

    @Test func recordsThatRunBackwardsArePassedOnAndCounted() {
        let result = Self.read(
            records: Self.definition + Self.secondRecord + Self.firstRecord + Self.firstRecord)
        #expect(result.samples.map(\.time) == [1, 0, 0, 0, 0].map(Self.time))
        #expect(result.outOfOrder == 1)
        #expect(result.notes == ["records earlier than the one before: 1"])
    }

    /// The profile says unsigned; a file may say otherwise.
    @Test func valuesBelowZeroAreAbsent() {
        let result = Self.read(
            records: [
                0x40, 0x00, 0x00, 0x14, 0x00, 0x03,
                0xFD, 0x04, 0x86, 0x03, 0x01, 0x01, 0x06, 0x02, 0x83,  // heart rate sint8, speed sint16
                0x00, 0x00, 0xCA, 0x9A, 0x3B, 0xFB, 0x18, 0xFC,  // -5, -1000
                0x00, 0x01, 0xCA, 0x9A, 0x3B, 0x05, 0xE8, 0x03,  // 5, 1000
            ])
        #expect(result.samples == [Self.heartRate(1, 5), Self.stride(1, speed: 1)])
    }

    @Test func compressedSpeedAndDistanceAreUnwrapped() {
        let result = Self.read(
            records: [
                0x40, 0x00, 0x00, 0x14, 0x00, 0x02, 0xFD, 0x04, 0x86, 0x08, 0x03, 0x0D,
                // speed 0x12C = 300 = 3.00 m/s; distance 0xFF0 = 4080
                0x00, 0x00, 0xCA, 0x9A, 0x3B, 0x2C, 0x01, 0xFF,
                // speed 0x0FF = 2.55 m/s; distance 0x010 = 16, 32/16 m on
                0x00, 0x01, 0xCA, 0x9A, 0x3B, 0xFF, 0x00, 0x01,
                // invalid
                0x00, 0x02, 0xCA, 0x9A, 0x3B, 0xFF, 0xFF, 0xFF,
            ])
        #expect(
            result.samples == [
                Self.stride(0, speed: 3, distance: 0), Self.stride(1, speed: 2.55, distance: 2),
            ])
    }

    @Test func devicesAreNamedAndTheirBatteriesRead() throws {
        let records: [UInt8] = [
            0x40, 0x00, 0x00, 0x17, 0x00, 0x08,  // device_info
            0xFD, 0x04, 0x86,  // time
            0x00, 0x01, 0x02,  // device index
            0x01, 0x01, 0x02,  // device type
            0x02, 0x02, 0x84,  // manufacturer
            0x03, 0x04, 0x8C,  // serial number
            0x19, 0x01, 0x00,  // source type
            0x1B, 0x04, 0x07,  // product name
            0x20, 0x01, 0x02,  // battery level
            // index 1, heart rate, manufacturer 123, serial 16815, ANT+, no name, 93 %
            0x00, 0x00, 0xCA, 0x9A, 0x3B, 0x01, 0x78, 0x7B, 0x00, 0xAF, 0x41, 0x00, 0x00, 0x01,
            0x00, 0x00, 0x00, 0x00, 0x5D,
            // index 2, footpod over Bluetooth LE, "Pod", 200 % which cannot be
            0x00, 0x00, 0xCA, 0x9A, 0x3B, 0x02, 0x06, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x03,
            0x50, 0x6F, 0x64, 0x00, 0xC8,
            // index 1 again, its name now
            0x00, 0x01, 0xCA, 0x9A, 0x3B, 0x01, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF,
            0x48, 0x52, 0x4D, 0x00, 0xFF,
        ]
        var reader = FITSampleReader()
        reader.append(FITFileBuilder(records: records).bytes.span)
        reader.endOfInput()
        let sample = try reader.next()
        #expect(
            sample
                == Sample(
                    time: Self.time(0), sensor: .file(.heartRate), reading: .battery(percent: 93)))
        #expect(reader.name(of: .heartRate) == "manufacturer 123 serial 16815")
        #expect(try reader.next() == nil)
        #expect(reader.isAtEnd)
        #expect(reader.devices.count == 2)
        #expect(reader.name(of: .heartRate) == "HRM")
        #expect(reader.name(of: .footpod) == "Pod")
    }

    @Test func unitsAreConvertedAtTheirEdges() {
        #expect(FITProfile.rrTicks(milliseconds: 0) == 0)
        #expect(FITProfile.rrTicks(milliseconds: 1) == 1)  // 1.024
        #expect(FITProfile.rrTicks(milliseconds: 63_999) == 65_535)  // 65 534.98
        #expect(FITProfile.rrTicks(milliseconds: 64_000) == nil)
        #expect(FITProfile.milliseconds(rrTicks: 0) == 0)
        #expect(FITProfile.milliseconds(rrTicks: 1) == 1)  // 0.977
        #expect(FITProfile.milliseconds(rrTicks: .max) == 63_999)  // 63 999.02
        #expect(FITProfile.timestamp(0)?.nanoseconds == 631_065_600_000_000_000)
        #expect(FITProfile.timestamp(.max) == nil)
    }

    // MARK: Hostile input

    static let whole = FITFileBuilder(
        records: runningSport + definition + firstRecord + secondRecord + emptyRecord + session(1)
    ).bytes

    @Test func everyPrefixGivesTheSamplesBeforeTheBreak() {
        let samples = Self.read(Self.whole).samples
        #expect(samples.count == 3)
        for count in 0..<Self.whole.count {
            let cut = Self.read([UInt8](Self.whole.prefix(count)), piece: 1 + count % 5)
            #expect(cut.samples == [Sample](samples.prefix(cut.samples.count)))
            #expect(cut.error != nil || cut.bad == 1)
        }
    }

    @Test func mutatedFilesNeverTrapHoweverTheyAreCut() {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<800 {
            var bytes = Self.whole
            for _ in 0...round % 5 {
                let index = Int.random(in: 14..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            #expect(Self.read(bytes) == Self.read(bytes, piece: 1 + round % 13), "round \(round)")
        }
    }
}
