// SPDX-License-Identifier: GPL-3.0-or-later

/// What a sensor has told about itself so far. Each field is `nil` until it did.
package struct ANTSensorInfo: Hashable, Sendable, BitwiseCopyable {
    package var manufacturer: UInt16?
    package var model: UInt16?
    package var serialNumber: UInt32?
    package var hardwareVersion: UInt8?
    package var softwareVersion: UInt8?
    package var softwareSupplement: UInt8?
    package var battery: ANTBattery?
    /// In percent.
    package var batteryLevel: UInt8?
    /// Seconds since the battery was changed.
    package var operatingSeconds: UInt32?

    package init() {}

    mutating func take(_ page: CommonPage) {
        switch page {
        case .manufacturer(let hardwareRevision, let manufacturer, let model):
            hardwareVersion = hardwareRevision
            self.manufacturer = manufacturer
            self.model = model
        case .product(let main, let supplement, let serialNumber):
            softwareVersion = main
            softwareSupplement = supplement
            self.serialNumber = serialNumber ?? self.serialNumber
        case .battery(let battery, _, let seconds):
            self.battery = battery
            operatingSeconds = seconds
        }
    }
}
