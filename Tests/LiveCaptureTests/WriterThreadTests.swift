// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Foundation
import Measurement
import Scoring
import SessionStore
import SimulatedTransport
import Simulation
import Synchronization
import Testing
import Transport

@testable import LiveCapture

/// A disk that hangs and fails under the engine's own threads. The test is the radio: it pushes frames from its thread. Nothing rests on time: the
/// disk hangs until the test lets it go.
@Suite(.timeLimit(.minutes(5))) struct WriterThreadTests {
    /// A radio that the test sends with.
    private final class Radio: Transport {
        let name = "radio"
        /// Shown by the engine's clock: the last frame's time.
        let time = Atomic<Int64>(WriterThreadTests.start.nanoseconds)
        private let sink = Mutex<FrameSink?>(nil)

        func start(_ sink: consuming FrameSink) throws(TransportError) {
            var given = Optional(sink)
            self.sink.withLock { $0 = given.take() }
        }

        func stop() { sink.withLock { $0 = nil } }

        func send(_ slots: ArraySlice<FrameSlot>) {
            sink.withLock { sink in
                for slot in slots {
                    guard case .frame(let frame) = slot.content else { continue }
                    sink?.frame(frame, slot.bytes)
                }
            }
            if let last = slots.last { time.store(last.time.nanoseconds, ordering: .releasing) }
        }
    }

    private static let start = Timestamp(seconds: 5000)

    /// A strap and a footpod on ANT+ in one long session.
    private static let frames: [FrameSlot] = {
        guard var configuration = try? SimulatedSession.Configuration(plan: "steady", seed: 4) else { return [] }
        configuration.startTime = start
        var session = SimulatedSession(configuration)
        var slots: [FrameSlot] = []
        var bytes: [UInt8] = []
        while slots.count < 6000,
            session.step({ frame, data in
                bytes.removeAll()
                let link = frame.encode(data, transfer: 1, into: &bytes)
                let header = CapturedFrame(
                    time: frame.time, link: link, interface: 0, originalLength: UInt32(bytes.count))
                slots.append(FrameSlot(.frame(header), bytes.span))
            })
        {}
        return slots
    }()

    /// An engine that records on a gated disk, what it was sent and what it said.
    private final class Recording {
        let folder = FileManager.default.temporaryDirectory.appending(path: "writer-\(UUID().uuidString)").path
        let gate = GatedFiles.Gate()
        let radio = Radio()
        let engine: LiveEngine
        private(set) var sent = 0
        private(set) var troubles: [String] = []
        private(set) var stored: [String] = []
        private(set) var isWhole: Bool?

        init() throws {
            var athlete = Athlete()
            athlete.name = "Ada"
            var configuration = LiveEngine.Configuration(
                program: "test", members: [LivePipeline.Member(athlete: athlete)])
            let (gate, radio) = (gate, radio)
            configuration.files = { GatedFiles(gate) }
            engine = try LiveEngine(
                configuration,
                clock: EngineClock(
                    driven: { Timestamp(nanoseconds: radio.time.load(ordering: .acquiring)) }, wallOffset: { 0 }))
            try engine.start([radio], lock: try StateLock(state: folder, files: PosixFileSystem())) { _ in }
        }

        /// Sends so many frames more. Returns when the pipeline has taken all of them: it does so whatever the disk does.
        func send(_ count: Int) {
            var left = count
            while left > 0 {
                // No more than a transport's ring holds: what is lost later is then lost behind the pipeline.
                let batch = min(left, 512)
                radio.send(WriterThreadTests.frames[sent..<sent + batch])
                sent += batch
                left -= batch
                while engine.counters.frames < sent { usleep(200) }
            }
        }

        /// Returns when the writer has taken all that waited for it.
        func waitForWriter() {
            while engine.counters.unwritten > 0 { usleep(200) }
        }

        /// Begins a session and stops the writer at the first wait for the disk.
        func beginAndHang(in operation: FileError.Operation = .sync) {
            gate.hold(operation)
            // The channels' set-up, the first values and some more.
            send(100)
            gate.waitUntilHeld()
        }

        /// Takes what is said until something begins so.
        func wait(for text: String) {
            while !troubles.contains(where: { $0.contains(text) }), isWhole == nil { take() }
        }

        private func take() {
            for event in engine.events.wait().events {
                switch event {
                case .trouble(let text): troubles.append(text)
                case .sessionStored(let folder): stored.append(folder)
                case .ended(let whole): isWhole = whole
                default: break
                }
            }
        }

        func end() {
            engine.stop()
            while isWhole == nil { take() }
        }
    }

    /// Frames before the session that are in none, because the stick was set up anew after them: as many as on a disk without faults.
    private static let outside: Int? = {
        guard let recording = try? Recording() else { return nil }
        defer { try? FileManager.default.removeItem(atPath: recording.folder) }
        recording.send(500)
        recording.end()
        guard let folder = recording.stored.first,
            let scan = try? CaptureScan(folder + "/capture.pcapng", files: PosixFileSystem())
        else { return nil }
        return 500 - Int(scan.frames)
    }()

    /// - Returns: frames of the only session, and those before it; frames that its analysis says were dropped. It must be whole, with the analysis that its
    ///   capture has.
    private func check(_ recording: Recording) throws -> (frames: Int, dropped: Int) {
        #expect(recording.isWhole == true)
        let folder = try #require(recording.stored.first)
        #expect(recording.stored.count == 1)
        let capture = folder + "/capture.pcapng"
        let scan = try CaptureScan(capture, files: PosixFileSystem())
        #expect(scan.fault == nil)
        let document = try #require(try SessionAnalysis.document(ofCapture: capture, files: PosixFileSystem()))
        let text = try String(contentsOfFile: folder + "/analysis.json", encoding: .utf8)
        #expect(document.json(pretty: true) + "\n" == text)
        #expect(Int(scan.frames) == document.quality.frames)
        let outside = try #require(Self.outside)
        // The stick's set-up is a handful of messages.
        #expect((0..<10).contains(outside))
        return (Int(scan.frames) + outside, document.quality.droppedFrames)
    }

    @Test func aDiskThatHangsStopsNoRadioAndLosesNothing() throws {
        let recording = try Recording()
        defer { try? FileManager.default.removeItem(atPath: recording.folder) }
        recording.beginAndHang()
        // Minutes of a strap and a footpod, while the disk does not answer at all.
        recording.send(1800)
        #expect(recording.gate.isHolding)
        #expect(recording.engine.counters.frames == 1900)
        #expect(recording.engine.counters.drops == 0)
        recording.gate.release()
        recording.waitForWriter()
        recording.send(500)
        recording.end()
        let (frames, dropped) = try check(recording)
        #expect(frames == 2400 && dropped == 0)
        #expect(recording.troubles.isEmpty)
    }

    @Test func whatADiskThatHangsLongerHasNoRoomForIsCountedAndSaid() throws {
        let recording = try Recording()
        defer { try? FileManager.default.removeItem(atPath: recording.folder) }
        recording.beginAndHang()
        recording.send(4000)
        #expect(recording.gate.isHolding)
        #expect(recording.engine.counters.frames == 4100)
        let lost = Int(recording.engine.counters.drops)
        // The ring holds 2048, and what the writer had taken before lies behind it.
        #expect(lost <= 4100 - 2048 && lost >= 4000 - 2048)
        recording.wait(for: "the disk is too slow: frames are dropped and counted")
        recording.gate.release()
        // It goes on where the disk goes on. With room in the ring nothing more is lost.
        recording.waitForWriter()
        recording.send(500)
        recording.end()
        let (frames, dropped) = try check(recording)
        #expect(dropped == lost)
        #expect(frames == 4600 - lost)
        #expect(recording.troubles.count { $0.contains("too slow") } == 1)
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var operation: FileError.Operation
        var error: Int32
    }

    static let failures = [
        Failure(testDescription: "EIO of fdatasync", operation: .sync, error: 5),
        Failure(testDescription: "EIO of write", operation: .write, error: 5),
        Failure(testDescription: "ENOSPC of fdatasync", operation: .sync, error: 28),
    ]

    @Test(arguments: failures) func anErrorAfterAWaitLosesNothing(_ failure: Failure) throws {
        let recording = try Recording()
        defer { try? FileManager.default.removeItem(atPath: recording.folder) }
        recording.beginAndHang(in: failure.operation)
        recording.send(300)
        recording.gate.release(failing: failure.error)
        recording.wait(for: "recording goes on in memory")
        recording.send(300)
        recording.end()
        let (frames, dropped) = try check(recording)
        #expect(frames == 700 && dropped == 0)
        #expect(recording.troubles.contains { $0.contains("error \(failure.error)") })
        #expect(recording.troubles.contains("sessions can be written again, with all that was kept meanwhile"))
    }

    /// The disk takes a part of what is written, to the middle of a frame, and no more.
    @Test func aDiskThatFillsUpInTheMiddleOfAWriteLosesNothing() throws {
        let recording = try Recording()
        defer { try? FileManager.default.removeItem(atPath: recording.folder) }
        recording.beginAndHang()
        recording.send(300)
        recording.gate.leaveRoom(5001)
        recording.gate.release()
        recording.wait(for: "no space left on the device; recording goes on in memory")
        recording.send(300)
        recording.gate.leaveRoom(nil)
        recording.end()
        let (frames, dropped) = try check(recording)
        #expect(frames == 700 && dropped == 0)
    }

    /// The program ends while the disk is full: what is there is good, and finished by the next start.
    @Test func aDiskThatIsStillFullAtTheEndIsSaid() throws {
        let recording = try Recording()
        defer { try? FileManager.default.removeItem(atPath: recording.folder) }
        recording.beginAndHang()
        recording.send(300)
        recording.gate.leaveRoom(5001)
        recording.gate.release()
        recording.wait(for: "recording goes on in memory")
        recording.end()
        #expect(recording.isWhole == false)
        #expect(recording.stored.isEmpty)
        #expect(recording.troubles.contains { $0.contains("could not be written; the next start finishes") })
        let sessions = SessionFolders(state: recording.folder, files: PosixFileSystem())
        let name = try #require(try sessions.names().first)
        let scan = try CaptureScan(
            "\(recording.folder)/sessions/\(name)/capture.pcapng", files: PosixFileSystem())
        #expect(scan.fault == nil && scan.frames > 0)
    }
}
