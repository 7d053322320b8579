// SPDX-License-Identifier: GPL-3.0-or-later
@testable import BluetoothCentral
import Measurement
import TestSupport
import Testing

@Suite struct ScanMachineTests {
    /// A machine and what came out of it, in words.
    struct Bench {
        var machine = ScanMachine()
        var seconds = 0.0

        private var now: Timestamp { Timestamp(seconds: seconds) }

        private static func line(_ output: ScanMachine.Output) -> String {
            switch output {
            case .command(let command):
                hex([UInt8(command.opcode >> 8), UInt8(command.opcode & 0xFF)]) + " " + hex(command.parameters)
            case .started: "started"
            case .stopped: "stopped"
            case .refused(let status?): "refused \(status)"
            case .refused(nil): "no answer"
            }
        }

        mutating func open() -> [String] {
            var lines: [String] = []
            machine.open(at: now) { lines.append(Self.line($0)) }
            return lines
        }

        mutating func want(_ isWanted: Bool) -> [String] {
            var lines: [String] = []
            machine.want(isWanted, at: now) { lines.append(Self.line($0)) }
            return lines
        }

        mutating func completed(_ opcode: UInt16, _ status: UInt8 = 0) -> [String] {
            var lines: [String] = []
            machine.completed(opcode, status: status, at: now) { lines.append(Self.line($0)) }
            return lines
        }

        mutating func tick(at seconds: Double) -> [String] {
            self.seconds = seconds
            var lines: [String] = []
            machine.tick(at: now) { lines.append(Self.line($0)) }
            return lines
        }

        /// Wanted, and brought so far.
        enum Place: CaseIterable { case closed, idle, disabling, configuring, enabling, scanning, stopping, blocked }

        init(at place: Place = .closed) {
            guard place != .closed else { return }
            _ = open()
            guard place != .idle else { return }
            _ = want(true)
            guard place != .disabling else { return }
            _ = completed(0x200C)
            guard place != .configuring else { return }
            if place == .blocked {
                // Hardware Failure.
                _ = completed(0x200B, 0x03)
                return
            }
            _ = completed(0x200B)
            guard place != .enabling else { return }
            _ = completed(0x200C)
            guard place != .scanning else { return }
            _ = want(false)
        }
    }

    /// LE Set Scan Enable (off); LE Set Scan Parameters: active, interval 0x0060, window 0x0030, public address, all
    /// advertisers; LE Set Scan Enable (on), duplicates not filtered.
    private static let off = "200c 0000"
    private static let parameters = "200b 01600030000000"
    private static let on = "200c 0100"

    @Test func disablesThenConfiguresThenEnables() {
        var bench = Bench()
        #expect(bench.want(true) == [])
        #expect(bench.open() == [Self.off])
        // Nothing was on: Command Disallowed.
        #expect(bench.completed(0x200C, 0x0C) == [Self.parameters])
        #expect(bench.completed(0x200B) == [Self.on])
        #expect(!bench.machine.isStopped)
        #expect(bench.completed(0x200C) == ["started"])
        #expect(bench.want(false) == [Self.off])
        #expect(!bench.machine.isStopped)
        #expect(bench.completed(0x200C) == ["stopped"])
        #expect(bench.machine.isStopped)
    }

    @Test func aControllerThatKnowsOnlyExtendedCommandsIsSpokenToInThose() {
        var bench = Bench(at: .configuring)
        // The other dialect from the beginning. Enable: off, no filter, no duration, no period.
        #expect(bench.completed(0x200B, 0x0C) == ["2042 000000000000"])
        // Own address, all advertisers, 1M PHY: active, 0x0060, 0x0030.
        #expect(bench.completed(0x2042) == ["2041 0000010160003000"])
        #expect(bench.completed(0x2041) == ["2042 010000000000"])
        #expect(bench.completed(0x2042) == ["started"])
        // It is remembered.
        #expect(bench.want(false) == ["2042 000000000000"])
        #expect(bench.completed(0x2042) == ["stopped"])
        #expect(bench.want(true) == ["2042 000000000000"])
    }

    @Test func aScanThatIsRefusedInBothDialectsIsTriedAgainAfterAWhile() {
        var bench = Bench(at: .configuring)
        #expect(bench.completed(0x200B, 0x0C) == ["2042 000000000000"])
        #expect(bench.completed(0x2042, 0x01) == ["2041 0000010160003000"])
        #expect(bench.completed(0x2041, 0x0C) == ["refused 12"])
        // A connection may be made meanwhile.
        #expect(bench.machine.isStopped)
        #expect(bench.tick(at: 4.9) == [])
        #expect(bench.tick(at: 5) == ["2042 000000000000"])
        // And so for ever.
        for round in 1...20 {
            bench.seconds = Double(round) * 10
            _ = bench.completed(0x2042, 0x0C)
            _ = bench.completed(0x2041, 0x0C)
            _ = bench.completed(0x200C, 0x0C)
            #expect(bench.completed(0x200B, 0x0C) == ["refused 12"])
            #expect(bench.tick(at: Double(round) * 10 + 5) == [Self.off])
            _ = bench.completed(0x200C, 0x0C)
            _ = bench.completed(0x200B, 0x0C)
            _ = bench.completed(0x2042, 0x0C)
            #expect(bench.completed(0x2041, 0x0C) == ["refused 12"])
            _ = bench.tick(at: Double(round) * 10 + 10)
        }
    }

    /// What happens in a place on: not being wanted, an answer to the enable command, to the parameters, to a command of
    /// somebody else's, and the time running out.
    struct Row: Sendable, CustomTestStringConvertible {
        var place: Bench.Place
        var unwanted: [String]
        var enableAnswer: [String]
        var parametersAnswer: [String]
        var late: [String]
        var testDescription: String { "\(place)" }
    }

    static let rows = [
        Row(place: .closed, unwanted: [], enableAnswer: [], parametersAnswer: [], late: []),
        Row(place: .idle, unwanted: [], enableAnswer: [], parametersAnswer: [], late: []),
        Row(
            place: .disabling, unwanted: [], enableAnswer: [parameters], parametersAnswer: [], late: ["no answer"]),
        Row(place: .configuring, unwanted: [], enableAnswer: [], parametersAnswer: [on], late: ["no answer"]),
        Row(
            // It may be on all the same.
            place: .enabling, unwanted: [], enableAnswer: ["started"], parametersAnswer: [], late: [off, "no answer"]),
        // A silence of 30 s: perhaps it was switched off behind our back.
        Row(place: .scanning, unwanted: [off], enableAnswer: [], parametersAnswer: [], late: [off]),
        Row(place: .stopping, unwanted: [], enableAnswer: ["stopped"], parametersAnswer: [], late: ["stopped"]),
        Row(place: .blocked, unwanted: ["stopped"], enableAnswer: [], parametersAnswer: [], late: [off]),
    ]

    @Test(arguments: rows) func everyStateTakesEveryEvent(_ row: Row) {
        var bench = Bench(at: row.place)
        #expect(bench.want(false) == row.unwanted, "unwanted")
        bench = Bench(at: row.place)
        #expect(bench.completed(0x200C) == row.enableAnswer, "answer to enable")
        bench = Bench(at: row.place)
        #expect(bench.completed(0x200B) == row.parametersAnswer, "answer to parameters")
        bench = Bench(at: row.place)
        // Read BD_ADDR: not ours.
        #expect(bench.completed(0x1009) == [], "somebody else's")
        #expect(bench.tick(at: 1.9) == [], "early")
        #expect(bench.tick(at: 31) == row.late, "late")
        bench = Bench(at: row.place)
        bench.machine.close()
        #expect(bench.machine.deadline == nil && bench.machine.finalCommand == nil)
    }

    @Test func whatIsNotWantedAnyMoreStopsAtTheNextAnswer() {
        var bench = Bench(at: .disabling)
        _ = bench.want(false)
        #expect(bench.completed(0x200C) == ["stopped"])
        bench = Bench(at: .configuring)
        _ = bench.want(false)
        #expect(bench.completed(0x200B) == ["stopped"])
        bench = Bench(at: .enabling)
        _ = bench.want(false)
        #expect(bench.completed(0x200C) == ["started", Self.off])
        #expect(bench.completed(0x200C) == ["stopped"])
        // And wanted again while it stops.
        bench = Bench(at: .stopping)
        #expect(bench.want(true) == [])
        #expect(bench.completed(0x200C) == ["stopped", Self.off])
    }

    @Test func aScanThatSomebodyElseTouchesIsTakenUpAgainOnlyWhenItHasFallenSilent() {
        var bench = Bench(at: .scanning)
        _ = bench.completed(0x200C)
        // Reports go on: it is on, whoever switched it.
        bench.machine.heard(at: Timestamp(seconds: 2))
        #expect(bench.tick(at: 3) == [])
        bench = Bench(at: .scanning)
        _ = bench.completed(0x200C)
        #expect(bench.tick(at: 2.9) == [])
        #expect(bench.tick(at: 3) == [Self.off])
    }

    @Test func anAdapterIsGivenBackWithItsScanOff() {
        #expect(Bench(at: .idle).machine.finalCommand == nil)
        for place in [Bench.Place.configuring, .enabling, .scanning] {
            #expect(Bench(at: place).machine.finalCommand == HCICommand(opcode: 0x200C, parameters: [0, 0]))
        }
    }
}
