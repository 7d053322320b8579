// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import Glibc
import SimulatedStick
import VirtualRadio

/// `usbip-stick` puts an ANT stick into a machine whose kernel has `vhci_hcd`, with the sensors of one simulated athlete around it.
///
/// Commands: `plug [usb2]`, `unplug`, `start` (the session begins; the answer's second word is when, in nanoseconds of the boot clock),
/// `errors N`, `halt`, `silent [no]`, `restart`, `stats` (data messages handed over, heard, commands), `quit`.
@main
struct USBIPStick: ~Copyable {
    private var air: SimulatedAir
    private let seconds: Double
    private var next: AirMessage?
    private var start: Int64?
    private var stick: VirtualStick?
    private var plugs: UInt64 = 0
    private var isOver = false

    static func main() {
        guard let arguments = RadioArguments(Array(CommandLine.arguments.dropFirst())) else {
            fail(64, "usage: usbip-stick \(RadioArguments.usage)")
        }
        guard let path = arguments.control else {
            return print(arguments.truth(), terminator: "")
        }
        do throws(ErrorNumber) {
            var control = try ControlSocket(path)
            var radio = USBIPStick(arguments)
            while !radio.isOver { radio.turn(&control) }
        } catch {
            fail(71, "usbip-stick: \(error.text)\n")
        }
    }

    private static func fail(_ status: Int32, _ text: String) -> Never {
        try? FileDescriptor.standardError.write(Array(text.utf8).span)
        exit(status)
    }

    private init(_ arguments: RadioArguments) {
        air = SimulatedAir(arguments.configuration)
        seconds = arguments.seconds
        next = air.next()
    }

    private func due(_ message: AirMessage) -> Int64? { start.map { $0 + message.time } }

    private mutating func turn(_ control: inout ControlSocket) {
        var time = BootClock.now
        while let message = next, let due = due(message), due <= time {
            stick?.change(at: time) { $0.hear(message, at: time) }
            let following = air.next()
            next = following.flatMap { Double($0.time) < seconds * 1e9 ? $0 : nil }
        }
        stick?.change(at: time) { $0.tick(at: time) }
        let deadlines = [next.flatMap { due($0) }, stick?.deadline].compactMap(\.self)
        let ready = control.wait(for: [stick?.socket ?? -1], until: deadlines.min()) { obey($0) }
        time = BootClock.now
        if ready[0], let goesOn = stick?.read(at: time), !goesOn { stick = nil }
    }

    private mutating func obey(_ line: String) -> String {
        let words = line.split(separator: " ").map(String.init)
        let value = words.count > 1 ? words[1] : ""
        let time = BootClock.now
        switch words.first {
        case "plug":
            plugs += 1
            stick = nil
            do throws(ErrorNumber) {
                stick = try VirtualStick(
                    value == "usb2" ? .usb2 : .usbM, product: value == "usb2" ? 0x1008 : 0x1009, seed: plugs)
            } catch {
                return "error \(error.text)"
            }
        case "unplug": stick = nil
        case "start":
            start = time
            return "ok \(time)"
        case "errors": stick?.failTransfers(Int(value) ?? 1, at: time)
        case "halt": stick?.halt(at: time)
        case "silent": stick?.change(at: time) { $0.faults.isSilent = value != "no" }
        case "restart": stick?.change(at: time) { $0.restart(reason: 0x02, at: time) }
        case "stats": return "ok \(stick?.counts ?? "no stick")"
        case "quit": isOver = true
        default: return "error \(line)"
        }
        return "ok"
    }
}
