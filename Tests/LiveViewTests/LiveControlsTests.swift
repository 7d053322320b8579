// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Report
import Segmentation
import SocketProtocol
import TestSupport
import Testing

@testable import LiveView

@Suite struct LiveControlsTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var bytes: [UInt8], keys: [LiveKey]
        var testDescription: String { hex(bytes) }
    }

    /// ECMA-48 control sequences as xterm sends them for keys.
    static let vectors: [Vector] = [
        Vector(bytes: [0x71, 0x09, 0x03], keys: [.character("q"), .tab, .interrupt]),
        Vector(bytes: [0x1B, 0x5B, 0x43, 0x1B, 0x5B, 0x44], keys: [.right, .left]),
        Vector(bytes: [0x1B, 0x4F, 0x43], keys: [.right]),
        Vector(bytes: [0x1B, 0x5B, 0x5A], keys: [.backTab]),
        Vector(bytes: [0x1B], keys: [.escape]),
        // Page up, and an arrow with a modifier: one has no use, the other is an arrow.
        Vector(bytes: [0x1B, 0x5B, 0x35, 0x7E, 0x1B, 0x5B, 0x31, 0x3B, 0x35, 0x43], keys: [.right]),
        // Cut short.
        Vector(bytes: [0x1B, 0x5B], keys: []), Vector(bytes: [0x1B, 0x5B, 0x31, 0x3B], keys: []),
        Vector(bytes: [0xC3, 0xA9, 0x0C], keys: [.redraw]),
    ]

    @Test(arguments: vectors) func keysAreRead(_ vector: Vector) {
        #expect(LiveKey.keys(vector.bytes) == vector.keys)
    }

    @Test func anyBytesAreReadWithoutATrap() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                UInt8(truncatingIfNeeded: random.next() >> 20)
            }
            #expect(LiveKey.keys(bytes).count <= bytes.count)
        }
    }

    @Test func aSessionIsStoppedOnlyAfterAQuestion() {
        let state = Messages.running
        var controls = LiveControls()
        #expect(controls.handle(.character("s"), state) == nil)
        #expect(controls.question == .stopSession(athlete: "Ada"))
        #expect(controls.handle(.character("x"), state) == nil)
        #expect(controls.question == nil)
        _ = controls.handle(.character("s"), state)
        #expect(controls.handle(.character("y"), state) == .send(.stopSession(athlete: "Ada")))
        #expect(controls.question == nil)
        var idle = state
        idle.athletes[0].session = nil
        _ = controls.handle(.character("s"), idle)
        #expect(controls.question == .startSession(athlete: "Ada"))
        var lost = state
        lost.lose("gone", at: 0)
        controls = LiveControls()
        _ = controls.handle(.character("s"), lost)
        #expect(controls.question == nil)
    }

    @Test func quitsFromAnywhere() {
        var controls = LiveControls()
        #expect(controls.handle(.character("q"), LiveState()) == .quit)
        _ = controls.handle(.character("s"), Messages.running)
        #expect(controls.handle(.interrupt, Messages.running) == .quit)
    }

    @Test func athletesAreChosenByNumberAndInTurn() {
        let state = Messages.state([Messages.status(["a", "b", "c"])])
        var controls = LiveControls()
        _ = controls.handle(.backTab, state)
        #expect(controls.place(in: state) == 2)
        _ = controls.handle(.tab, state)
        #expect(controls.place(in: state) == 0)
        _ = controls.handle(.character("2"), state)
        #expect(controls.place(in: state) == 1)
        _ = controls.handle(.character("9"), state)
        #expect(controls.place(in: state) == 1)
        // The one who was selected is gone.
        #expect(controls.place(in: Messages.state([Messages.status(["a"])])) == 0)
        #expect(controls.place(in: LiveState()) == nil)
    }

    @Test func bigLettersHaveTheirSize() {
        for kind in PhaseKind.allCases {
            let text = BigText(Wording.name(kind))
            for (size, unicode) in [(BigText.Size.single, true), (.single, false), (.double, true)] {
                let lines = text.lines(size, unicode: unicode)
                #expect(lines.count == BigText.rows(size, unicode: unicode))
                for line in lines { #expect(DisplayWidth.columns(of: line) <= text.columns(size) + 2) }
            }
            // All fit beside a clock at 80 columns.
            #expect(text.columns(.single) + BigText("59:59").columns(.single) + 8 <= 80)
        }
    }

    @Test func eventsAreLines() {
        var text = LivePlainText(style: TextStyle(width: 80, color: .none, unicode: true))
        var bout = AnalysisDocument.Sprint(index: 1, start: 311, end: 341, onTarget: true, timeOnTarget: 20)
        bout.recovery30 = 19
        bout.recovery60 = -2
        #expect(
            text.text(for: .boutRecovered(athlete: "Ada", .sprint, bout, number: 1), namesAthlete: true)
                == "Ada:           sprint 1: heart rate 19 bpm down after 30 s, 2 bpm up after 60 s\n")
        #expect(
            text.text(for: .boutRecovered(athlete: "Ada", .interval, bout, number: 2), namesAthlete: false)
                == "          interval 2: heart rate 19 bpm down after 30 s, 2 bpm up after 60 s\n")
        bout.effort = 0.912
        bout.effortBasis = .heartRate
        #expect(
            text.text(for: .boutScored(athlete: "Ada", .interval, bout, number: 2), namesAthlete: false)
                == "    5:41  ✓  interval 2: 91 % of maximum heart rate · 30 s\n")
        #expect(
            text.text(for: .sessionEnded(athlete: "Ada", duration: 1218), namesAthlete: false)
                == "session ended after 20:18\n")
        #expect(text.text(for: .trouble("disk\u{1B} full"), namesAthlete: false) == "disk  full\n")
        #expect(text.text(for: .done(command: "watch"), namesAthlete: false) == nil)
        #expect(
            text.text(
                for: .phaseBegan(athlete: "Ada", .sprint, start: 311, decided: 312.5, number: 1), namesAthlete: false)
                == "    5:11  SPRINT 1  seen after 1.5 s\n")
    }
}
