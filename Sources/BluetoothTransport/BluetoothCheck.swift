// SPDX-License-Identifier: GPL-3.0-or-later
package import BluetoothCentral
internal import FileIO
internal import Glibc

/// Looks whether Bluetooth sensors can be received on this machine, and what would mend it if not. It changes nothing: nothing is
/// switched on, and no scan is begun.
package struct BluetoothCheck: Sendable {
    package enum Verdict: Equatable, Sendable {
        case good
        /// It may work.
        case doubtful
        case bad
    }

    package struct Finding: Equatable, Sendable {
        /// What was looked at, as a heading.
        package var what: String
        package var verdict: Verdict
        /// What was seen.
        package var detail: String
        /// What to type; `nil` when nothing has to be done.
        package var remedy: String?

        package init(_ what: String, _ verdict: Verdict, _ detail: String, remedy: String? = nil) {
            self.what = what
            self.verdict = verdict
            self.detail = detail
            self.remedy = remedy
        }

        init(_ what: String, _ verdict: Verdict, _ obstacle: BluetoothObstacle) {
            self.init(what, verdict, obstacle.problem, remedy: obstacle.remedy)
        }
    }

    /// What was found on the machine; apart from the looking, so that it can be judged without a machine.
    package struct Evidence: Equatable, Sendable {
        package struct Adapter: Equatable, Sendable {
            package var index: UInt16
            package var isUp: Bool
            /// Blocked by software or by a key, through rfkill.
            package var isBlocked: Bool
            /// The LE devices that programs on this machine are connected to.
            package var connections: [UInt64]

            package init(index: UInt16, isUp: Bool, isBlocked: Bool, connections: [UInt64]) {
                self.index = index
                self.isUp = isUp
                self.isBlocked = isBlocked
                self.connections = connections
            }
        }

        package var isSupported: Bool
        package var adapters: [Adapter]
        package var mayScan: Bool
        package var mayPower: Bool
        package var isBluetoothdRunning: Bool
        /// Whether the kernel is one that ends a thread which closes a lost sensor's socket.
        package var kernelDiesOfClosing: Bool

        package init(
            isSupported: Bool, adapters: [Adapter], mayScan: Bool, mayPower: Bool, isBluetoothdRunning: Bool,
            kernelDiesOfClosing: Bool = false
        ) {
            self.isSupported = isSupported
            self.adapters = adapters
            self.mayScan = mayScan
            self.mayPower = mayPower
            self.isBluetoothdRunning = isBluetoothdRunning
            self.kernelDiesOfClosing = kernelDiesOfClosing
        }
    }

    private let evidence: Evidence
    private let bindings: [SensorBinding]

    package init(_ evidence: Evidence, bindings: [SensorBinding]) {
        self.evidence = evidence
        self.bindings = bindings
    }

    /// Looks at this machine.
    ///
    /// - Parameters:
    ///   - bindings: the sensors that are configured.
    ///   - program: the daemon's file, whose capabilities count; `nil`: those of this process.
    package init(bindings: [SensorBinding], program: String? = nil) {
        var rights = Capabilities.ofThisProcess
        if let program, let ofFile = Capabilities.ofFile(program) { rights.formUnion(ofFile) }
        let adapters = BluetoothSystem.adapters().map { adapter in
            Evidence.Adapter(
                index: adapter.index, isUp: adapter.isUp, isBlocked: Self.isBlocked(adapter.index),
                connections: BluetoothSystem.connections(of: adapter.index).filter(\.isLowEnergy).map(\.address))
        }
        self.init(
            Evidence(
                isSupported: BluetoothSystem.isSupported(), adapters: adapters, mayScan: rights.contains(.rawNetwork),
                mayPower: rights.contains(.networkAdministration), isBluetoothdRunning: Self.isRunning("bluetoothd"),
                kernelDiesOfClosing: KernelRelease.running.diesOfClosing),
            bindings: bindings)
    }

    /// What was looked at, in the order in which it should be mended.
    package var findings: [Finding] {
        guard evidence.isSupported else {
            return [
                Finding("Bluetooth", .bad, "this kernel has no Bluetooth sockets", remedy: "sudo modprobe bluetooth")
            ]
        }
        guard !evidence.adapters.isEmpty else { return [Finding("Bluetooth adapter", .bad, .noAdapter)] }
        return evidence.adapters.map(judge) + [permission, scanning] + kernel + bindings.compactMap(judge)
    }

    private func judge(_ adapter: Evidence.Adapter) -> Finding {
        let what = "Bluetooth adapter hci\(adapter.index)"
        if adapter.isBlocked { return Finding(what, .bad, .adapterBlocked(adapter.index)) }
        if adapter.isUp { return Finding(what, .good, "is on") }
        // The daemon switches it on if it may.
        guard !evidence.mayPower else { return Finding(what, .good, "is off; sprintd switches it on") }
        return Finding(what, .bad, .adapterOff(adapter.index))
    }

    private var permission: Finding {
        let what = "Bluetooth permission"
        let index = evidence.adapters.first?.index ?? 0
        let remedy = BluetoothObstacle.mayNotScan(index).remedy
        switch (evidence.mayScan, evidence.mayPower) {
        case (true, true): return Finding(what, .good, "may scan (CAP_NET_RAW) and switch adapters on (CAP_NET_ADMIN)")
        case (true, false):
            return Finding(
                what, .doubtful, "may scan (CAP_NET_RAW), but not switch adapters on (CAP_NET_ADMIN)", remedy: remedy)
        case (false, _):
            let isEnough = !bindings.isEmpty && bindings.allSatisfy { if case .address = $0 { true } else { false } }
            return Finding(
                what, isEnough ? .doubtful : .bad,
                isEnough
                    ? "may not scan (CAP_NET_RAW); sensors bound by address are connected all the same"
                    : "may not scan (CAP_NET_RAW)", remedy: remedy)
        }
    }

    private var scanning: Finding {
        let what = "bluetoothd"
        guard evidence.isBluetoothdRunning else { return Finding(what, .good, "does not run") }
        return Finding(
            what, .doubtful, "runs; while it scans, sprintd hears only what it hears", remedy: "bluetoothctl scan off")
    }

    private var kernel: [Finding] {
        guard evidence.kernelDiesOfClosing else { return [] }
        return [
            Finding(
                "kernel", .doubtful,
                "Linux 6.1.191 and 6.1.192 stumble (\"list_del corruption\") when a sensor goes out of reach; "
                    + "sprintd goes on, other programs may not",
                remedy: "choose another kernel when the machine starts: 6.1.190 or before, or 6.12")
        ]
    }

    private func judge(_ binding: SensorBinding) -> Finding? {
        guard case .address(let address) = binding,
            evidence.adapters.contains(where: { $0.connections.contains(address) })
        else { return nil }
        return Finding("sensor \(binding)", .doubtful, .sensorInUseHere(SensorBinding.text(address)))
    }

    // MARK: Looking

    /// Source: the kernel's Documentation/ABI/stable/sysfs-class-rfkill.
    private static func isBlocked(_ index: UInt16) -> Bool {
        let folder = "/sys/class/bluetooth/hci\(index)"
        for name in (try? FileTree.names(in: folder)) ?? [] where name.hasPrefix("rfkill") {
            for switchName in ["soft", "hard"] where firstByte("\(folder)/\(name)/\(switchName)") == UInt8(ascii: "1") {
                return true
            }
        }
        return false
    }

    private static func firstByte(_ path: String) -> UInt8? {
        contents(path, limit: 1).first
    }

    private static func isRunning(_ program: String) -> Bool {
        let numbers = ((try? FileTree.names(in: "/proc")) ?? []).filter { $0.first?.isNumber == true }
        return numbers.contains { number in
            contents("/proc/\(number)/comm", limit: 32) == Array((program + "\n").utf8)
        }
    }

    static func contents(_ path: String, limit: Int) -> [UInt8] {
        guard let file = try? FileDescriptor.open(path, for: .reading) else { return [] }
        defer { try? file.close() }
        return (try? file.readAll(limit: limit)) ?? []
    }
}
