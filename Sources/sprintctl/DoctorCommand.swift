// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import BluetoothTransport
internal import FileIO
internal import ProcessIO
internal import Transport
internal import USBTransport

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Find out why a stick or Bluetooth does not work, and what to type.",
        discussion: """
            Ends with 0 when at least one of the two radios can be used, else with 69, or 77 when it is a permission.
            """)

    /// Seconds: three resets without an answer take less than four.
    private static let patience = 6.0

    func run() throws {
        StopSignal.install()
        let diagnosis = StickDiagnosis(try findings())
        var text = ""
        for check in diagnosis.checks {
            let sign =
                switch check.level {
                case .fine: "ok   "
                case .note: "note "
                case .problem: "FAIL "
                }
            text += "\(sign) \(check.text)\n"
            for line in check.remedy { text += "        \(line)\n" }
        }
        let bluetooth = BluetoothCheck(bindings: [], program: Self.daemon).findings
        for finding in bluetooth {
            let sign =
                switch finding.verdict {
                case .good: "ok   "
                case .doubtful: "note "
                case .bad: "FAIL "
                }
            text += "\(sign) \(finding.what): \(finding.detail)\n"
            if let remedy = finding.remedy { text += "        \(remedy)\n" }
        }
        try StandardStream.output.write(text)
        let problems =
            diagnosis.checks.count { $0.level == .problem } + bluetooth.count { $0.verdict == .bad }
        // Most people have one of the two radios.
        guard diagnosis.isHealthy || !bluetooth.contains(where: { $0.verdict == .bad }) else {
            throw CommandFailure(
                diagnosis.lacksPermission ? .noPermission : .unavailable,
                "\(problems) problem\(problems == 1 ? "" : "s")")
        }
    }

    /// The sprintd that a shell finds, as the remedies do: what its file may is what counts. `nil` where there is none.
    private static var daemon: String? {
        let folders = (Environment.process["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/sprintd" }.first { FileTree.exists($0) && !FileTree.isFolder($0) }
    }

    private func findings() throws -> StickDiagnosis.Findings {
        var findings = StickDiagnosis.Findings()
        findings.rule = StickDiagnosis.findRule()
        let inspection: USBInspection
        do {
            inspection = try USBInspection()
        } catch {
            findings.libraryFailure = error.description
            return findings
        }
        findings.hasHotplug = inspection.hasHotplug
        let free = inspection.sticks.filter {
            $0.model.isSupported && $0.nodeIsThere && $0.isPermitted && $0.holder == nil
        }
        var answers: [UInt32: StickDiagnosis.Findings.Answer] = [:]
        if !free.isEmpty {
            let listener = try SensorListener([.ant])
            listener.listen(seconds: Self.patience) { listener in
                free.allSatisfy { Self.answer(of: $0, listener) != .nothing }
            }
            listener.stop()
            for stick in free { answers[Self.number(stick)] = Self.answer(of: stick, listener) }
        }
        findings.sticks = inspection.sticks.map { ($0, answers[Self.number($0)]) }
        return findings
    }

    private static func number(_ stick: USBInspection.Stick) -> UInt32 {
        UInt32(stick.bus) << 8 | UInt32(stick.device)
    }

    private static func answer(
        of stick: USBInspection.Stick, _ listener: SensorListener
    ) -> StickDiagnosis.Findings.Answer {
        let own = listener.news.filter { $0.notice.device == number(stick) }
        if let ready = own.last(where: { $0.notice.kind == .deviceReady }) { return .ready(ready.text) }
        if let trouble = own.last(where: { $0.notice.kind == .deviceUnusable }) { return .unusable(trouble.text) }
        return .nothing
    }
}
