// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB

/// A counted reference to a device of libusb's, plugged in or not.
@safe
final class USBDevice {
    let pointer: OpaquePointer

    /// - Parameter pointer: a device that lives now.
    init(_ pointer: OpaquePointer) {
        // SAFETY: the reference is ours until `deinit`.
        unsafe self.pointer = unsafe libusb_ref_device(pointer)
    }

    deinit { unsafe libusb_unref_device(pointer) }

    /// Whether both are the same plugging-in of the same device.
    static func == (left: USBDevice, right: USBDevice) -> Bool { unsafe left.pointer == right.pointer }

    // SAFETY, of both: read from memory of a device that is referred to.
    var bus: UInt8 { unsafe libusb_get_bus_number(pointer) }
    var address: UInt8 { unsafe libusb_get_device_address(pointer) }

    var descriptor: libusb_device_descriptor? {
        var descriptor = libusb_device_descriptor()
        // SAFETY: filled from memory.
        return unsafe libusb_get_device_descriptor(pointer, &descriptor) == 0 ? descriptor : nil
    }

    /// Everything that is plugged in; empty when that cannot be told.
    static func all(_ context: USBContext) -> [USBDevice] {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        // SAFETY: the list and its references are ours until it is freed; its length is the result.
        let count = unsafe libusb_get_device_list(context.pointer, &list)
        guard count >= 0, let list = unsafe list else { return [] }
        defer { unsafe libusb_free_device_list(list, 1) }
        var devices: [USBDevice] = []
        for index in 0..<count {
            if let device = unsafe list[index] { unsafe devices.append(USBDevice(device)) }
        }
        return devices
    }
}
