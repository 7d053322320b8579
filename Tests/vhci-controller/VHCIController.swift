// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import Glibc
import Simulation
import VirtualRadio

/// `vhci-controller` puts a Bluetooth adapter into a machine whose kernel has `hci_vhci`, with the sensors of one simulated athlete in its air.
///
/// Commands: `plug`, `unplug`, `start` (the session begins; the answer's second word is when, in nanoseconds of the boot clock), `away N`,
/// `back N`, `hangup N` (of sensor N, from 0), `stats` (connected or not, values notified, for each sensor), `quit`.
@main
struct VHCIController: ~Copyable {
    private var notifications: SensorNotifications
    private var controller: LowEnergyController
    private let seconds: Double
    private var next: SensorNotifications.Notification?
    private var start: Int64?
    private var device: FileDescriptor?
    private var isOver = false

    static func main() {
        guard var arguments = RadioArguments(Array(CommandLine.arguments.dropFirst())) else {
            fail(64, "usage: vhci-controller \(RadioArguments.usage)")
        }
        if arguments.configuration.strap != nil { arguments.configuration.strap = .ble }
        if arguments.configuration.footpod != nil { arguments.configuration.footpod = .ble }
        guard let path = arguments.control else {
            return print(arguments.truth(), terminator: "")
        }
        do throws(ErrorNumber) {
            var control = try ControlSocket(path)
            var radio = VHCIController(arguments)
            while !radio.isOver { radio.turn(&control) }
        } catch {
            fail(71, "vhci-controller: \(error.text)\n")
        }
    }

    private static func fail(_ status: Int32, _ text: String) -> Never {
        try? FileDescriptor.standardError.write(Array(text.utf8).span)
        exit(status)
    }

    private init(_ arguments: RadioArguments) {
        notifications = SensorNotifications(arguments.configuration)
        controller = LowEnergyController(notifications.peripherals)
        seconds = arguments.seconds
        next = notifications.next()
    }

    private mutating func turn(_ control: inout ControlSocket) {
        var time = BootClock.now
        while let value = next, let start, start + value.time <= time {
            controller.notify(value.sensor, value.message)
            let following = notifications.next()
            next = following.flatMap { Double($0.time) < seconds * 1e9 ? $0 : nil }
        }
        if device != nil { controller.advance(to: time) }
        flush()
        let due = start.flatMap { start in next.map { start + $0.time } }
        let deadlines = [due, device == nil ? nil : controller.deadline].compactMap(\.self)
        let ready = control.wait(for: [device?.rawValue ?? -1], until: deadlines.min()) { obey($0) }
        time = BootClock.now
        if ready[0] { read(at: time) }
        flush()
    }

    private mutating func read(at time: Int64) {
        var packet = [UInt8](repeating: 0, count: 2048)
        guard let device, let count = try? device.read(into: &packet), count > 0 else { return }
        controller.take(Array(packet[..<count]), at: time)
    }

    /// Each packet has to be one write.
    private mutating func flush() {
        for packet in controller.takeOutput() { try? device?.write(packet.span) }
    }

    private mutating func obey(_ line: String) -> String {
        let words = line.split(separator: " ").map(String.init)
        let sensor = words.count > 1 ? Int(words[1]) ?? 0 : 0
        switch words.first {
        case "plug":
            unplug()
            do throws(ErrorNumber) {
                let opened = try FileDescriptor.open("/dev/vhci", for: .updating)
                // Vendor packet: make an adapter, of the usual kind.
                try opened.write(([0xFF, 0x00] as [UInt8]).span)
                device = opened
            } catch {
                return "error \(error.text)"
            }
        case "unplug": unplug()
        case "start":
            let time = BootClock.now
            start = time
            return "ok \(time)"
        case "away": controller.setReach(sensor, false)
        case "back": controller.setReach(sensor, true)
        case "hangup": controller.hangUp(sensor)
        case "stats": return "ok \(controller.counts)"
        case "quit": isOver = true
        default: return "error \(line)"
        }
        return "ok"
    }

    private mutating func unplug() {
        try? device?.close()
        device = nil
        controller.reset()
    }
}
