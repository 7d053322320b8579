// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Report
import Segmentation
import SocketProtocol
import TestSupport
import Testing

@testable import LiveView

@Suite struct LiveScreenTests {
    private let plain = TextStyle(width: 80, color: .none, unicode: true)

    private func screen(
        _ state: LiveState, _ columns: Int, _ rows: Int, controls: LiveControls = LiveControls(), time: Double = 0.5,
        style: TextStyle? = nil
    ) -> [String] {
        LiveScreen.lines(state, controls, columns: columns, rows: rows, style: style ?? plain, time: time)
    }

    // MARK: What is shown

    @Test(arguments: [(40, 12), (60, 15), (80, 24), (100, 30), (120, 40), (200, 60)])
    func everySizeShowsWhatTheRunnerNeeds(_ columns: Int, _ rows: Int) {
        let lines = screen(Messages.running, columns, rows)
        let text = lines.joined(separator: "\n")
        #expect(lines.count == rows)
        // The sample's own figures: 171 bpm, 6.1 m/s (1000 s / 6.1 = 2:44 a km), 87.9 % cut to 87 %, 17.75 s left, 12.25 s in.
        for part in [
            "Ada", "87 %", "✓", "9:22", "0:18", "0:12", "sprint 3 of 5", "next recovery 1:30", "5:11", "89 %", "74 %",
            "✗",
        ] {
            #expect(text.contains(part), "\(part) is missing at \(columns) × \(rows)")
        }
        // A switched-off adapter is said even where there is no room for a list.
        #expect(text.contains("hci0 is switched off by rfkill"))
        if rows < 28 {
            for part in ["171 bpm", "6.1 m/s", "2:44 min/km"] { #expect(text.contains(part), "\(part) is missing") }
        } else {
            for part in ["bpm", "m/s", "min/km", "steps/min"] { #expect(text.contains(part), "\(part) is missing") }
        }
    }

    @Test func aFullScreenShowsSensorsAndRecovery() {
        let text = screen(Messages.running, 80, 24).joined(separator: "\n")
        for part in [
            "heart rate", "ant:120:16815", "-61 dBm", "68 %", "connected", "Stryd", "lost", "9 %", "184 steps/min",
        ] {
            #expect(text.contains(part), "\(part) is missing")
        }
        // Falls of 19, 41 and 54 bpm; then one of 16 and a rise of 3.
        #expect(text.contains("19  41  54"))
        #expect(text.contains("16  +3"))
        #expect(text.contains("▴ 80 %"))
    }

    @Test func theBarReachesItsMarkWhenTheTargetIsReached() {
        // 80 columns leave 60 for the bar (18 before it, 2 after it), of which the mark is the 48th from 0.
        func bar(_ effort: Double, onTarget: Bool) -> String {
            var state = Messages.running
            state.athletes[0].now?.effort = effort
            state.athletes[0].now?.isOnTarget = onTarget
            return screen(state, 80, 24).first { $0.contains("┃") } ?? ""
        }
        #expect(bar(0.8, onTarget: true).contains(String(repeating: "█", count: 48) + "┃" + "░"))
        #expect(bar(0.5, onTarget: false).contains(" " + String(repeating: "█", count: 30) + "░"))
        #expect(bar(7, onTarget: true).hasSuffix("┃" + String(repeating: "█", count: 11)))
        #expect(bar(-.infinity, onTarget: false).contains(" ░"))
        #expect(bar(.nan, onTarget: false).contains(" ░"))
    }

    @Test func anOverdueStepSaysSo() {
        var state = Messages.running
        state.athletes[0].now?.step?.left = -4.2
        #expect(screen(state, 80, 24).joined().contains("0:04 over"))
        #expect(screen(state, 40, 12).joined().contains("+0:04 over"))
    }

    @Test func whatIsUnknownIsNotZero() {
        var state = Messages.state([Messages.greeting, Messages.status()])
        state.athletes[0].now = NowMessage(athlete: "Ada", time: 0, target: 0.8)
        let text = screen(state, 80, 24).joined(separator: "\n")
        #expect(
            text.contains("- bpm") && text.contains("- m/s") && !text.contains("0 bpm") && !text.contains("0.0 m/s"))
    }

    @Test func aLostDaemonIsSaidAndWhatIsKnownStays() {
        var state = Messages.running
        state.lose("the daemon is not running: systemctl start sprintd", at: 10)
        for (columns, rows) in [(80, 24), (120, 40)] {
            let text = screen(state, columns, rows, time: 22).joined(separator: "\n")
            #expect(text.contains("the daemon is not running: systemctl start sprintd"))
            #expect(text.contains("12 s"))
            #expect(text.contains("not connected"))
            #expect(text.contains("89 %"))
            #expect(!text.contains("171 bpm"))
        }
        let small = screen(state, 60, 12, time: 22).joined(separator: "\n")
        #expect(small.contains("the daemon is not running: systemctl start sprintd"))
        var never = LiveState()
        never.lose("the daemon is not running: systemctl start sprintd", at: 0)
        #expect(screen(never, 80, 24).joined().contains("the daemon is not running"))
    }

    @Test func troubleWithTheDiskCannotBeOverlooked() {
        let state = Messages.state([Messages.greeting, Messages.status(storage: "memory"), Messages.now()])
        for (columns, rows) in [(80, 24), (80, 12), (120, 40)] {
            #expect(screen(state, columns, rows).joined().contains("kept in memory"))
        }
    }

    @Test func silenceIsSaid() {
        #expect(screen(Messages.running, 80, 24, time: 2).joined().contains("● session"))
        #expect(screen(Messages.running, 80, 24, time: 12).joined().contains("no data for 12 s"))
    }

    @Test func severalAthletesHaveTabsOrStandSideBySide() {
        let state = Messages.state([
            Messages.greeting, Messages.status(["Ada", "Bob"]), Messages.now("Ada"), Messages.now("Bob"),
        ])
        var controls = LiveControls()
        #expect(screen(state, 80, 24, controls: controls)[2].hasPrefix(" [1 Ada] sprint 87 %   2 Bob  sprint 87 %"))
        _ = controls.handle(.tab, state)
        let second = screen(state, 80, 24, controls: controls)
        #expect(second[0].hasPrefix(" Bob"))
        #expect(second[2].contains("[2 Bob]"))
        let wide = screen(state, 160, 40, controls: controls)
        #expect(wide.contains { $0.components(of: "sprint 3 of 5") == 2 })
    }

    @Test func manyAthletesLeaveTheSelectedOneInSight() {
        let names = (1...40).map { "Athlete number \($0)" }
        let state = Messages.state([Messages.greeting, Messages.status(names)])
        var controls = LiveControls()
        for _ in 0..<29 { _ = controls.handle(.right, state) }
        for columns in [40, 80, 120] {
            #expect(screen(state, columns, 24, controls: controls).joined().contains("[30 Athlete number 3"))
        }
    }

    @Test func withoutColourThereIsNoEscape() {
        for unicode in [true, false] {
            let lines = screen(Messages.running, 80, 24, style: TextStyle(width: 80, color: .none, unicode: unicode))
            #expect(!lines.joined().contains("\u{1B}"))
            if !unicode { #expect(lines.joined().unicodeScalars.allSatisfy { $0.isASCII }) }
        }
        #expect(
            screen(Messages.running, 80, 24, style: TextStyle(width: 80, color: .ansi16, unicode: true)).joined()
                .contains("\u{1B}[91m"))
    }

    @Test func aNameCannotSteerTheTerminal() {
        let name = #"A\u001b[2J\u0007\nB"#
        let state = Messages.state([Messages.greeting, Messages.status([name]), Messages.now(name)])
        for line in screen(state, 80, 24) { #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 }) }
    }

    // MARK: What never happens

    @Test func noLineIsWiderThanTheScreen() {
        var random = SeededGenerator(seed: 11)
        let names = [
            "Ada", "", "山田太郎", "👩‍👩‍👧‍👦🏃🏽‍♀️🇫🇷", "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}", "한국어", "\u{1B}[31mred",
            String(repeating: "界", count: 90), String(repeating: "x", count: 400), "‏עברית",
        ]
        for round in 0..<400 {
            let count = round % 5
            var state = Self.randomState(&random, names: names, athletes: count)
            if round % 7 == 0 { state.lose(random.element(of: names), at: 3) }
            var controls = LiveControls()
            for key in [LiveKey.tab, .character("?"), .character("s"), .left] where Bool.random(using: &random) {
                _ = controls.handle(key, state)
            }
            if round % 4 == 0 { controls.take(random.element(of: names), isGood: false, at: 1) }
            let columns = Int.random(in: 0...170, using: &random)
            let rows = Int.random(in: 0...60, using: &random)
            let style = TextStyle(width: 80, color: .none, unicode: Bool.random(using: &random))
            let lines = screen(state, columns, rows, controls: controls, time: 4, style: style)
            #expect(lines.count == rows)
            for line in lines { #expect(DisplayWidth.columns(of: line) <= columns, "\(columns) × \(rows): \(line)") }
        }
    }

    @Test func coloursAddNoWidth() {
        let state = Messages.running
        for (columns, rows) in [(40, 12), (80, 24), (120, 40)] {
            let bare = screen(state, columns, rows)
            let coloured = screen(
                state, columns, rows, style: TextStyle(width: 80, color: .ansi256, unicode: true))
            for (left, right) in zip(bare, coloured) { #expect(left == Self.withoutEscapes(right)) }
        }
    }

    private static func withoutEscapes(_ text: String) -> String {
        var result = ""
        var inside = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1B}" { inside = true }
            if !inside { result.unicodeScalars.append(scalar) }
            if inside, scalar == "m" { inside = false }
        }
        return result
    }

    private static func number(_ random: inout SeededGenerator) -> Double? {
        let odd = [nil, 0, -1, .nan, .infinity, -.infinity, 1e300, -1e18, .leastNonzeroMagnitude, 0.8, 59.9999, 1e9]
        return Bool.random(using: &random) ? random.element(of: odd) : 400 * random.uniform() - 20
    }

    private static func randomState(
        _ random: inout SeededGenerator, names: [String], athletes: Int
    ) -> LiveState {
        var state = LiveState()
        state.connection = Bool.random(using: &random) ? .open : .opening
        state.storage = random.element(of: [.disk, .memory, .failed])
        state.program = random.element(of: names)
        state.droppedFrames = Int.random(in: 0...3, using: &random)
        for index in 0..<athletes {
            var athlete = LiveAthlete(name: random.element(of: names))
            if Bool.random(using: &random) {
                athlete.session = .init(
                    id: nil, plan: random.element(of: names), elapsed: number(&random) ?? 0,
                    isRunning: Bool.random(using: &random))
            }
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                athlete.phases.append(
                    .init(
                        kind: random.element(of: PhaseKind.allCases), start: number(&random) ?? 0, end: number(&random))
                )
                var bout = AnalysisDocument.Sprint(
                    index: 1, start: number(&random) ?? 0, end: number(&random) ?? 0,
                    onTarget: Bool.random(using: &random), timeOnTarget: 0)
                bout.effort = number(&random)
                bout.meanSpeed = number(&random)
                bout.peakHeartRate = number(&random)
                bout.recovery30 = number(&random)
                bout.recovery90 = number(&random)
                athlete.bouts.append(bout)
            }
            athlete.target = number(&random) ?? 0.8
            var now = NowMessage(athlete: athlete.name, time: number(&random) ?? 0, target: athlete.target)
            now.phase = athlete.phases.last.map { .init(kind: $0.kind, start: $0.start) }
            now.effort = number(&random)
            now.speed = number(&random)
            now.heartRate = number(&random)
            now.cadence = number(&random)
            now.step = .init(
                index: .max, of: .min, kind: random.element(of: PhaseKind.allCases), elapsed: number(&random) ?? 0,
                planned: number(&random) ?? 0, left: number(&random) ?? 0,
                repetition: random.element(of: [nil, .min, 7]), repetitions: .max, isComplete: false)
            now.next = .init(kind: .sprint, planned: number(&random) ?? 0)
            athlete.now = index % 3 == 2 ? nil : now
            athlete.omittedBouts = Int.random(in: 0...9, using: &random)
            var sensor = SensorStatus(
                id: random.element(of: names), transport: .ant, state: random.element(of: SensorStatus.State.allCases))
            sensor.kind = random.element(of: names)
            sensor.batteryState = random.element(of: names)
            sensor.name = random.element(of: names)
            sensor.signal = random.element(of: [nil, -61, .min, .max])
            sensor.battery = random.element(of: [nil, 5, .min, .max])
            sensor.silence = number(&random)
            state.sensors.append(sensor)
            state.devices.append(
                DeviceStatus(
                    name: random.element(of: names), kind: .stick,
                    state: random.element(of: DeviceStatus.State.allCases),
                    message: random.element(of: names)))
        }
        return state
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: part) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
