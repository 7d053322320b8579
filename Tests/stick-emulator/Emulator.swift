// SPDX-License-Identifier: GPL-3.0-or-later
import CUMockdev
import Glibc
import SimulatedStick
import Simulation

enum Clock {
    /// CLOCK_MONOTONIC, in nanoseconds.
    static var now: Int64 {
        var time = timespec()
        // SAFETY: filled during the call.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The testbed: sticks that are plugged in, sensors in the air, and commands that say what happens.
@safe
final class Emulator {
    private let bed: UnsafeMutableRawPointer
    private let root: String
    private var devices: [String: EmulatedDevice] = [:]
    /// Pulled out, with a client that has not let go.
    private var departed: [EmulatedDevice] = []
    /// Data messages that sticks handed over which are no more.
    private var handedOverBefore = 0
    private var address: UInt8 = 1
    private var air: ArraySlice<AirMessage> = []
    private var airStart: Int64 = 0
    private var speed = 1.0
    /// Since when the sensors hold their breath.
    private var pausedAt: Int64?
    private var later: [(due: Int64, command: String)] = []

    init?() {
        guard let bed = unsafe cumockdev_testbed(), let text = unsafe cumockdev_root(bed)
        else { return nil }
        unsafe self.bed = unsafe bed
        root = unsafe String(cString: text)
        unsafe cumockdev_free(text)
    }

    deinit { unsafe cumockdev_release(bed) }

    // MARK: Time

    /// Milliseconds until something is due; `nil` for never.
    func wait(at time: Int64) -> UInt32? {
        var next: Int64?
        func consider(_ due: Int64?) {
            guard let due else { return }
            next = min(next ?? due, due)
        }
        if let first = air.first, pausedAt == nil { consider(due(first)) }
        for device in devices.values { consider(device.deadline(at: time)) }
        for command in later { consider(command.due) }
        return next.map { UInt32(clamping: max(0, ($0 - time + 999_999) / 1_000_000)) }
    }

    private func due(_ message: AirMessage) -> Int64 { airStart + Int64(Double(message.time) / speed) }

    func advance(to time: Int64) {
        while let index = later.firstIndex(where: { $0.due <= time }) {
            _ = obey(later.remove(at: index).command, at: time)
        }
        while pausedAt == nil, let first = air.first, due(first) <= time {
            air.removeFirst()
            for device in devices.values { device.hear(first, at: time) }
        }
        for device in devices.values {
            device.tick(at: time)
        }
        departed.removeAll { device in
            guard device.isForgotten(at: time) else { return false }
            handedOverBefore += device.handedOver
            _ = unsafe cumockdev_detach(bed, device.node)
            return true
        }
    }

    // MARK: Commands

    /// - Parameter command: one line, words between single spaces.
    /// - Returns: `ok` and what there is to tell, or `error` and why.
    func obey(_ command: String, at time: Int64) -> String {
        let words = command.split(separator: " ").map(String.init)
        guard let verb = words.first else { return "error no command" }
        let rest = Array(words.dropFirst())
        switch verb {
        case "plug": return plug(rest, at: time)
        case "air": return fillAir(rest, at: time)
        case "total":
            let here = (Array(devices.values) + departed).reduce(0) { $0 + $1.handedOver }
            return "ok \(handedOverBefore + here)"
        case "pause": pausedAt = pausedAt ?? time
        case "resume":
            if let since = pausedAt { airStart += time - since }
            pausedAt = nil
        case "after":
            guard rest.count > 1, let seconds = Double(rest[0]) else { return "error after SECONDS COMMAND" }
            later.append((time + Int64(seconds * 1e9), rest.dropFirst().joined(separator: " ")))
        default: return obey(verb, rest, command, at: time)
        }
        return "ok"
    }

    /// What is about one stick.
    private func obey(_ verb: String, _ rest: [String], _ command: String, at time: Int64) -> String {
        guard let name = rest.first, let device = devices[name] else { return "error no such stick: \(command)" }
        let value = rest.count > 1 ? rest[1] : ""
        let number = Int(value) ?? 0
        func change(_ body: (inout StickFirmware) -> Void) { device.change(at: time, body) }
        switch verb {
        case "unplug": unplug(device)
        case "stats": return "ok \(device.stats)"
        case "busy": device.setBusy(value != "no")
        case "forbid": device.setForbidden(value != "no")
        case "stall": device.stall(input: value != "out")
        case "errors": device.failTransfers(number, at: time)
        case "silent": change { $0.faults.isSilent = value != "no" }
        case "unanswered": change { $0.faults.unanswered = number }
        case "delay": change { $0.faults.answerDelay = Int64(number) * 1_000_000 }
        case "badsums": change { $0.faults.badChecksums = number }
        case "garbage": change { $0.faults.garbageBytes = number }
        case "restart": change { $0.restart(reason: 0x02, at: time) }
        case "forget": change { $0.forget() }
        case "refuse":
            change { $0.faults.refusals = UInt8(value, radix: 16).map { [$0: 0x28] } ?? [:] }
        case "cutting":
            change { $0.faults.cutting = value == "merged" ? .merged : value == "split" ? .split : .whole }
        case "stale":
            // A strap's broadcast that an earlier host left unread, and half of another.
            let frame: [UInt8] = [0xA4, 9, 0x4E, 0, 0x84, 0xFF, 0x4D, 0x8C, 0x58, 0x8F, 0xA3, 0x55, 0x61]
            change { firmware in
                for _ in 0..<number { firmware.leave(frame, at: time) }
                firmware.leave(Array(frame[..<7]), at: time)
                firmware.leaveUnfinishedInput()
            }
        default: return "error unknown command: \(command)"
        }
        return "ok"
    }

    private func plug(_ words: [String], at time: Int64) -> String {
        guard let name = words.first, devices[name] == nil else {
            return "error plug NAME [usb2|usbm|old|usb1] [DRIVER]"
        }
        let kind = words.count > 1 ? words[1] : "usbm"
        let model: StickFirmware.Model = kind == "usb2" ? .usb2 : kind == "old" ? .old : .usbM
        let product = kind == "usb1" ? "1004" : kind == "usbm" ? "1009" : "1008"
        repeat { address = address >= 120 ? 2 : address + 1 } while isTaken(address)
        let firmware = StickFirmware(model, seed: UInt64(address))
        guard let device = EmulatedDevice(name: name, address: address, root: root, firmware: firmware) else {
            return "error cannot make the device's node"
        }
        let text = device.description(vendor: "0fcf", product: product, driver: words.count > 2 ? words[2] : nil)
        // In this order: umockdev tells of the device as it takes it, and libusb opens it at once.
        guard unsafe cumockdev_attach(bed, device.node, device.handler) != 0, unsafe cumockdev_add(bed, text) != 0
        else {
            return "error umockdev does not take the device"
        }
        devices[name] = device
        return "ok 1 \(address)"
    }

    private func isTaken(_ address: UInt8) -> Bool {
        devices.values.contains { $0.address == address } || departed.contains { $0.address == address }
    }

    private func unplug(_ device: EmulatedDevice) {
        devices[device.name] = nil
        departed.append(device)
        device.unplug(at: Clock.now)
        // Before the device goes: umockdev sends none by itself.
        unsafe cumockdev_event(bed, device.sysPath, "remove")
        unsafe cumockdev_remove(bed, device.sysPath)
    }

    /// `air ATHLETES SEED SPEED SECONDS`: each athlete has a strap and a footpod; SECONDS of the session, SPEED times as fast.
    private func fillAir(_ words: [String], at time: Int64) -> String {
        guard words.count == 4, let athletes = Int(words[0]), let seed = UInt64(words[1]), let speed = Double(words[2]),
            let seconds = Double(words[3]), speed > 0,
            var configuration = try? SimulatedSession.Configuration(plan: "fartlek", seed: seed)
        else { return "error air ATHLETES SEED SPEED SECONDS" }
        configuration.athletes = athletes
        configuration.duration = max(60, seconds)
        var session = SimulatedAir(configuration)
        var messages: [AirMessage] = []
        while let message = session.next(), Double(message.time) < seconds * 1e9 { messages.append(message) }
        let first = messages.first?.time ?? 0
        self.speed = speed
        // From the first message on, and not from the making of them.
        airStart = Clock.now - Int64(Double(first) / speed)
        air = messages[...]
        return "ok \(messages.count)"
    }
}
