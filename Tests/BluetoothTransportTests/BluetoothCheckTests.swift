// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import TestSupport
import Testing

@testable import BluetoothTransport

@Suite struct BluetoothCheckTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var evidence: BluetoothCheck.Evidence
        var bindings: [SensorBinding] = []
        /// Verdict, heading, what to type.
        var findings: [String]
    }

    private static func evidence(
        isUp: Bool = true, isBlocked: Bool = false, connections: [UInt64] = [], mayScan: Bool = true,
        mayPower: Bool = true, isBluetoothdRunning: Bool = false
    ) -> BluetoothCheck.Evidence {
        BluetoothCheck.Evidence(
            isSupported: true,
            adapters: [.init(index: 0, isUp: isUp, isBlocked: isBlocked, connections: connections)],
            mayScan: mayScan, mayPower: mayPower, isBluetoothdRunning: isBluetoothdRunning)
    }

    private static let setcap = #"sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v sprintd)""#
    private static let strap = SensorBinding.address(0xC412_F500_A001)

    static let rows = [
        Row(
            testDescription: "everything there", evidence: evidence(),
            findings: ["good Bluetooth adapter hci0", "good Bluetooth permission", "good bluetoothd"]),
        Row(
            testDescription: "no Bluetooth in the kernel",
            evidence: .init(
                isSupported: false, adapters: [], mayScan: true, mayPower: true, isBluetoothdRunning: false),
            findings: ["bad Bluetooth: sudo modprobe bluetooth"]),
        Row(
            testDescription: "no adapter",
            evidence: .init(isSupported: true, adapters: [], mayScan: true, mayPower: true, isBluetoothdRunning: false),
            findings: ["bad Bluetooth adapter: lsusb; dmesg | grep -i bluetooth"]),
        Row(
            testDescription: "off, and the daemon may switch it on", evidence: evidence(isUp: false),
            findings: ["good Bluetooth adapter hci0", "good Bluetooth permission", "good bluetoothd"]),
        Row(
            testDescription: "off, and the daemon may not", evidence: evidence(isUp: false, mayPower: false),
            findings: [
                "bad Bluetooth adapter hci0: bluetoothctl power on", "doubtful Bluetooth permission: \(setcap)",
                "good bluetoothd",
            ]),
        Row(
            testDescription: "blocked", evidence: evidence(isUp: false, isBlocked: true),
            findings: [
                "bad Bluetooth adapter hci0: rfkill unblock bluetooth", "good Bluetooth permission", "good bluetoothd",
            ]),
        Row(
            testDescription: "no rights", evidence: evidence(mayScan: false, mayPower: false),
            findings: ["good Bluetooth adapter hci0", "bad Bluetooth permission: \(setcap)", "good bluetoothd"]),
        Row(
            testDescription: "no rights, but addresses", evidence: evidence(mayScan: false, mayPower: false),
            bindings: [strap],
            findings: ["good Bluetooth adapter hci0", "doubtful Bluetooth permission: \(setcap)", "good bluetoothd"]),
        Row(
            testDescription: "no rights, and a name among the addresses",
            evidence: evidence(mayScan: false, mayPower: false), bindings: [strap, .name("Pod")],
            findings: ["good Bluetooth adapter hci0", "bad Bluetooth permission: \(setcap)", "good bluetoothd"]),
        Row(
            testDescription: "bluetoothd has the strap",
            evidence: evidence(connections: [0xC412_F500_A001], isBluetoothdRunning: true), bindings: [strap],
            findings: [
                "good Bluetooth adapter hci0", "good Bluetooth permission",
                "doubtful bluetoothd: bluetoothctl scan off",
                "doubtful sensor C4:12:F5:00:A0:01: bluetoothctl disconnect C4:12:F5:00:A0:01",
            ]),
        Row(
            testDescription: "a kernel with a defect",
            evidence: .init(
                isSupported: true, adapters: [.init(index: 0, isUp: true, isBlocked: false, connections: [])],
                mayScan: true, mayPower: true, isBluetoothdRunning: false, kernelDiesOfClosing: true),
            findings: [
                "good Bluetooth adapter hci0", "good Bluetooth permission", "good bluetoothd",
                "doubtful kernel: choose another kernel when the machine starts: 6.1.190 or before, or 6.12",
            ]),
    ]

    @Test(arguments: rows) func judges(_ row: Row) {
        let findings = BluetoothCheck(row.evidence, bindings: row.bindings).findings
        #expect(
            findings.map { "\($0.verdict) \($0.what)" + ($0.remedy.map { ": \($0)" } ?? "") } == row.findings)
        #expect(findings.allSatisfy { !$0.detail.isEmpty })
    }

    @Test func looksAtThisMachineWithoutHarm() {
        #expect(!BluetoothCheck(bindings: [], program: "/proc/self/exe").findings.isEmpty)
    }

    @Test func readsTheKernelsAccountOfRights() {
        // CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13: 0x3000.
        let status = "Name:\tsprintd\nCapPrm:\t0000000000000000\nCapEff:\t0000000000003000\nSeccomp:\t0\n"
        #expect(Capabilities.effective(in: Array(status.utf8)) == [.networkAdministration, .rawNetwork])
        #expect(Capabilities.effective(in: Array("CapEff:\t0000000000002000\n".utf8)) == .rawNetwork)
        #expect(Capabilities.effective(in: []) == [])
        #expect(Capabilities.effective(in: Array("CapEff:\tmore\n".utf8)).isDisjoint(with: .rawNetwork))
    }

    /// Revision 2 (0x02000000) with the effective flag (1); permitted 0x3000; nothing else.
    @Test func readsAFilesAttribute() {
        let attribute = bytes("01000002 00300000 00000000 00000000 00000000")
        #expect(Capabilities.ofAttribute(attribute) == [.networkAdministration, .rawNetwork])
        let notEffective = bytes("00000002 00300000 00000000 00000000 00000000")
        #expect(Capabilities.ofAttribute(notEffective) == [])
        for count in 0..<12 { #expect(Capabilities.ofAttribute(Array(attribute.prefix(count))) == nil) }
    }
}
