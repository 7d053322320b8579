// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

/// The transport, through the unmodified libusb, against emulated sticks. Each trial runs in processes of its own, which umockdev
/// shows other devices to than the tests have.
@Suite struct StickTrialsTests {
    private static let trials = [
        "handshake", "channels", "lock", "scan", "throughput", "replug", "faults", "outages", "several", "busy",
        "forbidden", "replay",
    ]

    @Test(
        .enabled(if: EmulatedRun.isPossible, "umockdev is not installed (scripts/install-dependencies installs it)"),
        arguments: trials)
    func standsTheTrial(_ name: String) throws {
        let result = try #require(Self.runs[name]).result()
        #expect(result.status == 0, "\(result.output)")
    }

    struct Visit: CustomTestStringConvertible, Sendable {
        var commands: [String]
        var command: String
        var status: Int32
        var says: String
        var testDescription: String { "\(command) \(commands)" }
    }

    /// What a person sees, from the program itself.
    static let visits: [Visit] = [
        Visit(commands: [], command: "doctor", status: 69, says: "FAIL  no ANT+ stick is plugged in"),
        Visit(
            commands: ["plug a usbm"], command: "doctor", status: 0,
            says: "ok    ANTUSB-m (bus 1, device 2) receives, firmware AJK1.34RAF, every sensor in range"),
        Visit(
            commands: ["plug a usb2 usb_serial_simple"], command: "doctor", status: 0,
            says: "note  the kernel's driver usb_serial_simple has it now"),
        Visit(
            commands: ["plug a", "silent a"], command: "doctor", status: 69,
            says: "FAIL  ANTUSB-m (bus 1, device 2) does not answer a reset: unplug it and plug it in again"),
        Visit(
            commands: ["plug a", "refuse a 46"], command: "doctor", status: 69,
            says: "FAIL  ANTUSB-m (bus 1, device 2) refuses 'network key': invalid message"),
        Visit(
            commands: ["plug a", "busy a"], command: "doctor", status: 69,
            says: "FAIL  ANTUSB-m (bus 1, device 2) is held by another program"),
        Visit(
            commands: ["plug a usb1"], command: "doctor", status: 69,
            says: "note  ANTUSB1 (bus 1, device 2) is a serial stick of the first kind"),
        Visit(commands: [], command: "scan", status: 69, says: "sprintctl: no ANT+ stick is plugged in"),
        Visit(
            commands: ["plug a"], command: "scan", status: 69,
            says: "sprintctl: no sensor is in the air; a strap sends only while it is worn"),
        // The simulation's sensors of seed 1.
        Visit(
            commands: ["plug a", "air 1 1 1 60"], command: "sensors", status: 0,
            says: "sensors = [\"ant:120:910745\", \"ant:124:99968\"]"),
    ]

    @Test(
        .enabled(if: EmulatedRun.isPossible, "umockdev is not installed (scripts/install-dependencies installs it)"),
        arguments: visits)
    func saysWhatIsWrong(_ visit: Visit) throws {
        let result = try #require(Self.runs[visit.testDescription]).result()
        #expect(result.status == visit.status, "\(result.output)")
        #expect(result.output.contains(visit.says), "\(result.output)")
    }

    /// All at once, because they sleep more than they work.
    private static let runs: [String: EmulatedRun] = {
        var runs: [String: EmulatedRun] = [:]
        for name in trials {
            runs[name] =
                name == "forbidden"
                ? try? EmulatedRun.withoutOverride(name) : try? EmulatedRun("stick-trials", [name])
        }
        for visit in visits {
            let time = visit.command == "doctor" ? [] : ["--seconds", "3"]
            runs[visit.testDescription] = try? EmulatedRun("sprintctl", [visit.command] + time, on: visit.commands)
        }
        return runs
    }()
}
