// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Measurement
import Scoring
import SessionStore
import TestSupport
import Testing

/// Live sessions on disks that fill, fail and forget.
@Suite struct SessionLogsTests {
    private static let state = "/state"
    private static let capture = "/state/sessions/run/capture.pcapng"
    private static let frames = SampleFrame.hundred

    /// One session, recorded with a fault on the way.
    private final class Recording {
        let disk = SimulatedDisk()
        var reports: [LogReport] = []
        /// After how many operations how many frames had been acknowledged by a sync.
        var acknowledged: [(operations: Int, frames: Int)] = []
        var wallOffset: Int64 = 0
        private(set) var logs: SessionLogs!
        var texts: [String] { reports.map(\.text) }

        init(memoryLimit: Int = SessionLogs.defaultMemoryLimit) {
            disk.appendLimit = 200
            logs = SessionLogs(
                state: state, files: disk, memoryLimit: memoryLimit, wallOffset: { [unowned self] in wallOffset }
            ) { [unowned self] in reports.append($0) }
        }

        static func opening(_ name: String = "run", clockOffset: Int64 = 0) -> SessionOpening {
            var athlete = Athlete()
            athlete.name = "Ada"
            athlete.maxHeartRate = 190
            return SessionOpening(
                name: name, metadata: SessionMetadata(program: "test", athlete: athlete), clockOffset: clockOffset)
        }

        /// - Parameter before: each frame; the frame's number.
        func run(finishes: Bool = true, before: (Int) throws -> Void = { _ in }) throws {
            logs.open(0, Self.opening(), now: .zero)
            for (index, frame) in SampleFrame.hundred.enumerated() {
                try before(index)
                let now = Timestamp(seconds: Double(index) / 4)
                logs.append(frame.header, frame.bytes.span, drops: 0, to: 0, now: now)
                let count = disk.operations.count
                logs.work(now: now)
                if let last = disk.operations.last, disk.operations.count > count, case .sync = last {
                    acknowledged.append((disk.operations.count, index + 1))
                }
            }
            guard finishes else { return }
            logs.finish(0, analysis: "{}\n", drops: 0)
            logs.work(now: Timestamp(seconds: 1000))
        }

        func frames(after operations: Int) -> Int { acknowledged.last { $0.operations <= operations }?.frames ?? 0 }
    }

    private static let whole: [UInt8] = {
        let recording = Recording()
        try? recording.run()
        return recording.disk.bytes(capture) ?? []
    }()

    private static func scan(_ disk: SimulatedDisk) throws -> (CaptureScan, [SampleFrame]) {
        var found: [SampleFrame] = []
        let scan = try CaptureScan(
            capture, files: disk,
            frame: { header, bytes in found.append(SampleFrame(header: header, bytes: bytes.indices.map { bytes[$0] }))
            })
        return (scan, found)
    }

    @Test func aSessionIsCommittedAtOnceAndThenOnceASecond() throws {
        let recording = Recording()
        try recording.run()
        #expect(recording.acknowledged.map(\.frames) == (0...24).map { 4 * $0 + 1 })
        #expect(recording.reports == [.stored(folder: "/state/sessions/run")])
        let (scan, found) = try Self.scan(recording.disk)
        #expect(scan.fault == nil)
        #expect(found == Self.frames)
        #expect(recording.logs.nextWork == nil)
    }

    // MARK: Full disks

    @Test func aFullDiskIsWaitedForAndNothingIsLost() throws {
        for room in stride(from: 0, to: Self.whole.count * 3 / 4, by: 2713) {
            let recording = Recording()
            recording.disk.room = room
            try recording.run { index in
                if index == 90 { recording.disk.room = .max }
                // At any time what lies there ends with a whole block.
                guard index.isMultiple(of: 15), recording.disk.exists(Self.capture) else { return }
                let (scan, found) = try Self.scan(recording.disk)
                #expect(scan.fault == nil || scan.size == 0, "room for \(room), frame \(index)")
                #expect(found == Array(Self.frames.prefix(found.count)))
            }
            #expect(recording.disk.bytes(Self.capture) == Self.whole, "room for \(room)")
            let resumed = recording.texts.filter {
                $0 == "sessions can be written again, with all that was kept meanwhile"
            }
            #expect(resumed.count == 1, "\(recording.texts)")
            #expect(
                recording.texts.first
                    == "cannot write to \(Self.capture): no space left on the device; recording goes on in memory, and is written when that works again"
            )
            #expect(recording.reports.count == 3)
        }
    }

    @Test func beyondTheMemoryFramesAreLostCountedAndSaid() throws {
        let recording = Recording(memoryLimit: 3000)
        recording.disk.room = 2000
        try recording.run { if $0 == 80 { recording.disk.room = .max } }
        let (scan, found) = try Self.scan(recording.disk)
        #expect(scan.fault == nil)
        #expect(found.count < 100)
        #expect(Int(scan.drops) == 100 - found.count)
        #expect(
            recording.reports == [
                recording.reports[0], .full, .resumed(lostFrames: UInt64(100 - found.count)),
                .stored(folder: "/state/sessions/run"),
            ])
        // The analysis that came along knew of all frames; the one that is kept knows of the capture's.
        let analysis = recording.disk.bytes("/state/sessions/run/analysis.json")
        let replayed = try SessionAnalysis.document(ofCapture: Self.capture, files: recording.disk)
        #expect(replayed?.quality.droppedFrames == 100 - found.count)
        #expect(analysis == replayed.map { Array(($0.json(pretty: true) + "\n").utf8) })
    }

    @Test func attemptsBecomeRarer() {
        let recording = Recording()
        recording.disk.fault = .init(operation: .write, after: 0, number: 28, reason: "no space left on the device")
        recording.logs.open(0, Recording.opening(), now: .zero)
        var times: [Double] = []
        var now = 0.0
        let frame = Self.frames[0]
        recording.logs.append(
            frame.header, frame.bytes.span, drops: 0, to: 0, now: Timestamp(seconds: now))
        recording.logs.work(now: .zero)
        for _ in 0..<6 {
            guard let next = recording.logs.nextWork else { break }
            times.append(next.seconds - now)
            now = next.seconds
            recording.logs.work(now: next)
        }
        #expect(times == [1, 2, 4, 8, 8, 8])
        #expect(recording.reports.count == 1)
    }

    @Test func whatCouldNotBeWrittenAtTheEndIsSaidAndRecoveredNextTime() throws {
        let recording = Recording()
        try recording.run(finishes: false) { if $0 == 50 { recording.disk.room = 700 } }
        recording.logs.finish(0, analysis: "{}\n", drops: 0)
        recording.logs.close(now: Timestamp(seconds: 26))
        guard case .abandoned("run", let bytes) = recording.reports.last else {
            Issue.record("\(recording.reports)")
            return
        }
        #expect(bytes > 0)
        #expect(!recording.disk.exists("/state/sessions/run/analysis.json"))
        let (scan, _) = try Self.scan(recording.disk)
        #expect(scan.fault == nil)
        recording.disk.room = .max
        let recovery = SessionRecovery(try StateLock(state: Self.state, files: recording.disk))
        #expect(try recovery.recover("run") == .recovered(frames: scan.frames, tornBytes: 0))
    }

    // MARK: Failing disks

    /// Each kind of operation fails three times at each of its places; then the disk works again.
    @Test(arguments: [FileError.Operation.write, .sync, .truncate, .create, .makeFolder, .rename])
    func aFaultThatPassesLosesNothing(_ operation: FileError.Operation) throws {
        for place in stride(from: 0, to: 30, by: 7) {
            let recording = Recording()
            recording.disk.fault = .init(
                operation: operation, after: place, number: 5, reason: "input/output error", times: 3)
            // A cut is only asked for after something else has failed.
            if operation == .truncate { recording.disk.room = 1000 + 100 * place }
            try recording.run { if $0 == 60 { recording.disk.room = .max } }
            for _ in 0..<4 { recording.logs.work(now: recording.logs.nextWork ?? .zero) }
            recording.logs.close(now: Timestamp(seconds: 2000))
            let stored = recording.reports.compactMap { if case .stored(let folder) = $0 { folder } else { nil } }
            let folder = try #require(stored.first, "\(operation) \(place): \(recording.texts)")
            #expect(recording.disk.bytes(folder + "/capture.pcapng") == Self.whole, "\(operation) \(place)")
            #expect(recording.disk.bytes(folder + "/analysis.json") == Array("{}\n".utf8))
        }
    }

    /// After a failed sync the kernel may take for written what it has thrown away: a later success must not rest on it.
    @Test func whatASyncAcknowledgesAfterAFailedOneIsThere() throws {
        for place in stride(from: 0, to: 24, by: 7) {
            let recording = Recording()
            recording.disk.fault = .init(
                operation: .sync, after: place, number: 5, reason: "input/output error", times: 1 + place % 2)
            try recording.run()
            var generator = SeededGenerator(seed: UInt64(place))
            for count in stride(from: place % 4, through: recording.disk.operations.count, by: 11) {
                for crash in [SimulatedDisk.Crash.worst, .random(SeededGenerator(seed: generator.next()))] {
                    let disk = recording.disk.crashed(after: count, crash)
                    _ = try recover(disk)
                    let acknowledged = recording.frames(after: count)
                    guard disk.exists(Self.capture) else {
                        #expect(acknowledged == 0, "\(place), \(count)")
                        continue
                    }
                    let (scan, found) = try Self.scan(disk)
                    #expect(scan.fault == nil)
                    #expect(
                        Array(found.prefix(acknowledged)) == Array(Self.frames.prefix(acknowledged)),
                        "\(place), after \(count)")
                }
            }
        }
    }

    private func recover(_ disk: SimulatedDisk) throws -> [SessionRecovery.Outcome] {
        let recovery = SessionRecovery(try StateLock(state: Self.state, files: disk))
        return try recovery.unfinished().map { name throws(SessionError) in try recovery.recover(name) }
    }

    @Test func oneSessionThatCannotBeWrittenKeepsNoOtherFromIt() throws {
        let recording = Recording()
        recording.logs.open(0, Recording.opening("bad"), now: .zero)
        recording.logs.work(now: .zero)
        recording.disk.fault = .init(
            operation: .write, after: 0, number: 5, reason: "input/output error",
            path: "/state/sessions/bad/capture.pcapng")
        try recording.run()
        #expect(recording.reports.contains(.stored(folder: "/state/sessions/run")))
        let (_, found) = try Self.scan(recording.disk)
        #expect(found == Self.frames)
    }

    // MARK: Clocks

    @Test(arguments: [3600, -3600, -1_767_592_800] as [Int64])
    func aStepOfTheWallClockIsNotedAndBendsNothing(_ seconds: Int64) throws {
        let recording = Recording()
        recording.wallOffset = 1_767_592_800_000_000_000
        recording.logs.open(0, Recording.opening(clockOffset: 5), now: .zero)
        for (index, frame) in Self.frames.enumerated() {
            if index == 50 { recording.wallOffset += seconds * 1_000_000_000 }
            // The reading's own noise is no step.
            recording.wallOffset += index.isMultiple(of: 2) ? 40_000 : -40_000
            let now = Timestamp(seconds: Double(index) / 4)
            recording.logs.append(frame.header, frame.bytes.span, drops: 0, to: 0, now: now)
            recording.logs.work(now: now)
        }
        recording.logs.finish(0, analysis: "{}", drops: 0)
        recording.logs.work(now: Timestamp(seconds: 30))
        var journal: [String] = []
        var times: [Timestamp] = []
        _ = try CaptureScan(
            Self.capture, files: recording.disk, frame: { header, _ in times.append(header.time) },
            event: { event in
                if case .comment(let comment) = event, comment.origin == .journal { journal.append(comment.text) }
            })
        #expect(journal.count == 1)
        #expect(journal.first?.contains("\"event\":\"clock_step\",\"step_s\":\(seconds)") == true, "\(journal)")
        #expect(times == Self.frames.map { $0.header.time.advanced(bySeconds: 5) })
    }

    /// As when the clock was put back between two sessions.
    @Test func twoSessionsOfOneNameHaveAFolderEach() throws {
        let recording = Recording()
        recording.logs.open(0, Recording.opening("19700101T000000Z-ada"), now: .zero)
        recording.logs.open(1, Recording.opening("19700101T000000Z-ada"), now: .zero)
        recording.logs.work(now: .zero)
        #expect(
            try recording.disk.list("/state/sessions") == ["19700101T000000Z-ada", "19700101T000000Z-ada-2"])
    }

    // MARK: Places that cannot be written

    @Test func aStateFolderThatCannotBeWrittenIsFoundOutAtTheStart() throws {
        let disk = SimulatedDisk()
        let lock = try StateLock(state: Self.state, files: disk)
        try StateFolder.checkWritable(Self.state, disk)
        #expect(try disk.list("/state/sessions") == [])
        disk.fault = .init(operation: .create, after: 0, number: 30, reason: "the file system is read-only")
        #expect(throws: SessionError.self) { try StateFolder.checkWritable(Self.state, disk) }
        withExtendedLifetime(lock) {}
    }
}
