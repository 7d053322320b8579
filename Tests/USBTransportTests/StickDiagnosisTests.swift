// SPDX-License-Identifier: GPL-3.0-or-later
import ANTSession
import Foundation
import Measurement
import Testing

@testable import USBTransport

@Suite struct StickDiagnosisTests {
    typealias Findings = StickDiagnosis.Findings

    static func stick(
        _ model: StickModel = .antUSBm, nodeIsThere: Bool = true, isPermitted: Bool = true,
        holder: DeviceHolder? = nil, kernelDriver: String? = nil
    ) -> USBInspection.Stick {
        USBInspection.Stick(
            model: model, bus: 1, device: 4, node: "/dev/bus/usb/001/004", nodeIsThere: nodeIsThere,
            isPermitted: isPermitted, holder: holder, kernelDriver: kernelDriver)
    }

    static func problems(_ findings: Findings) -> [StickDiagnosis.Check] {
        StickDiagnosis(findings).checks.filter { $0.level == .problem }
    }

    static func findings(_ stick: USBInspection.Stick, _ answer: Findings.Answer? = nil, rule: String? = "/etc/x.rules")
        -> Findings
    {
        var findings = Findings()
        findings.rule = rule
        findings.sticks = [(stick, answer)]
        return findings
    }

    @Test func aStickThatReceivesIsHealthy() {
        let diagnosis = StickDiagnosis(Self.findings(Self.stick(), .ready("ANTUSB-m (bus 1, device 4) receives")))
        #expect(diagnosis.isHealthy)
        #expect(
            diagnosis.checks.map(\.text) == [
                "the udev rule is installed: /etc/x.rules", "ANTUSB-m (bus 1, device 4) is plugged in",
                "ANTUSB-m (bus 1, device 4) receives",
            ])
    }

    @Test func saysThatNoneIsThere() {
        #expect(Self.problems(Findings()).map(\.text) == ["no ANT+ stick is plugged in"])
        #expect(
            Self.problems(Self.findings(Self.stick(.antUSB1))).map(\.text)
                == ["no ANT+ stick that can be used is plugged in"])
    }

    @Test func tellsHowToGetThePermission() {
        let without = StickDiagnosis(Self.findings(Self.stick(isPermitted: false), rule: nil))
        #expect(without.lacksPermission)
        #expect(without.checks.last?.remedy == StickDiagnosis.installRule)
        let with = StickDiagnosis(Self.findings(Self.stick(isPermitted: false)))
        #expect(with.lacksPermission)
        #expect(with.checks.last?.remedy.first?.hasPrefix("sudo usermod -aG plugdev") == true)
    }

    @Test func namesWhoHasIt() {
        let other = Self.findings(Self.stick(holder: DeviceHolder(process: 77, name: "garmin")))
        #expect(Self.problems(other).map(\.text) == ["ANTUSB-m (bus 1, device 4) is held by garmin (process 77)"])
        #expect(Self.problems(other).map(\.remedy) == [["kill 77"]])
        // Our own daemon is no fault.
        #expect(Self.problems(Self.findings(Self.stick(holder: DeviceHolder(process: 78, name: "sprintd")))).isEmpty)
    }

    @Test func tellsOfADriverThatWillGiveItUp() {
        let diagnosis = StickDiagnosis(
            Self.findings(Self.stick(.antUSB2, kernelDriver: "usb_serial_simple"), .ready("receives")))
        #expect(diagnosis.isHealthy)
        #expect(diagnosis.checks.contains { $0.level == .note && $0.text.contains("usb_serial_simple") })
    }

    @Test func passesOnWhatTheStickLacks() {
        #expect(
            Self.problems(Self.findings(Self.stick(), .nothing)).map(\.text)
                == ["ANTUSB-m (bus 1, device 4) does not answer: unplug it and plug it in again"])
        #expect(Self.problems(Self.findings(Self.stick(), .unusable("refuses"))).map(\.text) == ["refuses"])
        #expect(Self.problems(Self.findings(Self.stick(nodeIsThere: false))).count == 1)
        var broken = Findings()
        broken.libraryFailure = "libusb cannot be used here"
        #expect(Self.problems(broken).map(\.text) == ["libusb cannot be used here"])
    }

    @Test func findsTheRuleByWhatItSays() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        #expect(StickDiagnosis.findRule(in: [folder.path, "/no/such/folder"]) == nil)
        try write("10-comment.rules", "# ATTR{idVendor}==\"0fcf\"\n")
        try write("20-other.rules", "ATTR{idVendor}==\"1234\"\n")
        try write("30-off.rules.bak", "ATTR{idVendor}==\"0fcf\"\n")
        #expect(StickDiagnosis.findRule(in: [folder.path]) == nil)
        try write("99-garmin.rules", "SUBSYSTEM==\"usb\", ATTR{idVendor}==\"0FCF\", MODE=\"0666\"\n")
        #expect(StickDiagnosis.findRule(in: [folder.path]) == "\(folder.path)/99-garmin.rules")
    }

    /// The project's own rule is one that is found.
    @Test func theProjectsRuleIsRecognised() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        #expect(StickDiagnosis.findRule(in: [root.appending(path: "udev").path])?.hasSuffix("70-sprintd.rules") == true)
    }

    @Test func nodesHaveThreeDigits() {
        #expect(USBInspection.node(bus: 1, device: 4) == "/dev/bus/usb/001/004")
        #expect(USBInspection.node(bus: 12, device: 127) == "/dev/bus/usb/012/127")
    }

    @Test func athletesSensorsDecideWhatAStickListensTo() {
        let strap = SensorIDs.strap
        let one = USBTransport.Configuration(athletes: [[strap]])
        #expect(one.stick.mode == .channels([strap]))
        #expect(one.sensors == .chosen([strap]))
        let two = USBTransport.Configuration(athletes: [[strap], [SensorIDs.pod]])
        #expect(two.stick.mode == .scan)
        #expect(two.sensors == .chosen([strap, SensorIDs.pod]))
        let nobody = USBTransport.Configuration(athletes: [[]])
        #expect(nobody.stick.mode == .scan)
        #expect(nobody.sensors == .everyone)
        #expect(USBTransport.Configuration(athletes: [[]], firstCome: true).sensors == .firstOfEachKind)
    }
}
