// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Measurement
import Scoring
import SessionStore
import TestSupport
import Testing

/// Power cuts at every operation of a session and of its recovery: what was acknowledged is there afterwards.
@Suite struct RecoveryTests {
    private static let state = "/state"
    private static let capture = "/state/sessions/run/capture.pcapng"
    private static let analysis = "/state/sessions/run/analysis.json"

    private typealias Frame = SampleFrame
    private static let frames = SampleFrame.hundred

    private struct Session {
        var disk: SimulatedDisk
        /// After how many operations how many frames had been acknowledged by a sync.
        var acknowledged: [(operations: Int, frames: Int)] = []

        func frames(after operations: Int) -> Int {
            acknowledged.last { $0.operations <= operations }?.frames ?? 0
        }
    }

    /// - Parameter batch: bytes; small, so that writes lie between the syncs.
    private static func record(
        on disk: SimulatedDisk = SimulatedDisk(), batch: Int = 300, finishes: Bool = true
    ) throws -> Session {
        var session = Session(disk: disk)
        var athlete = Athlete()
        athlete.name = "Ada"
        athlete.maxHeartRate = 190
        athlete.plan = "sprint-5x30-90"
        let metadata = SessionMetadata(program: "test", athlete: athlete)
        disk.appendLimit = 200
        let writer = try SessionWriter(
            state: state, name: "run", section: .init(application: "test", comment: metadata.json), files: disk,
            policy: CommitPolicy(interval: 1, batch: batch), now: .zero)
        try writer.commit(now: .zero)
        for (index, frame) in frames.enumerated() {
            let before = disk.operations.count
            try writer.append(frame.header, frame.bytes.span, now: Timestamp(seconds: Double(index) / 4))
            if let last = disk.operations.last, disk.operations.count > before, case .sync = last {
                session.acknowledged.append((disk.operations.count, index + 1))
            }
        }
        if finishes { try writer.finish(analysis: "{}\n") } else { writer.close() }
        return session
    }

    private static func recover(_ disk: SimulatedDisk) throws -> [SessionRecovery.Outcome] {
        let recovery = SessionRecovery(try StateLock(state: state, files: disk))
        return try recovery.unfinished().map { name throws(SessionError) in try recovery.recover(name) }
    }

    /// Holds what must be so after every recovery.
    private static func expectWhole(_ disk: SimulatedDisk, acknowledged: Int, _ place: String) throws {
        guard disk.exists(capture) else {
            #expect(acknowledged == 0, "\(place): the capture is gone")
            return
        }
        var found: [Frame] = []
        let scan = try CaptureScan(
            capture, files: disk,
            frame: { header, bytes in found.append(Frame(header: header, bytes: bytes.indices.map { bytes[$0] })) })
        #expect(scan.fault == nil, "\(place)")
        #expect(scan.goodBytes == scan.size, "\(place)")
        #expect(found.count >= acknowledged, "\(place)")
        #expect(Array(found.prefix(acknowledged)) == Array(frames.prefix(acknowledged)), "\(place)")
        // Of what was not acknowledged no more is promised than the CRC covers: the bytes, not the times.
        #expect(found.map(\.bytes) == frames.prefix(found.count).map(\.bytes), "\(place)")
        let written = disk.bytes(analysis).map { String(decoding: $0, as: UTF8.self) }
        guard written != "{}\n" else {
            // The session ended before the crash.
            #expect(found.count == frames.count, "\(place)")
            return
        }
        let fresh = try SessionAnalysis.document(ofCapture: capture, files: disk)
        #expect(written == fresh.map { $0.json(pretty: true) + "\n" }, "\(place)")
        #expect(try recover(disk) == [], "\(place): a second recovery finds something to do")
    }

    @Test func theSessionCommitsOnceASecond() throws {
        let session = try Self.record()
        #expect(Self.frames.count == 100)
        // 25 s of frames; the first interval begins with the header's commit at 0 s.
        #expect(session.acknowledged.map(\.frames) == (1...24).map { 4 * $0 + 1 })
    }

    @Test func everyPrefixOfTheOperationsRecovers() throws {
        let session = try Self.record()
        for count in 0...session.disk.operations.count {
            for (name, crash) in [("worst", SimulatedDisk.Crash.worst), ("best", .best)] {
                let disk = session.disk.crashed(after: count, crash)
                _ = try Self.recover(disk)
                try Self.expectWhole(disk, acknowledged: session.frames(after: count), "\(name) after \(count)")
            }
        }
    }

    @Test func aThousandReorderingsAndTearingsRecover() throws {
        let session = try Self.record()
        var generator = SeededGenerator(seed: 2026)
        for round in 0..<1000 {
            let count = Int.random(in: 0...session.disk.operations.count, using: &generator)
            let disk = session.disk.crashed(after: count, .random(SeededGenerator(seed: generator.next())))
            _ = try Self.recover(disk)
            try Self.expectWhole(disk, acknowledged: session.frames(after: count), "round \(round) after \(count)")
        }
    }

    /// What the killed process wrote after its last sync is the kernel's alone: nothing may be derived from it before it is the disk's.
    @Test func aPowerCutAfterTheRecoveryOfAKilledProcessLeavesAnalysisAndCaptureAlike() throws {
        let session = try Self.record(finishes: false)
        let killed = session.disk.operations.count
        let outcome = try Self.recover(session.disk)
        #expect(outcome == [.recovered(frames: 100, tornBytes: 0)])
        var generator = SeededGenerator(seed: 12)
        for count in killed...session.disk.operations.count {
            for crash in [SimulatedDisk.Crash.worst, .best, .random(SeededGenerator(seed: generator.next()))] {
                let disk = session.disk.crashed(after: count, crash)
                _ = try Self.recover(disk)
                try Self.expectWhole(
                    disk, acknowledged: session.frames(after: count), "power cut after \(count - killed) operations")
            }
        }
    }

    @Test func aRecoveryThatIsKilledIsFinishedByTheNext() throws {
        let session = try Self.record(finishes: false)
        var generator = SeededGenerator(seed: 7)
        // Where a write is torn in its middle: there is a tail to be kept.
        var tails = 0
        for round in 0..<6 {
            let count = session.disk.operations.count - round
            let torn = session.disk.crashed(after: count, .random(SeededGenerator(seed: generator.next())))
            let before = try #require(torn.bytes(Self.capture))
            let outcome = try Self.recover(torn)
            guard case .recovered(_, let bytes) = outcome.first else { continue }
            if bytes > 0 { tails += 1 }
            for killed in 0...torn.operations.count {
                for crash in [SimulatedDisk.Crash.worst, .best, .random(SeededGenerator(seed: generator.next()))] {
                    let disk = torn.crashed(after: killed, crash)
                    _ = try Self.recover(disk)
                    let place = "round \(round), killed after \(killed)"
                    try Self.expectWhole(disk, acknowledged: session.frames(after: count), place)
                    // Not a byte of what was found is gone.
                    let kept = disk.bytes("/state/sessions/run/" + SessionRecovery.tornName) ?? []
                    #expect(disk.bytes(Self.capture).map { $0 + kept } == before, "\(place)")
                    #expect(!disk.exists("/state/sessions/run/" + SessionRecovery.tornName + "-2"), "\(place)")
                }
            }
        }
        #expect(tails > 1)
    }

    @Test func aCaptureWithoutAFrameIsSetAsideOnce() throws {
        let disk = SimulatedDisk()
        for _ in 0..<2 {
            let writer = try SessionWriter(state: Self.state, name: "run", section: .init(), files: disk)
            writer.close()
            guard case .setAside = try Self.recover(disk).first else {
                Issue.record("not set aside")
                return
            }
            #expect(try Self.recover(disk) == [])
        }
        #expect(try disk.list("/state/set-aside") == ["run", "run-2"])
        #expect(try disk.list("/state/sessions") == [])
    }

    @Test func aSecondTailDoesNotReplaceTheFirst() throws {
        let disk = try Self.record(finishes: false).disk
        for tail in [[1, 2, 3], [4, 5, 6, 7]] as [[UInt8]] {
            if disk.exists(Self.analysis) { try disk.remove(Self.analysis) }
            let file = try disk.open(Self.capture)
            _ = try disk.append(tail.span, to: file)
            disk.close(file)
            #expect(try Self.recover(disk) == [.recovered(frames: 100, tornBytes: UInt64(tail.count))])
        }
        #expect(disk.bytes(Self.capture + ".torn") == [1, 2, 3])
        #expect(disk.bytes(Self.capture + ".torn-2") == [4, 5, 6, 7])
    }

    @Test func onlyOneHolderOfTheLock() throws {
        let disk = SimulatedDisk()
        let first = try StateLock(state: Self.state, files: disk)
        #expect(throws: SessionError.busy(state: Self.state)) { try StateLock(state: Self.state, files: disk) }
        #expect(SessionFolders(state: Self.state, files: disk).isInUse)
        withExtendedLifetime(first) {}
    }

    // MARK: Faults

    @Test func aFullDiskKeepsWhatWasWritten() throws {
        let whole = try #require(try Self.record().disk.bytes(Self.capture))
        for room in stride(from: 1000, to: whole.count, by: 777) {
            let disk = SimulatedDisk()
            disk.room = room
            var message: String?
            do {
                _ = try Self.record(on: disk)
            } catch {
                message = "\(error)"
            }
            #expect(message == "cannot write to \(Self.capture): no space left on the device")
            #expect(disk.bytes(Self.capture) == Array(whole.prefix(room)))
            disk.room = .max
            _ = try Self.recover(disk)
            try Self.expectWhole(disk, acknowledged: 0, "room for \(room)")
        }
    }

    /// A disk that has lost pages says so once: a success after that would be no promise.
    @Test func aFailedSyncIsNeverFollowedByASuccess() throws {
        let disk = SimulatedDisk()
        let writer = try SessionWriter(state: Self.state, name: "run", section: .init(), files: disk)
        try writer.commit(now: .zero)
        disk.fault = .init(operation: .sync, after: 0, number: 5, reason: "input/output error")
        let frame = Self.frames[0]
        let expected = SessionError.file(
            FileError(operation: .sync, path: Self.capture, number: 5, reason: "input/output error"))
        #expect(throws: expected) {
            try writer.append(frame.header, frame.bytes.span, now: Timestamp(seconds: 1))
        }
        disk.fault = nil
        let count = disk.operations.count
        #expect(throws: expected) {
            try writer.append(frame.header, frame.bytes.span, now: Timestamp(seconds: 2))
        }
        #expect(throws: expected) { try writer.finish(analysis: "{}") }
        #expect(disk.operations.count == count)
    }

    @Test func aStateThatCannotBeWrittenIsToldInOneLine() throws {
        let disk = SimulatedDisk()
        disk.fault = .init(operation: .makeFolder, after: 0, number: 30, reason: "the file system is read-only")
        #expect(throws: SessionError.self) { try StateLock(state: Self.state, files: disk) }
        do {
            _ = try SessionWriter(state: Self.state, name: "run", section: .init(), files: disk)
            Issue.record("a session began")
        } catch {
            #expect(error.description == "cannot make the folder /state: the file system is read-only")
        }
    }
}
