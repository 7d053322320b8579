// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB

/// Where a stick sends and receives, by its own descriptor.
struct StickPipes: Equatable, Sendable {
    var interface: Int32
    /// Addresses with the direction's bit.
    var input: UInt8
    var output: UInt8
    /// Bytes of the input's longest packet; 8...64 at full speed.
    var packetSize: Int

    /// The first interface with a bulk endpoint each way.
    ///
    /// - Returns: `nil` when there is none, or the device is not configured.
    init?(of device: USBDevice) throws(USBError) {
        var configuration: UnsafeMutablePointer<libusb_config_descriptor>?
        // SAFETY: the device is referred to; the descriptor is ours until it is freed below, and its pointers
        // and counts belong together, as libusb parsed them.
        try USBError.check(unsafe libusb_get_active_config_descriptor(device.pointer, &configuration))
        guard let configuration = unsafe configuration else { return nil }
        defer { unsafe libusb_free_config_descriptor(configuration) }
        let interfaces = unsafe UnsafeBufferPointer(
            start: configuration.pointee.interface, count: Int(configuration.pointee.bNumInterfaces))
        for place in interfaces.indices {
            let interface = unsafe interfaces[place]
            let settings = unsafe UnsafeBufferPointer(
                start: interface.altsetting, count: Int(max(0, interface.num_altsetting)))
            guard let setting = unsafe settings.first else { continue }
            var input: (address: UInt8, size: Int)?
            var output: UInt8?
            let endpoints = unsafe UnsafeBufferPointer(start: setting.endpoint, count: Int(setting.bNumEndpoints))
            for number in endpoints.indices {
                let endpoint = unsafe endpoints[number]
                // USB 2.0, table 9-13: bits 0–1 of the attributes, 2 is bulk; bit 7 of the address is the direction.
                guard unsafe endpoint.bmAttributes & 0x03 == 2 else { continue }
                let address = unsafe endpoint.bEndpointAddress
                if address & 0x80 != 0 {
                    if input == nil { input = (address, unsafe Int(endpoint.wMaxPacketSize & 0x07FF)) }
                } else if output == nil {
                    output = address
                }
            }
            guard let input, let output else { continue }
            self.interface = unsafe Int32(setting.bInterfaceNumber)
            self.input = input.address
            self.output = output
            packetSize = min(max(input.size, 8), 256)
            return
        }
        return nil
    }
}
