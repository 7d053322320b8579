// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import GATT
import Measurement
import TestSupport
import Testing

@Suite struct CentralTests {
    /// A central, and what it wants done, as text.
    struct Bench {
        var central: Central
        var seconds = 0.0

        init(_ bindings: [SensorBinding] = [], _ change: (inout Central.Configuration) -> Void = { _ in }) {
            var configuration = Central.Configuration()
            configuration.bindings = bindings
            configuration.backOff = BackOff(first: 1, longest: 8)
            change(&configuration)
            central = Central(configuration, random: SeededGenerator(seed: 1))
        }

        static func line(_ action: CentralAction) -> String {
            switch action {
            case .open(let adapter): "open \(adapter)"
            case .close(let adapter): "close \(adapter)"
            case .powerOn(let adapter): "power \(adapter)"
            case .reset(let adapter): "reset \(adapter)"
            case .command(let adapter, let command):
                "\(adapter): " + hex([UInt8(command.opcode >> 8), UInt8(command.opcode & 0xFF)]) + " "
                    + hex(command.parameters)
            case .connect(let link, let adapter, let address):
                "connect \(link.number) hci\(adapter) \(SensorBinding.text(address.value)) \(address.kind)"
            case .disconnect(let link): "disconnect \(link.number)"
            case .advertisement(_, let address, let data, _):
                "advertisement \(SensorBinding.text(address.value)) " + hex(data)
            case .notice(let notice): "\(notice.kind): \(notice.text)"
            }
        }

        @discardableResult
        mutating func `do`(_ body: (inout Central, Timestamp, (CentralAction) -> Void) -> Void) -> [String] {
            var lines: [String] = []
            body(&central, Timestamp(seconds: seconds)) { lines.append(Self.line($0)) }
            return lines
        }

        @discardableResult
        mutating func adapters(_ present: AdapterStatus...) -> [String] {
            self.do { central, now, emit in central.adapters(present, at: now, emit: emit) }
        }

        @discardableResult
        mutating func opened(_ adapter: UInt16 = 0) -> [String] {
            self.do { central, now, emit in central.opened(adapter, at: now, emit: emit) }
        }

        @discardableResult
        mutating func event(_ packet: [UInt8], from adapter: UInt16 = 0) -> [String] {
            self.do { central, now, emit in central.receive(packet.span, from: adapter, at: now, emit: emit) }
        }

        /// Command Complete: one credit, the opcode, the status.
        @discardableResult
        mutating func complete(_ opcode: UInt16, _ status: UInt8 = 0, from adapter: UInt16 = 0) -> [String] {
            event([0x0E, 0x04, 0x01, UInt8(opcode & 0xFF), UInt8(opcode >> 8), status], from: adapter)
        }

        @discardableResult
        mutating func tick(at seconds: Double) -> [String] {
            self.seconds = seconds
            return self.do { central, now, emit in central.tick(at: now, emit: emit) }
        }

        @discardableResult
        mutating func connected(_ link: UInt32) -> [String] {
            self.do { central, now, emit in central.connected(LinkID(number: link), at: now, emit: emit) }
        }

        @discardableResult
        mutating func ready(_ link: UInt32) -> [String] {
            self.do { central, now, emit in central.ready(LinkID(number: link), at: now, emit: emit) }
        }

        @discardableResult
        mutating func lost(_ link: UInt32, _ end: LinkEnd = .outOfReach) -> [String] {
            self.do { central, now, emit in central.lost(LinkID(number: link), end, at: now, emit: emit) }
        }

        /// An adapter that scans.
        mutating func scan(_ adapter: UInt16 = 0) {
            adapters(AdapterStatus(index: adapter, isUp: true))
            opened(adapter)
            answerScan(adapter)
        }

        mutating func answerScan(_ adapter: UInt16 = 0) {
            complete(0x200C, from: adapter)
            complete(0x200B, from: adapter)
            complete(0x200C, from: adapter)
        }
    }

    /// LE Advertising Report, connectable: random address C4:12:F5:00:A0:01; complete 16-bit services 180D; name "Belt"; -60 dBm.
    static let strap = bytes("3E 17 02 01 00 01 01A000F512C4 0A  03 03 0D18  05 09 42656C74  C4".replacingLength())
    static let strapName = "Belt (C4:12:F5:00:A0:01)"

    @Test func aStrapIsFoundConnectedLostAndConnectedAgain() {
        var bench = Bench()
        #expect(
            bench.adapters(AdapterStatus(index: 0, isUp: true)) == [
                "adapterArrived: Bluetooth adapter hci0 is there", "open 0",
            ])
        #expect(bench.opened() == ["0: 200c 0000"])
        #expect(bench.complete(0x200C) == ["0: 200b 01600030000000"])
        #expect(bench.complete(0x200B) == ["0: 200c 0100"])
        #expect(bench.complete(0x200C) == ["adapterReady: Bluetooth adapter hci0 is scanning"])
        // The scan ends before the connection begins.
        #expect(
            bench.event(Self.strap) == [
                "advertisement C4:12:F5:00:A0:01 03030d18050942656c74",
                "sensorFound: found \(Self.strapName), heart rate, -60 dBm", "0: 200c 0000",
            ])
        #expect(bench.event(Self.strap) == [])
        #expect(bench.complete(0x200C) == ["connect 1 hci0 C4:12:F5:00:A0:01 random"])
        // And goes on once it stands.
        #expect(bench.connected(1) == ["0: 200c 0000"])
        bench.answerScan()
        #expect(bench.ready(1) == ["remark: \(Self.strapName) is connected"])
        #expect(bench.event(Self.strap) == [])
        // Lost: between 0.5 and 1 s nothing is tried.
        bench.seconds = 10
        #expect(bench.lost(1) == ["sensorLost: \(Self.strapName) is lost: out of reach"])
        #expect(bench.event(Self.strap) == [])
        bench.tick(at: 10.49)
        #expect(bench.event(Self.strap) == [])
        bench.tick(at: 11)
        #expect(bench.event(Self.strap) == ["0: 200c 0000"])
        #expect(bench.complete(0x200C) == ["connect 2 hci0 C4:12:F5:00:A0:01 random"])
        bench.connected(2)
        #expect(bench.ready(2) == ["sensorBack: \(Self.strapName) is back"])
        // What is said of the old link says nothing of the new.
        #expect(bench.lost(1) == [])
    }

    @Test func whoOnlyListensHearsOfEverySensorOnceAndConnectsNone() {
        var bench = Bench([]) { $0.connects = false }
        bench.scan()
        #expect(bench.event(Self.strap).last == "sensorFound: found \(Self.strapName), heart rate, -60 dBm")
        let pod = bytes("3E 10 02 01 00 00 02A000F51204 04 03 03 1418 C4".replacingLength())
        #expect(
            bench.event(pod).last == "sensorFound: found 04:12:F5:00:A0:02, running speed and cadence, -60 dBm")
        #expect(bench.event(Self.strap) == [])
        #expect(bench.event(pod) == [])
    }

    @Test func onlyWhatIsChosenIsConnected() {
        var bench = Bench([.address(0xC412_F500_A001)])
        bench.scan()
        // Another address; a name; a footpod: 1814.
        #expect(bench.event(bytes("3E 10 02 01 00 01 02A000F512C4 04 03 03 0D18 C4".replacingLength())) == [])
        #expect(bench.event(bytes("3E 10 02 01 00 00 02A000F512C4 06 05 09 42656C74 C4".replacingLength())) == [])
        #expect(bench.event(bytes("3E 10 02 01 00 00 02A000F51204 04 03 03 1418 C4".replacingLength())) == [])
        #expect(bench.event(Self.strap).last == "0: 200c 0000")
    }

    @Test func aNameChoosesWhateverTheAddressIs() {
        var bench = Bench([.name("BELT")])
        bench.scan()
        // Without a name it is nobody's.
        #expect(bench.event(bytes("3E 10 02 01 00 01 01A000F512C4 04 03 03 0D18 C4".replacingLength())) == [])
        // A scan response (4) brings the name, and cannot be connected to.
        let response = bench.event(bytes("3E 12 02 01 04 01 01A000F512C4 06 05 09 42656C74 C4".replacingLength()))
        #expect(response.last == "sensorFound: found \(Self.strapName), -60 dBm")
        #expect(bench.event(Self.strap).last == "0: 200c 0000")
    }

    @Test func whenEverythingThatIsChosenIsThereTheScanRests() {
        var bench = Bench([.address(0xC412_F500_A001)])
        bench.scan()
        bench.event(Self.strap)
        bench.complete(0x200C)
        #expect(bench.connected(1) == [])
        bench.ready(1)
        #expect(bench.tick(at: 100) == [])
        #expect(bench.central.deadline == nil)
        bench.seconds = 100
        #expect(bench.lost(1).last == "0: 200c 0000")
    }

    @Test func theKindOfAnAddressThatWasHeardReplacesTheGuess() {
        // 40:…: guessed public; it advertises as random.
        var bench = Bench([.address(0x4012_F500_A001)])
        bench.scan()
        bench.event(bytes("3E 10 02 01 00 01 01A000F51240 04 03 03 0D18 C4".replacingLength()))
        #expect(bench.complete(0x200C) == ["connect 1 hci0 40:12:F5:00:A0:01 random"])
    }

    @Test func withoutPermissionToScanAChosenAddressIsConnectedAllTheSame() {
        var bench = Bench([.address(0x4012_F500_A001)])
        bench.adapters(AdapterStatus(index: 0, isUp: true))
        let said = bench.do { central, now, emit in
            central.cannotOpen(0, .mayNotScan(0), at: now, emit: emit)
        }
        #expect(
            said == [
                "adapterUnusable: no permission to scan with Bluetooth adapter hci0; try: "
                    + #"sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v sprintd)""#,
                "connect 1 hci0 40:12:F5:00:A0:01 public",
            ])
        // No answer: perhaps it is of the other kind.
        bench.tick(at: 12)
        let again = bench.tick(at: 13)
        #expect(again.contains("connect 2 hci0 40:12:F5:00:A0:01 random"))
        // The permission is asked for again and again, and complained of once.
        #expect(again.contains("open 0") || bench.tick(at: 18).contains("open 0"))
    }

    /// While it is tried as public, another program's scan brings it, as random.
    @Test func aSensorThatIsHeardWhileItsAddressIsGuessedAtStaysOne() {
        var bench = Bench([.address(0x4012_F500_A001)])
        bench.adapters(AdapterStatus(index: 0, isUp: true))
        bench.do { central, now, emit in central.cannotOpen(0, .mayNotScan(0), at: now, emit: emit) }
        bench.opened()
        let report = bytes("3E 10 02 01 00 01 01A000F51240 04 03 03 0D18 C4".replacingLength())
        #expect(bench.event(report) == [])
        #expect(bench.tick(at: 12).first == "disconnect 1")
        bench.tick(at: 13)
        #expect(bench.event(report).contains { $0.hasPrefix("sensorFound") })
        #expect(bench.tick(at: 15).contains("connect 2 hci0 40:12:F5:00:A0:01 random"))
    }

    @Test func severalSensorsAreConnectedOneAfterTheOther() {
        var bench = Bench()
        bench.scan()
        bench.event(Self.strap)
        bench.event(bytes("3E 10 02 01 00 00 02A000F51204 04 03 03 1418 C4".replacingLength()))
        #expect(bench.complete(0x200C) == ["connect 1 hci0 C4:12:F5:00:A0:01 random"])
        #expect(bench.tick(at: 1) == [])
        // At once, without a scan between.
        #expect(bench.connected(1) == ["connect 2 hci0 04:12:F5:00:A0:02 public"])
        #expect(bench.connected(2) == ["0: 200c 0000"])
    }

    @Test func ofTwoAdaptersTheFreeOneConnects() {
        var bench = Bench()
        bench.adapters(AdapterStatus(index: 0, isUp: true), AdapterStatus(index: 1, isUp: true))
        for adapter in [UInt16(0), 1] {
            bench.opened(adapter)
            bench.answerScan(adapter)
        }
        bench.event(Self.strap)
        bench.complete(0x200C)
        let pod = bytes("3E 10 02 01 00 00 02A000F51204 04 03 03 1418 C4".replacingLength())
        // hci0 is connecting: what it hears now waits, until hci1 hears it too.
        #expect(bench.event(pod, from: 0).contains { $0.hasPrefix("sensorFound") })
        #expect(bench.event(pod, from: 1) == ["1: 200c 0000"])
        #expect(bench.complete(0x200C, from: 1) == ["connect 2 hci1 04:12:F5:00:A0:02 public"])
    }

    @Test func anAdapterThatGoesTakesItsSensorsAlongAndGivesThemBack() {
        var bench = Bench()
        bench.scan()
        bench.event(Self.strap)
        bench.complete(0x200C)
        bench.connected(1)
        bench.ready(1)
        #expect(
            bench.adapters() == [
                "close 0", "adapterLeft: Bluetooth adapter hci0 is gone", "disconnect 1",
                "sensorLost: \(Self.strapName) is lost: its Bluetooth adapter is gone",
                "adapterUnusable: there is no Bluetooth adapter; try: lsusb; dmesg | grep -i bluetooth",
            ])
        #expect(bench.adapters() == [])
        bench.seconds = 60
        bench.tick(at: 60)
        bench.scan(3)
        bench.event(Self.strap, from: 3)
        #expect(bench.complete(0x200C, from: 3) == ["connect 2 hci3 C4:12:F5:00:A0:01 random"])
    }

    @Test func anAdapterThatIsOffIsSwitchedOn() {
        var bench = Bench()
        #expect(
            bench.adapters(AdapterStatus(index: 0, isUp: false)) == [
                "adapterArrived: Bluetooth adapter hci0 is there", "power 0",
            ])
        let said = bench.do { central, now, emit in
            central.cannotPower(0, .adapterBlocked(0), at: now, emit: emit)
        }
        #expect(
            said == [
                "adapterUnusable: Bluetooth adapter hci0 is blocked by rfkill; try: rfkill unblock bluetooth"
            ])
        bench.seconds = 5
        #expect(bench.adapters(AdapterStatus(index: 0, isUp: false)) == [])
        bench.seconds = 15
        #expect(bench.adapters(AdapterStatus(index: 0, isUp: false)) == ["power 0"])
        #expect(bench.adapters(AdapterStatus(index: 0, isUp: true)) == ["open 0"])
        bench.opened()
        bench.answerScan()
        // Down, and up.
        #expect(bench.adapters(AdapterStatus(index: 0, isUp: false)) == ["close 0", "power 0"])
    }

    /// The refusal comes late, when the adapter is known to be off: nothing is due, and nobody is woken for it again and again.
    @Test func anAdapterThatIsOffIsNotWaitedFor() {
        var bench = Bench()
        bench.adapters(AdapterStatus(index: 0, isUp: true))
        bench.adapters(AdapterStatus(index: 0, isUp: false))
        bench.do { central, now, emit in central.cannotOpen(0, .adapterOff(0), at: now, emit: emit) }
        #expect(bench.tick(at: 60) == [])
        #expect(bench.central.deadline == nil)
        #expect(bench.adapters(AdapterStatus(index: 0, isUp: true)) == ["open 0"])
    }

    @Test func anotherProgramsScanIsSpokenOfOnceAndListenedTo() {
        var bench = Bench()
        bench.adapters(AdapterStatus(index: 0, isUp: true))
        bench.opened()
        bench.complete(0x200C, 0x0C)
        bench.complete(0x200B, 0x0C)
        bench.complete(0x2042, 0x0C)
        #expect(
            bench.complete(0x2041, 0x0C) == [
                "adapterUnusable: another program (bluetoothd, most likely) scans with Bluetooth adapter hci0; "
                    + "try: bluetoothctl scan off"
            ])
        // Its reports reach us too.
        #expect(bench.event(Self.strap).last == "connect 1 hci0 C4:12:F5:00:A0:01 random")
    }

    @Test func aSensorThatIsChosenAndSilentIsSpokenOfOnce() {
        var bench = Bench([.address(0xC412_F500_A001)])
        bench.scan()
        #expect(bench.tick(at: 29.9) == [])
        let said = bench.tick(at: 30).filter { $0.hasPrefix("remark") }
        #expect(
            said == [
                "remark: C4:12:F5:00:A0:01 is not heard: it is not worn, out of reach, without battery, or connected "
                    + "to a phone or watch; try: put it on, and disconnect it from other devices"
            ])
        #expect(bench.tick(at: 90).filter { $0.hasPrefix("remark") } == [])
    }

    @Test func connectionsThatAlwaysFailMakeTheAdapterStartAnew() {
        var bench = Bench()
        bench.scan()
        var said: [String] = []
        var time = 0.0
        for attempt in 1...5 {
            said += bench.event(Self.strap)
            said += bench.complete(0x200C)
            #expect(said.last?.hasPrefix("connect \(attempt)") == true)
            time += 12
            said += bench.tick(at: time)
            bench.answerScan()
            time += 8
            said += bench.tick(at: time)
            bench.answerScan()
        }
        #expect(said.filter { $0 == "reset 0" }.count == 1)
        #expect(
            said.contains(
                "adapterUnusable: connections over Bluetooth adapter hci0 keep failing; try: sudo hciconfig hci0 reset"
            ))
    }

    @Test(arguments: [
        (
            LinkEnd.inUseHere,
            "remark: another program on this machine is connected to C4:12:F5:00:A0:01; try: "
                + "bluetoothctl disconnect C4:12:F5:00:A0:01"
        ),
        (
            LinkEnd.client(.refused(.heartRateMeasurement, ATTErrorCode(rawValue: 5))),
            "remark: C4:12:F5:00:A0:01 wants to be paired first; try: bluetoothctl pair C4:12:F5:00:A0:01"
        ),
        (
            LinkEnd.client(.noMeasurement),
            "remark: \(strapName): offers neither heart rate nor running speed and cadence"
        ),
    ])
    func saysWhatMendsAFailedConnection(_ end: LinkEnd, _ words: String) {
        var bench = Bench()
        bench.scan()
        bench.event(Self.strap)
        bench.complete(0x200C)
        #expect(bench.lost(1, end).contains(words))
    }
}

extension String {
    /// An HCI event's hexadecimal text with its length set right, so that vectors need not be counted by hand.
    func replacingLength() -> String {
        var digits = filter(\.isHexDigit)
        let count = digits.count / 2 - 2
        let text = String(count, radix: 16)
        let start = digits.index(digits.startIndex, offsetBy: 2)
        digits.replaceSubrange(
            start..<digits.index(start, offsetBy: 2), with: (text.count < 2 ? "0" : "") + text)
        return digits
    }
}
