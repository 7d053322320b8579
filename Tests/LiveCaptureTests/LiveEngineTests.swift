// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Measurement
import Scoring
import SessionStore
import Synchronization
import Testing
import Transport

@testable import LiveCapture

/// The engine with its threads.
@Suite struct LiveEngineTests {
    /// Sends nothing, and notes what it is told.
    private final class Listener: Transport {
        let name = "listener"
        private let sink = Mutex<FrameSinkBox?>(nil)
        private let told = Mutex<[String]>([])

        var calls: [String] { told.withLock { $0 } }

        func start(_ sink: consuming FrameSink) throws(TransportError) {
            let box = FrameSinkBox(sink)
            self.sink.withLock { $0 = box }
        }

        func stop() {
            told.withLock { $0.append("stop") }
            sink.withLock { $0 = nil }
        }

        func note(isRecording: Bool) { told.withLock { $0.append(isRecording ? "recording" : "idle") } }
    }

    /// Open until it goes.
    private final class FrameSinkBox: Sendable {
        private let sink: FrameSink
        init(_ sink: consuming FrameSink) { self.sink = sink }
    }

    private static func wait(_ engine: LiveEngine, for wanted: (LiveEvent) -> Bool) {
        while true {
            for event in engine.events.wait().events {
                if wanted(event) { return }
                if case .ended = event { return }
            }
        }
    }

    /// Two athletes: transports hear of the first one's begin and of the last one's end.
    @Test func transportsAreToldWhenTheFirstSessionBeginsAndTheLastEnds() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "engine-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let members = ["Ada", "Bob"].map { name in
            var athlete = Athlete()
            athlete.name = name
            return LivePipeline.Member(athlete: athlete)
        }
        let engine = try LiveEngine(.init(program: "test", members: members))
        let listener = Listener()
        try engine.start([listener], lock: try StateLock(state: folder, files: PosixFileSystem())) { _ in }

        func begin(_ member: Int) {
            engine.command(.start, member: member)
            Self.wait(engine) { if case .sessionStarted = $0 { true } else { false } }
        }
        func end(_ member: Int) {
            engine.command(.stop, member: member)
            Self.wait(engine) { if case .sessionEnded = $0 { true } else { false } }
        }
        begin(0)
        begin(1)
        end(0)
        end(1)
        begin(0)
        end(0)
        engine.stop()
        Self.wait(engine) { if case .ended = $0 { true } else { false } }
        // Before the first session it may have been told that nobody is recorded.
        let calls = Array(listener.calls.drop { $0 == "idle" })
        #expect(calls == ["recording", "idle", "recording", "idle", "stop"])
    }
}
