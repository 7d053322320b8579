// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Foundation
import Fusion
import GATT
import Measurement
import Pipeline
import Scoring
import SessionStore
import SimulatedTransport
import Simulation
import Testing
import Transport

@testable import LiveCapture

/// What the pipeline's thread does, with the writer's work done at once, in a folder of its own.
@Suite struct LivePipelineTests {
    /// In the place of the rings and the writer's thread.
    private struct Output: LiveOutput {
        let logs: SessionLogs
        var analyses: [UInt32: String] = [:]
        var events: [LiveEvent] = []
        var records = 0
        var context = 0
        /// Which records find no room.
        var refuses: (Int) -> Bool = { _ in false }
        var now = Timestamp.zero

        init(_ state: String, _ stored: Stored) {
            logs = SessionLogs(state: state, files: PosixFileSystem()) { stored.reports.append($0) }
        }

        mutating func record(_ record: borrowing LogRecord) -> Bool {
            records += 1
            guard !refuses(records), case .frame(let frame) = record.slot.content else { return false }
            now = max(now, frame.time)
            logs.append(frame, record.slot.bytes, drops: record.drops, to: record.session, now: now)
            return true
        }

        mutating func order(_ order: LogOrder) {
            switch order {
            case .open(let session, let opening, let context):
                logs.open(session, opening, now: now)
                for slot in context {
                    guard case .frame(let frame) = slot.content else { continue }
                    self.context += 1
                    logs.append(frame, slot.bytes, drops: 0, to: session, now: now)
                }
            case .comment(let session, let text, let time): logs.comment(text, at: time, to: session)
            case .finish(let session, let analysis, let drops):
                analyses[session] = analysis
                logs.finish(session, analysis: analysis, drops: drops)
                logs.work(now: now)
            }
        }

        mutating func tell(_ event: LiveEvent) { events.append(event) }
        mutating func status(_ sample: FusedSample, of athlete: Int) {}
    }

    private final class Stored {
        var reports: [LogReport] = []
        var folders: [String] {
            reports.compactMap { if case .stored(let folder) = $0 { folder } else { nil } }
        }
    }

    private let folder = FileManager.default.temporaryDirectory.appending(path: "live-\(UUID().uuidString)").path

    private static let wall: Int64 = 1_767_592_800_000_000_000
    private static let start = Timestamp(seconds: 5000)

    /// - Parameter end: seconds. The only sprint ends at 5:10.
    private static func frames(
        until end: Double = 340, _ change: (inout SimulatedSession.Configuration) -> Void = { _ in }
    ) throws -> (slots: [FrameSlot], session: SimulatedSession) {
        var configuration = try SimulatedSession.Configuration(plan: "sprint-1x10-20", seed: 4)
        configuration.leadIn = 0
        change(&configuration)
        configuration.startTime = start
        var session = SimulatedSession(configuration)
        var slots: [FrameSlot] = []
        var bytes: [UInt8] = []
        while session.duration < end,
            session.step({ frame, data in
                bytes.removeAll()
                let link = frame.encode(data, transfer: 1, into: &bytes)
                let header = CapturedFrame(
                    time: frame.time, link: link, interface: 0, originalLength: UInt32(bytes.count))
                slots.append(FrameSlot(.frame(header), bytes.span))
            })
        {}
        return (slots, session)
    }

    /// One athlete with a strap and a footpod on ANT+.
    private static let plain: [FrameSlot] = (try? frames())?.slots ?? []

    private static func member(_ name: String, _ sensors: [SensorID]) -> LivePipeline.Member {
        var athlete = Athlete()
        athlete.name = name
        athlete.sensors = sensors
        athlete.maxHeartRate = 190
        return LivePipeline.Member(athlete: athlete, plan: Plan.named("sprint-5x30-90"))
    }

    /// Runs all slots and holds what must be so of every stored session.
    private func run(
        _ slots: [FrameSlot], _ members: [LivePipeline.Member], silence: Double = 300,
        refuses: @escaping (Int) -> Bool = { _ in false },
        each: (Int, inout LivePipeline, inout Output) -> Void = { _, _, _ in }
    ) throws -> (folders: [String], output: Output) {
        let stored = Stored()
        var output = Output(folder, stored)
        output.refuses = refuses
        var pipeline = LivePipeline(program: "test", members: members, rule: SessionRule(silence: silence))
        for (index, slot) in slots.enumerated() {
            each(index, &pipeline, &output)
            pipeline.take(slot, wall: { Self.wall }, output: &output)
        }
        pipeline.finish(output: &output)
        output.logs.close(now: output.now)
        for path in stored.folders {
            let capture = path + "/capture.pcapng"
            let scan = try CaptureScan(capture, files: PosixFileSystem())
            #expect(scan.fault == nil)
            let replayed = try SessionAnalysis.document(ofCapture: capture, files: PosixFileSystem())
            let text = try String(contentsOfFile: path + "/analysis.json", encoding: .utf8)
            #expect(replayed.map { $0.json(pretty: true) + "\n" } == text)
            #expect(output.analyses.values.contains(text))
        }
        return (stored.folders, output)
    }

    private func analysis(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: path + "/analysis.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func quality(_ path: String) throws -> [String: Any] {
        try #require(try analysis(path)["quality"] as? [String: Any])
    }

    private func sensors(_ path: String) throws -> Set<String> {
        let source = try #require(try analysis(path)["source"] as? [String: Any])
        let sensors = try #require(source["sensors"] as? [[String: Any]])
        return Set(sensors.compactMap { $0["id"] as? String })
    }

    // MARK: Sessions

    @Test(arguments: [Radio.ant, .both])
    func aLiveSessionReplaysToTheSameBytes(_ radio: Radio) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (slots, session) = try Self.frames {
            $0.strap = radio
            $0.footpod = radio
        }
        let (folders, _) = try run(
            slots, [Self.member("Ada", [])],
            // As when the thread has looked at the clock since the frame was stamped.
            each: { index, pipeline, output in
                pipeline.advance(to: slots[index].time.advanced(bySeconds: 0.003), output: &output)
            })
        #expect(folders.count == 1)
        let path = try #require(folders.first)
        #expect(try sensors(path) == Set(session.sensors(of: 0).map(\.id.description)))
        let sprints = try analysis(path)["sprints"] as? [Any]
        #expect(sprints?.count == 1)
        // What came before the first heart rate is in the capture, so nothing had to be guessed.
        let notes = try #require(try quality(path)["notes"] as? [String])
        #expect(notes == [])
    }

    @Test func eachOfSeveralHasASessionOfItsOwnSensors() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (slots, session) = try Self.frames(until: 40) {
            $0.athletes = 3
            $0.strap = .both
            $0.splitTransfers = 0.1
        }
        let members = (0..<3).map { Self.member("a\($0)", session.sensors(of: $0).map(\.id)) }
        let (folders, output) = try run(slots, members)
        #expect(folders.count == 3)
        for (index, path) in folders.sorted().enumerated() {
            #expect(path.hasSuffix("-a\(index)"))
            let own = Set(session.sensors(of: index).map(\.id.description))
            // Of neighbours there may be a message that shares its transfer with a half of another.
            #expect(try sensors(path).isSuperset(of: own))
            #expect(try quality(path)["bad_frames"] as? Int == 0)
        }
        // Far from three times all.
        #expect(output.records < slots.count * 3 / 2)
    }

    /// The strap is listed by number; the footpod, which is heard later, by the name that it advertises.
    @Test func aSensorThatIsChosenByNameJoinsASessionThatIsUnderWay() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (slots, session) = try Self.frames(until: 60) {
            $0.athletes = 2
            $0.footpod = .ble
        }
        var names: [SensorID: String] = [:]
        var decoder = FrameDecoder()
        for slot in slots {
            guard case .frame(let frame) = slot.content else { continue }
            decoder.ingest(frame, slot.bytes) { event in
                if case .gatt(.sensorInfo(let sensor, let information)) = event { names[sensor] = information.name }
            }
        }
        let members = try (0..<2).map { index in
            let sensors = session.sensors(of: index)
            var member = Self.member("a\(index)", sensors.filter { $0.kind == .heartRate }.map(\.id))
            let pod = try #require(sensors.first { $0.kind == .footpod }?.id)
            let name = try #require(names[pod])
            member.athlete.sensorNames = [try #require(SensorName("ble:name:\(name)"))]
            return member
        }
        let (folders, _) = try run(slots, members)
        #expect(folders.count == 2)
        for (index, path) in folders.sorted().enumerated() {
            #expect(try sensors(path) == Set(session.sensors(of: index).map(\.id.description)))
        }
    }

    @Test func silenceEndsASessionAndTheNextSignBeginsAnother() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let half = slots.count / 2
        var later: [FrameSlot] = []
        for slot in slots[half...] {
            guard case .frame(var frame) = slot.content else { continue }
            frame.time = frame.time.advanced(bySeconds: 400)
            later.append(FrameSlot(.frame(frame), slot.bytes))
        }
        let (folders, output) = try run(slots[..<half] + later, [Self.member("Ada", [])])
        #expect(folders.count == 2)
        let ends = output.events.filter { if case .sessionEnded = $0 { true } else { false } }
        #expect(ends.count == 2)
    }

    @Test func aNewConfigurationWaitsForTheEndOfARunningSession() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let half = slots.count / 2
        var changed = Self.member("Ada", [])
        changed.athlete.maxHeartRate = 200
        var waiting: [String?] = []
        let (folders, output) = try run(
            slots, [Self.member("Ada", [])],
            each: { index, pipeline, output in
                if index == half {
                    waiting = pipeline.replace(members: [changed], rule: SessionRule(silence: 60), output: &output)
                } else if index == half + 100 {
                    pipeline.take(.stop, of: 0, at: slots[index].time, wall: { Self.wall }, output: &output)
                    pipeline.take(.start, of: 0, at: slots[index].time, wall: { Self.wall }, output: &output)
                }
            })
        #expect(waiting == ["Ada"])
        #expect(folders.count == 2)
        let maxima = output.events.compactMap { event -> Double? in
            if case .sessionStarted(_, _, let configuration) = event {
                configuration.maxima.heartRate.value
            } else {
                nil
            }
        }
        #expect(maxima == [190, 200])
        // Once when it was said, and once when it came to hold.
        let tables = output.events.compactMap { event -> [Double?]? in
            if case .members(let members) = event { members.map { $0?.athlete.maxHeartRate } } else { nil }
        }
        #expect(tables == [[190], [200]])
    }

    @Test func whoComesAndGoesWithAConfigurationIsRecordedMeanwhile() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let (folders, output) = try run(
            slots, [Self.member("Ada", [])],
            each: { index, pipeline, output in
                let both = [Self.member("Ada", []), Self.member("Bob", [])]
                if index == 400 { _ = pipeline.replace(members: both, rule: SessionRule(), output: &output) }
                if index == 800 { _ = pipeline.replace(members: [both[0]], rule: SessionRule(), output: &output) }
            })
        // Bob's running session goes on to its end.
        #expect(folders.map { $0.hasSuffix("-bob") }.sorted { !$0 && $1 } == [false, true])
        let starts = output.events.compactMap { event -> Int? in
            if case .sessionStarted(let athlete, _, _) = event { athlete } else { nil }
        }
        #expect(starts == [0, 1])
    }

    @Test func aSessionEndsThoughNothingComesAnyMore() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let stored = Stored()
        var output = Output(folder, stored)
        var pipeline = LivePipeline(program: "test", members: [Self.member("Ada", [])])
        for slot in slots.prefix(500) { pipeline.take(slot, wall: { Self.wall }, output: &output) }
        // The deadline that is known may be that of an earlier sign.
        var last = Timestamp.zero
        while let deadline = pipeline.deadline {
            pipeline.advance(to: deadline.advanced(bySeconds: -0.001), output: &output)
            #expect(pipeline.isRecording)
            pipeline.advance(to: deadline, output: &output)
            #expect(deadline > last)
            last = deadline
        }
        #expect((299...300).contains(last.seconds(since: Self.plain[499].time)))
        #expect(!pipeline.isRecording)
        #expect(stored.folders.count == 1)
    }

    @Test func commandsStartAndStop() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let (folders, _) = try run(
            slots, [Self.member("Ada", [])],
            each: { index, pipeline, output in
                let time = slots[index].time
                switch index {
                case 0: pipeline.take(.start, of: 0, at: time, wall: { Self.wall }, output: &output)
                case 1000:
                    pipeline.take(.stop, of: 0, at: time, wall: { Self.wall }, output: &output)
                    #expect(!pipeline.isRecording)
                case 2000:
                    // The sensors went on all the time.
                    #expect(!pipeline.isRecording)
                    pipeline.take(.start, of: 0, at: time, wall: { Self.wall }, output: &output)
                    #expect(pipeline.isRecording)
                default: break
                }
            })
        #expect(folders.count == 2)
        // The later session knows the channels from before it.
        let last = try #require(folders.max())
        #expect(try sensors(last).count == 2)
    }

    @Test func aSensorOfNobodyBeginsNothing() throws {
        let slots = Self.plain
        let stranger = Self.member("Ada", [.ant(deviceType: 120, number: 1)])
        let (folders, output) = try run(slots, [stranger])
        #expect(folders.isEmpty)
        #expect(output.records == 0)
    }

    // MARK: Losses

    @Test func whatTheWriterHasNoRoomForIsInNoAnalysisAndCounted() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let (folders, output) = try run(
            slots, [Self.member("Ada", [])], refuses: { (500..<700).contains($0) || $0 == 1500 })
        let path = try #require(folders.first)
        #expect(try quality(path)["dropped_frames"] as? Int == 201)
        #expect(try quality(path)["frames"] as? Int == output.records + output.context - 201)
        let troubles = output.events.compactMap { if case .trouble(let text) = $0 { text } else { nil } }
        let slow = "the disk is too slow: frames are dropped and counted"
        let over = "the disk keeps up again:"
        #expect(troubles == [slow, "\(over) 200 frames were dropped", slow, "\(over) 1 frame was dropped"])
    }

    /// No frame comes after them that could tell.
    @Test func framesLostAtTheVeryEndAreCountedToo() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let (folders, _) = try run(Array(slots.prefix(1000)), [Self.member("Ada", [])], refuses: { $0 > 900 })
        let path = try #require(folders.first)
        let dropped = try #require(try quality(path)["dropped_frames"] as? Int)
        #expect(dropped > 0)
    }

    @Test func whatTransportsLoseIsCountedInEverySession() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slots = Self.plain
        let (folders, _) = try run(
            Array(slots.prefix(2000)), [Self.member("Ada", [])],
            each: { index, pipeline, output in
                if index == 1000 { pipeline.lost(17, output: &output) }
            })
        let path = try #require(folders.first)
        #expect(try quality(path)["dropped_frames"] as? Int == 17)
    }

    // MARK: Notices and context

    @Test func aNoticeStandsInTheJournalOfWhomItConcerns() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var (slots, session) = try Self.frames(until: 60) { $0.athletes = 2 }
        let own = try #require(session.sensors(of: 0).first?.id)
        let time = slots[799].time
        slots.insert(
            FrameSlot(.notice(TransportNotice(time: time, kind: .sensorLost, sensor: own)), Array("silent".utf8).span),
            at: 800)
        let members = (0..<2).map { Self.member("a\($0)", session.sensors(of: $0).map(\.id)) }
        let (folders, _) = try run(slots, members)
        var journals: [[String]] = []
        for path in folders.sorted() {
            var journal: [String] = []
            _ = try CaptureScan(
                path + "/capture.pcapng", files: PosixFileSystem(),
                event: { event in
                    if case .comment(let comment) = event, comment.origin == .journal { journal.append(comment.text) }
                })
            journals.append(journal)
        }
        #expect(journals == [["silent"], []])
    }

    @Test func contextIsBoundedAndKeepsTheNewest() {
        var store = ContextStore()
        func slot(_ number: Int) -> FrameSlot {
            let frame = CapturedFrame(
                time: Timestamp(nanoseconds: Int64(number)), link: .usbLinuxMmapped, interface: 0, originalLength: 0)
            return FrameSlot(.frame(frame), [UInt8]().span)
        }
        for number in 0..<1000 { store.keep(slot(number), of: .stick(1)) }
        let kept = store.frames { _ in true }
        #expect(kept.map { $0.time.nanoseconds } == (1000 - Int64(ContextStore.frameLimit)..<1000).map { $0 })
        store.keep(slot(1000), of: .stick(1), restarts: true)
        #expect(store.frames { _ in true }.count == 1)
        // Passers-by displace nobody who was connected.
        store.keep(slot(1001), of: .peer(.bluetooth(address: 1)))
        for number in 0..<500 { store.keep(slot(2000 + number), of: .advertiser(.bluetooth(address: UInt64(number)))) }
        let peers = store.frames { if case .advertiser = $0 { false } else { true } }
        #expect(peers.map { $0.time.nanoseconds } == [1000, 1001])
        #expect(store.frames { _ in true }.count == 2 + ContextStore.deviceLimit)
    }
}
