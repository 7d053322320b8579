// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import Glibc
import SimulatedStick

/// An ANT stick at the kernel's virtual host controller (`vhci_hcd`): its descriptors, and two bulk endpoints with a ``StickFirmware`` behind.
///
/// The controller is given one end of a socket pair, and speaks USB/IP on it. What libusb sees is a device of the kernel's own USB stack.
final class VirtualStick {
    private static let attachPath = "/sys/devices/platform/vhci_hcd.0/attach"
    private static let speedFull = 2
    private static let configuration: [UInt8] = [
        // Configuration: 32 bytes in all, one interface, number 1, bus powered, 100 mA (USB 2.0, table 9-10)
        9, 2, 32, 0, 1, 1, 0, 0x80, 50,
        // Interface 0: two endpoints, vendor-specific, name 2 (table 9-12)
        9, 4, 0, 0, 2, 0xFF, 0, 0, 2,
        // Endpoints 81 and 01: bulk, 64 bytes, interval 1 (table 9-13)
        7, 5, 0x81, 2, 64, 0, 1, 7, 5, 0x01, 2, 64, 0, 1,
    ]

    let socket: Int32
    private let product: UInt16
    private var firmware: StickFirmware
    private var input: [UInt8] = []
    /// IN transfers that wait for data.
    private var waiting: [(sequence: UInt32, length: Int)] = []
    /// Data messages that the host took.
    private var delivered = FrameCounter()
    /// So many IN transfers to come fail with EPROTO.
    private var protocolErrors = 0
    private var isHalted = false

    var counts: String { "\(delivered.broadcasts) \(firmware.counters.sent) \(firmware.counters.commands)" }

    /// When there is something to do.
    var deadline: Int64? { waiting.isEmpty ? nil : firmware.deadline }

    /// Plugs it in.
    init(_ model: StickFirmware.Model, product: UInt16, seed: UInt64) throws(ErrorNumber) {
        var ends: [Int32] = [0, 0]
        // SAFETY: fills the two numbers.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ErrorNumber(errno)
        }
        socket = ends[0]
        self.product = product
        firmware = StickFirmware(model, seed: seed)
        // The kernel keeps its end.
        defer { close(ends[1]) }
        let controller = try FileDescriptor.open(Self.attachPath, for: .writing)
        defer { try? controller.close() }
        // A port is busy for a moment after a stick was pulled out of it. Bus 1, device 2, in nobody's way.
        for port in 0..<8 {
            let line = Array("\(port) \(ends[1]) \(1 << 16 | 2) \(Self.speedFull)\n".utf8)
            do throws(ErrorNumber) {
                try controller.write(line.span)
                return
            } catch  where error.rawValue == EBUSY && port < 7 {
            }
        }
    }

    /// Pulls it out.
    deinit { close(socket) }

    func change(at time: Int64, _ body: (inout StickFirmware) -> Void) {
        body(&firmware)
        serve(at: time)
    }

    func failTransfers(_ count: Int, at time: Int64) {
        protocolErrors = count
        serve(at: time)
    }

    func halt(at time: Int64) {
        isHalted = true
        serve(at: time)
    }

    /// Takes what the kernel has sent.
    ///
    /// - Returns: `false` when the kernel has let go of the stick.
    func read(at time: Int64) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        guard let count = try? FileDescriptor(rawValue: socket).read(into: &chunk), count > 0 else { return false }
        input += chunk[..<count]
        while let message = USBIPMessage.take(from: &input) {
            switch message {
            case .submit(let submit): take(submit, at: time)
            case .unlink(let sequence, let victim):
                let index = waiting.firstIndex { $0.sequence == victim }
                if let index { waiting.remove(at: index) }
                send(USBIPMessage.unlinked(sequence, status: index == nil ? 0 : -ECONNRESET))
            }
        }
        serve(at: time)
        return true
    }

    private func send(_ bytes: [UInt8]) {
        try? FileDescriptor(rawValue: socket).write(bytes.span)
    }

    private func take(_ submit: USBIPMessage.Submit, at time: Int64) {
        switch (submit.endpoint, submit.isInput) {
        case (0, _): control(submit)
        case (1, true): waiting.append((submit.sequence, submit.length))
        case (1, false):
            firmware.write(submit.data, at: time)
            send(USBIPMessage.finished(submit.sequence, status: 0, count: submit.data.count))
        default: send(USBIPMessage.finished(submit.sequence, status: -EPIPE, count: 0))
        }
    }

    private func serve(at time: Int64) {
        firmware.tick(at: time)
        while let next = waiting.first {
            if isHalted || protocolErrors > 0 {
                if !isHalted { protocolErrors -= 1 }
                waiting.removeFirst()
                send(USBIPMessage.finished(next.sequence, status: isHalted ? -EPIPE : -EPROTO, count: 0))
                continue
            }
            guard let bytes = firmware.read(at: time) else { return }
            waiting.removeFirst()
            delivered.take(bytes)
            let data = Array(bytes.prefix(next.length))
            send(USBIPMessage.finished(next.sequence, status: 0, count: data.count, data: data))
        }
    }

    // MARK: Control transfers (USB 2.0, section 9.4)

    private func control(_ submit: USBIPMessage.Submit) {
        let setup = submit.setup
        var answer: [UInt8]? = []
        switch (setup[0], setup[1]) {
        // Get Descriptor: kind and index in the value.
        case (0x80, 6): answer = descriptor(kind: setup[3], index: setup[2])
        // Get Status, of device, interface and endpoint; Get Configuration.
        case (0x80, 0), (0x81, 0), (0x82, 0): answer = [0, 0]
        case (0x80, 8): answer = [1]
        // Clear Feature: the halt of an endpoint.
        case (0x02, 1): isHalted = false
        // Set Configuration, Set Interface.
        case (0x00, 9), (0x01, 11): break
        default: answer = nil
        }
        guard let answer else { return send(USBIPMessage.finished(submit.sequence, status: -EPIPE, count: 0)) }
        let data = submit.isInput ? Array(answer.prefix(submit.length)) : []
        send(
            USBIPMessage.finished(
                submit.sequence, status: 0, count: submit.isInput ? data.count : submit.length, data: data))
    }

    private func descriptor(kind: UInt8, index: UInt8) -> [UInt8]? {
        switch (kind, index) {
        case (1, _):
            // USB 2.0, 64 bytes at endpoint 0, vendor, product, version 1.00, names 1 to 3, one configuration (table 9-8)
            return [
                18, 1, 0, 2, 0, 0, 0, 64, 0xCF, 0x0F, UInt8(truncatingIfNeeded: product), UInt8(product >> 8), 0, 1, 1,
                2, 3, 1,
            ]
        case (2, 0): return Self.configuration
        // American English.
        case (3, 0): return [4, 3, 0x09, 0x04]
        case (3, 1): return text("Dynastream Innovations")
        case (3, 2): return text(product == 0x1009 ? "ANT USB-m Stick" : "ANT USBStick2")
        case (3, 3): return text("123")
        default: return nil
        }
    }

    private func text(_ text: String) -> [UInt8] {
        let units = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        return [UInt8(units.count + 2), 3] + units
    }
}
