// SPDX-License-Identifier: GPL-3.0-or-later
internal import ProcessIO

/// What stands between a person and an ANT+ stick that works, and what to type about it.
package struct StickDiagnosis: Sendable {
    /// What was found out.
    package struct Findings: Sendable {
        package enum Answer: Equatable, Sendable {
            case ready(String)
            /// The transport's own words.
            case unusable(String)
            case nothing
        }

        /// Why libusb cannot be used; `nil` when it can.
        package var libraryFailure: String?
        package var hasHotplug = true
        /// The udev rule's file; `nil` when none was found.
        package var rule: String?
        package var sticks: [(stick: USBInspection.Stick, answer: Answer?)] = []

        package init() {}
    }

    package struct Check: Equatable, Sendable {
        package enum Level: Sendable {
            case fine
            /// Worth knowing.
            case note
            case problem
        }
        package var level: Level
        package var text: String
        /// Commands, one a line.
        package var remedy: [String] = []
    }

    package let checks: [Check]
    /// Whether a problem is one of permission.
    package let lacksPermission: Bool

    package var isHealthy: Bool { !checks.contains { $0.level == .problem } }

    package static let installRule = [
        "sudo install -m 644 udev/70-sprintd.rules /etc/udev/rules.d/",
        "sudo udevadm control --reload",
        "sudo udevadm trigger --subsystem-match=usb --attr-match=idVendor=0fcf",
    ]

    package init(_ findings: Findings) {
        var checks: [Check] = []
        var lacksPermission = false
        func add(_ level: Check.Level, _ text: String, _ remedy: [String] = []) {
            checks.append(Check(level: level, text: text, remedy: remedy))
        }
        if let failure = findings.libraryFailure {
            add(.problem, failure, ["ls /dev/bus/usb        # absent where the kernel or the container has no USB"])
        } else if !findings.hasHotplug {
            add(.note, "libusb does not tell here what is plugged in: it is looked for every 2 s")
        }
        if let rule = findings.rule {
            add(.fine, "the udev rule is installed: \(rule)")
        } else {
            add(
                .note, "no udev rule for the sticks is installed: as a rule only root may use them then",
                Self.installRule)
        }
        let usable = findings.sticks.filter { $0.stick.model.isSupported }
        for (stick, _) in findings.sticks where !stick.model.isSupported {
            add(.note, "\(Self.name(stick)) is a serial stick of the first kind, which sprintd cannot use")
        }
        if usable.isEmpty, findings.libraryFailure == nil {
            add(
                .problem,
                findings.sticks.isEmpty
                    ? "no ANT+ stick is plugged in" : "no ANT+ stick that can be used is plugged in",
                ["lsusb -d 0fcf:         # shows one as soon as it is there"])
        }
        for (stick, answer) in usable {
            let isPermitted = Self.check(stick, answer, findings.rule != nil, add)
            if !isPermitted { lacksPermission = true }
        }
        self.checks = checks
        self.lacksPermission = lacksPermission
    }

    private static func name(_ stick: USBInspection.Stick) -> String {
        "\(stick.model.name) (bus \(stick.bus), device \(stick.device))"
    }

    /// - Returns: whether the stick may be used.
    private static func check(
        _ stick: USBInspection.Stick, _ answer: Findings.Answer?, _ hasRule: Bool,
        _ add: (Check.Level, String, [String]) -> Void
    ) -> Bool {
        let name = name(stick)
        add(.fine, "\(name) is plugged in", [])
        guard stick.nodeIsThere else {
            add(
                .problem, "\(stick.node) is not there, as in a container that was not given the device",
                ["docker run --device \(stick.node) …   # or what your container calls it"])
            return true
        }
        guard stick.isPermitted else {
            let remedy =
                hasRule
                ? [
                    "sudo usermod -aG plugdev \"$USER\"     # then log in anew",
                    "sudo udevadm trigger --subsystem-match=usb --attr-match=idVendor=0fcf",
                ] : installRule
            add(.problem, "no permission to use \(stick.node)", remedy)
            return false
        }
        if let driver = stick.kernelDriver, driver != "usbfs" {
            add(.note, "the kernel's driver \(driver) has it now; sprintd takes it over and gives it back", [])
        }
        if let holder = stick.holder {
            let own = holder.name == "sprintd"
            add(
                own ? .fine : .problem, "\(name) is held by \(holder)",
                own ? [] : ["kill \(holder.process)"])
            return true
        }
        switch answer {
        case .ready(let text): add(.fine, text, [])
        case .unusable(let text): add(.problem, text, remedy(for: text, stick))
        case .nothing:
            add(.problem, "\(name) does not answer: unplug it and plug it in again", [])
        case nil: break
        }
        return true
    }

    private static func remedy(for text: String, _ stick: USBInspection.Stick) -> [String] {
        text.holds("is held by") ? ["sudo fuser -v \(stick.node)     # says who has it"] : []
    }

    /// The folders that udev reads rules from, the ones that count first.
    private static let ruleFolders = [
        "/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
        "/lib/udev/rules.d",
    ]

    /// The first rule that names the sticks' vendor.
    package static func findRule() -> String? { findRule(in: ruleFolders) }

    static func findRule(in folders: [String]) -> String? {
        for folder in folders {
            for name in SmallFiles.names(in: folder) where name.hasSuffix(".rules") {
                let lines = SmallFiles.text("\(folder)/\(name)").split(separator: "\n")
                let names = lines.contains { line in
                    !line.hasPrefix("#") && line.holds("idVendor") && line.lowercased().holds("0fcf")
                }
                if names { return "\(folder)/\(name)" }
            }
        }
        return nil
    }
}
