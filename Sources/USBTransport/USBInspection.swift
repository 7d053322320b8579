// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Glibc
internal import Measurement
package import Transport

/// A look at the sticks that are plugged in, from outside: nothing is opened or claimed, so that whoever uses them is not disturbed.
package struct USBInspection: Sendable {
    package struct Stick: Sendable {
        package var model: StickModel
        package var bus: UInt8
        package var device: UInt8
        /// `/dev/bus/usb/001/004`.
        package var node: String
        package var nodeIsThere: Bool
        /// Whether this process may read and write the node.
        package var isPermitted: Bool
        /// Who has the node open, as far as this process may know.
        package var holder: DeviceHolder?
        /// The kernel's driver for the stick's interface; `nil` when none has it.
        package var kernelDriver: String?
    }

    package var sticks: [Stick]
    /// Whether libusb tells here when something is plugged in.
    package var hasHotplug: Bool

    package static func node(bus: UInt8, device: UInt8) -> String { PluggedStick.node(bus: bus, address: device) }

    /// - Throws: when libusb cannot be used at all.
    package init() throws(TransportError) {
        let context: USBContext
        do throws(USBError) {
            context = try USBContext()
        } catch {
            throw TransportError("libusb cannot be used here: \(error.text)")
        }
        hasHotplug = USBContext.hasHotplug
        sticks = USBDevice.all(context).compactMap { device in
            guard let stick = PluggedStick(device, at: .zero) else { return nil }
            return Stick(
                model: stick.model, bus: stick.bus, device: stick.address, node: stick.node,
                nodeIsThere: FileTree.exists(stick.node),
                // SAFETY: the path is a NUL-terminated copy that lives for the call.
                isPermitted: unsafe access(stick.node, R_OK | W_OK) == 0,
                holder: DeviceHolder.find(node: stick.node), kernelDriver: Self.driver(stick))
        }
    }

    /// The driver of the stick's first interface, by sysfs: the interface's folder is named after the device, with `:1.0`.
    private static func driver(_ stick: PluggedStick) -> String? {
        let root = "/sys/bus/usb/devices"
        for name in SmallFiles.names(in: root) where !name.contains(":") {
            guard number("\(root)/\(name)/busnum") == Int(stick.bus),
                number("\(root)/\(name)/devnum") == Int(stick.address)
            else { continue }
            // Read as a link's last component: a test's driver has no folder.
            return linkName("\(root)/\(name):1.0/driver")
        }
        return nil
    }

    private static func number(_ path: String) -> Int? {
        Int(SmallFiles.text(path).prefix { $0.isNumber })
    }

    private static func linkName(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 512)
        // SAFETY: readlink fills at most the buffer and says how much; it keeps no pointer.
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let bytes = buffer.prefix(count).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self).split(separator: "/").last.map(String.init)
    }
}
