// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import FIT
import Measurement
import Segmentation
import Testing

@testable import ActivityFile

@Suite struct FITActivityWriterTests {
    struct Message {
        var number: UInt16
        var timestamp: UInt32?
        var fields: [UInt8: Double] = [:]
        var texts: [UInt8: String] = [:]
        var own: [UInt8: Double] = [:]
    }

    static func messages(_ bytes: [UInt8]) throws -> (messages: [Message], notes: [String]) {
        var decoder = FITDecoder()
        decoder.append(bytes.span)
        decoder.endOfInput()
        var found: [Message] = []
        while try decoder.advance() {
            let message = decoder.message
            var one = Message(number: message.number, timestamp: message.timestamp)
            for index in message.fields.indices {
                let field = message.fields[index]
                one.fields[field.number] = message.number(field)
                one.texts[field.number] = message.text(field)
            }
            for index in message.developerFields.indices {
                let field = message.developerFields[index]
                one.own[field.number] = message.number(field)
            }
            found.append(one)
        }
        return (found, decoder.notes)
    }

    /// FIT seconds of 2026-01-05T06:00:00Z: 1 767 592 800 − 631 065 600.
    static let start = 1_136_527_200.0

    let file: [Message]

    init() throws {
        let (messages, notes) = try Self.messages(try #require(FITActivityWriter(Samples.activity)).bytes)
        #expect(notes == [])
        file = messages
    }

    func all(_ number: UInt16) -> [Message] { file.filter { $0.number == number } }

    /// A field of all messages of a kind; −1 where it is absent.
    func all(_ number: UInt16, field: UInt8) -> [Double] { all(number).map { $0.fields[field] ?? -1 } }

    /// Seconds from the start, as FIT has them.
    static func times(_ seconds: [Double]) -> [Double] { seconds.map { start + $0 } }

    /// What the samples' heart rates are rounded to: 100, 100.5, 101 …
    static let rates: [Double] = (0...100).map { (second: Int) -> Double in Double((201 + second) / 2) }

    @Test func messagesComeInTheOrderOfAnActivity() {
        var order: [UInt16] = []
        for message in file where order.last != message.number { order.append(message.number) }
        let records = order.firstIndex(of: 20) ?? 0
        #expect(Array(order[..<records]) == [0, 49, 207, 206, 23, 12, 26, 27, 21])
        #expect(Array(order.suffix(5)) == [21, 312, 313, 18, 34])
        let times = file.compactMap(\.timestamp)
        #expect(times == times.sorted())
    }

    @Test func itSaysHonestlyWhoWroteIt() {
        // Activity, manufacturer "development".
        #expect(all(0)[0].fields[0] == 4)
        #expect(all(0)[0].fields[1] == 255)
        #expect(all(0)[0].fields[4] == Self.start)
        #expect(all(0)[0].texts[8] == "sprintd")
        // 1.2 as hundredths.
        #expect(all(49)[0].fields[0] == 102)
    }

    @Test func usedSensorsAreDevices() {
        let devices = all(23)
        #expect(devices.map { $0.texts[27] } == ["sprintd", "HRM", "ble:C4:12:F5:00:A0:01"])
        // local, ANT+, Bluetooth LE
        #expect(all(23, field: 25) == [5, 1, 3])
        // ANT+ heart rate, Bluetooth footpod
        #expect(all(23, field: 1) == [-1, 120, 6])
        #expect(devices[1].fields[32] == 80)
        #expect(devices[1].fields[21] == 16815)
    }

    @Test func thePlanIsAWorkout() {
        #expect(all(26)[0].texts[8] == "short")
        #expect(all(26)[0].fields[6] == 3)
        #expect(all(27, field: 2) == [40_000, 20_000, 40_000])
        // warmup, interval, recovery
        #expect(all(27, field: 7) == [2, 5, 4])
        // 80 % of 7 m/s as a speed target; the others are open.
        #expect(all(27, field: 3) == [2, 0, 2])
        #expect(all(27)[1].fields[5] == 5600)
    }

    @Test func aStepIsAskedForItsOwnTarget() throws {
        var activity = Samples.activity
        activity.document.score.plan?.steps[1].target = 0.9
        let messages = try Self.messages(try #require(FITActivityWriter(activity)).bytes).messages
        // 90 % of 7 m/s, and not the session's 80 %.
        #expect(messages.filter { $0.number == 27 }[1].fields[5] == 6300)
    }

    /// 90 % of 190 bpm; the profile's `workout_hr` has 100 + bpm.
    @Test func aStepThatIsAskedForAHeartRateHasOneForItsTarget() throws {
        var activity = Samples.activity
        activity.document.score.plan?.steps[1].target = 0.9
        activity.document.score.plan?.steps[1].targetBasis = .heartRate
        func step() throws -> Message {
            try Self.messages(try #require(FITActivityWriter(activity)).bytes).messages.filter { $0.number == 27 }[1]
        }
        let fields = try step().fields
        #expect(fields[3] == 1 && fields[4] == 0 && fields[5] == 271 && fields[6] == 290)
        // Of an interval too, whose target is open where the plan leaves it so.
        activity.document.score.plan?.steps[1].kind = .interval
        #expect(try step().fields[5] == 271)
        activity.document.score.plan?.steps[1].targetBasis = nil
        #expect(try step().fields[3] == 2)
        activity.document.athlete.maxHeartRate = nil
        activity.document.score.plan?.steps[1].targetBasis = .heartRate
        #expect(try step().fields[3] == 2)
    }

    @Test func everySecondIsARecord() {
        let records = all(20)
        #expect(records.count == 101)
        #expect(all(20, field: 253) == Self.times((0...100).map { Double($0) }))
        #expect(records[50].fields[3] == 125)
        // 6.0625 m/s
        #expect(records[50].fields[73] == 6063)
        #expect(records[50].fields[6] == 6063)
        // 161 steps are 80.5 strides.
        #expect(records[50].fields[4] == 80)
        #expect(records[50].fields[53] == 64)
        #expect(records[50].fields[5] == 12_500)
        // 6.0625 / 7, sprint
        #expect(records[50].own == [0: 87, 1: 2])
        #expect(records[1].fields == [253: Self.start + 1, 3: 101])
        #expect(records[1].own == [1: 1])
    }

    @Test func beatsFollowTheirRecord() {
        let beats = all(78)
        #expect(beats.count == 51)
        // 512/1024 s
        #expect(beats.allSatisfy { $0.fields[0] == 500 })
        #expect(file.indices.filter { file[$0].number == 78 }.allSatisfy { file[$0 - 1].number == 20 })
    }

    @Test func everyPhaseIsALap() {
        let laps = all(19)
        #expect(all(19, field: 2) == Self.times([0, 40, 61]))
        #expect(all(19, field: 253) == Self.times([40, 61, 100]))
        #expect(all(19, field: 7) == [40_400, 20_200, 39_150])
        #expect(all(19, field: 23) == [2, 5, 4])
        #expect(all(19, field: 9) == [10_100, 12_120, 7830])
        #expect(all(19, field: 110) == [2500, 6000, 2000])
        #expect(all(19, field: 16) == [150, 150, 150])
        #expect(laps[1].own[0] == 87)
        #expect(laps[1].own[3] == 1)
        #expect(laps[1].fields[71] == 1)
        #expect(laps[0].own[0] == nil)
        // The last ends with the session.
        #expect(all(19, field: 24) == [0, 0, 7])
    }

    /// The second step's bout was left out, so that the first interval is the third step.
    @Test func anIntervalIsALapWithItsEffortToo() throws {
        var activity = Samples.activity
        activity.document.phases[1].kind = .interval
        var bout = activity.document.sprints[0]
        bout.effort = 0.714
        activity.document.sprints = []
        activity.document.intervals = [bout]
        activity.document.score.plan?.steps = [
            .init(kind: .warmup, planned: 40, done: 40.4), .init(kind: .interval, planned: 20, done: nil),
            .init(kind: .interval, planned: 20, done: 20.2),
        ]
        activity.document.score.plan?.steps[2].interval = 1
        let laps = try Self.messages(try #require(FITActivityWriter(activity)).bytes).messages.filter {
            $0.number == 19
        }
        // 71 %, interval, no sprint, the first interval.
        #expect(laps.map { $0.own[0] } == [nil, 71, nil])
        #expect(laps[1].own[1] == 3)
        #expect(laps[1].own[3] == nil)
        #expect(laps[1].own[6] == 1)
        #expect(laps.map { $0.fields[71] } == [nil, 2, nil])
    }

    @Test func theFileIsKnownAgainByItsFirstBytes() throws {
        let bytes = try #require(FITActivityWriter(Samples.activity)).bytes
        func identity(_ count: Int) -> FITFileID? { FITFileID(beginning: bytes.span.extracting(first: count)) }
        let whole = try #require(identity(256))
        #expect(whole.isOwn)
        #expect(whole.created == Samples.start)
        #expect(whole.serialNumber == Activity.serialNumber(duration: 99.75, frames: 0))
        #expect(Activity.serialNumber(duration: 99.75, frames: 1) != whole.serialNumber)
        #expect(Activity.serialNumber(duration: 99.751, frames: 0) != whole.serialNumber)
        // Scored anew, it is the same session.
        var rescored = Samples.activity
        rescored.document.score.value = 12
        rescored.document.phases = []
        #expect(rescored.serialNumber == whole.serialNumber)
        // The header is 14 bytes, the definition of eight bytes and six fields 24, the message longer than two.
        for count in 0...40 { #expect(identity(count) == nil) }
        let other = FITFileID(beginning: Array("t_s,hr_bpm and so on".utf8).span)
        #expect(other == nil)
    }

    @Test func splitsAreSummedUpByType() {
        #expect(all(312, field: 0) == [5, 3, 7])
        #expect(all(313, field: 0) == [3, 5, 7])
        #expect(all(313, field: 3) == [1, 1, 1])
        #expect(all(313, field: 4) == [20_200, 40_400, 39_150])
    }

    @Test func theSessionHoldsTheTotals() {
        let session = all(18)[0].fields
        #expect(session[5] == 1)
        #expect(session[6] == 4)
        #expect(session[7] == 99_750)
        // 101 + 121.2 + 78.3 m
        #expect(session[9] == 30_050)
        // 300.5 m in 99.75 s
        #expect(session[124] == 3013)
        #expect(session[125] == 6500)
        #expect(session[16] == 120)
        #expect(session[26] == 3)
        #expect(all(18)[0].own == [4: 87.5, 5: 80])
        #expect(all(34, field: 5) == Self.times([3700]))
    }

    @Test func aRecordingWithoutADateIsNoActivity() {
        var activity = Samples.activity
        activity.start = 12
        #expect(FITActivityWriter(activity) == nil)
        activity.start = .max / 1_000_000_000
        #expect(FITActivityWriter(activity) == nil)
    }

    @Test func anEmptyRecordingIsAnActivityAllTheSame() throws {
        let (messages, notes) = try Self.messages(try #require(FITActivityWriter(Samples.empty)).bytes)
        #expect(notes == [])
        #expect(messages.filter { [19, 18, 34].contains($0.number) }.map(\.number) == [19, 18, 34])
    }

    @Test func whatAFITFileSaysComesBackAsSamples() throws {
        let bytes = try #require(FITActivityWriter(Samples.activity)).bytes
        var reader = FITSampleReader()
        reader.append(bytes.span)
        reader.endOfInput()
        var rates: [Double] = []
        var ticks: [UInt16] = []
        while let sample = try reader.next() {
            switch sample.reading {
            case .heartRate(let reading): rates.append(reading.beatsPerMinute ?? -1)
            case .rrInterval(let interval): ticks.append(interval.ticks)
            case .stride(let stride): #expect(stride.cadence?.convention ?? .strides == .strides)
            case .battery(let percent): #expect(percent == 80)
            }
        }
        #expect(rates == Self.rates)
        // 520/1024 s are 508 ms, which are 520/1024 s again.
        let expected: [UInt16] = (0..<102).map { (index: Int) -> UInt16 in index % 2 == 0 ? 512 : 520 }
        #expect(ticks == expected)
        #expect(reader.notes == [])
    }
}
