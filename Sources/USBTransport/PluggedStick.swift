// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB
internal import Measurement

/// A stick that is plugged in, whether it can be used or not.
final class PluggedStick {
    enum State {
        /// To be opened at this time.
        case waiting(until: Timestamp)
        case open(OpenStick)
        /// Its transfers are coming back; then it is closed and, when it is still plugged in, opened again at this time.
        case closing(OpenStick, reopenAt: Timestamp)
        /// Of a make that cannot be used.
        case unusable
    }

    let device: USBDevice
    let model: StickModel
    let bus: UInt8
    let address: UInt8
    /// As the stick sent it: 18 bytes.
    let descriptor: [UInt8]
    var state: State
    /// In a row.
    var failures = 0
    /// What people were told is wrong with it.
    var toldTrouble: String?
    var toldGone = false
    var isUnplugged = false

    /// Seconds until the next try, by failures in a row.
    private static let rests = [1.0, 2, 4, 8, 15]

    /// - Returns: `nil` for a device of another make.
    init?(_ device: USBDevice, at time: Timestamp) {
        guard let descriptor = device.descriptor, descriptor.idVendor == StickModel.vendor,
            let model = StickModel(rawValue: descriptor.idProduct)
        else { return nil }
        self.device = device
        self.model = model
        bus = device.bus
        address = device.address
        self.descriptor = Self.bytes(descriptor)
        state = model.isSupported ? .waiting(until: time) : .unusable
    }

    /// As on the bus, where numbers are little-endian. Source: USB 2.0 specification, table 9-8.
    private static func bytes(_ it: libusb_device_descriptor) -> [UInt8] {
        func both(_ number: UInt16) -> [UInt8] {
            [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
        }
        return [it.bLength, it.bDescriptorType] + both(it.bcdUSB)
            + [it.bDeviceClass, it.bDeviceSubClass, it.bDeviceProtocol, it.bMaxPacketSize0]
            + both(it.idVendor) + both(it.idProduct) + both(it.bcdDevice)
            + [it.iManufacturer, it.iProduct, it.iSerialNumber, it.bNumConfigurations]
    }

    /// For notices: bus × 256 + device.
    var number: UInt32 { UInt32(bus) << 8 | UInt32(address) }

    /// `ANTUSB-m (bus 1, device 4)`.
    var name: String { "\(model.name) (bus \(bus), device \(address))" }

    /// `/dev/bus/usb/001/004`.
    var node: String { Self.node(bus: bus, address: address) }

    static func node(bus: UInt8, address: UInt8) -> String {
        func padded(_ number: UInt8) -> String {
            let digits = String(number)
            return String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "/dev/bus/usb/\(padded(bus))/\(padded(address))"
    }

    /// When to try again, after one more failure.
    func rest(from time: Timestamp) -> Timestamp {
        failures += 1
        return time.advanced(bySeconds: Self.rests[min(failures, Self.rests.count) - 1])
    }
}
