// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// A device that a file's `device_info` messages name.
package struct FITDevice: Equatable, Sendable {
    /// Its index in this file; 0 is the device that wrote it.
    package var index: UInt8
    /// What it measures, where that is of use here.
    package var kind: SensorKind?
    /// Of the FIT profile's `manufacturer`.
    package var manufacturer: UInt16?
    /// The manufacturer's own numbering.
    package var product: UInt16?
    package var productName: String?
    package var serialNumber: UInt32?
    /// Charge left, in percent (0...100).
    package var batteryPercent: UInt8?

    /// What to show to a person: the product's name, else the numbers known of it.
    package var name: String? {
        if let productName { return productName }
        guard let manufacturer else { return nil }
        var text = "manufacturer \(manufacturer)"
        if let product { text += " product \(product)" }
        if let serialNumber { text += " serial \(serialNumber)" }
        return text
    }

    /// - Returns: `nil` when the message names no device index.
    init?(_ message: borrowing FITMessage) {
        typealias Field = FITProfile.DeviceInfo
        guard let index = message.unsigned(Field.deviceIndex, as: UInt8.self) else { return nil }
        self.index = index
        if let type = message.unsigned(Field.deviceType, as: UInt8.self) {
            kind = FITProfile.sensorKind(
                deviceType: type, source: message.unsigned(Field.sourceType, as: UInt8.self))
        }
        manufacturer = message.unsigned(Field.manufacturer, as: UInt16.self)
        product = message.unsigned(Field.product, as: UInt16.self)
        productName = message.text(Field.productName)
        serialNumber = message.unsigned(Field.serialNumber, as: UInt32.self)
        if let level = message.unsigned(Field.batteryLevel, as: UInt8.self), level <= 100 {
            batteryPercent = level
        }
    }

    /// Takes over what a later message about the same device says; what it leaves out stays.
    mutating func merge(_ later: FITDevice) {
        kind = later.kind ?? kind
        manufacturer = later.manufacturer ?? manufacturer
        product = later.product ?? product
        productName = later.productName ?? productName
        serialNumber = later.serialNumber ?? serialNumber
        batteryPercent = later.batteryPercent ?? batteryPercent
    }
}
