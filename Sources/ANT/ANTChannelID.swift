// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Which device a channel listens to, or a message came from.
package struct ANTChannelID: Hashable, Sendable, BitwiseCopyable {
    /// The lower 16 bits of the device's number; 0 is the wildcard.
    package var deviceNumber: UInt16
    /// What kind of sensor, without the pairing bit (bit 7); 0 is the wildcard.
    package var deviceType: UInt8
    /// Its high nibble extends the device number to 20 bits; 0 is the wildcard.
    package var transmissionType: UInt8

    package init(deviceNumber: UInt16, deviceType: UInt8, transmissionType: UInt8) {
        self.deviceNumber = deviceNumber
        self.deviceType = deviceType & 0x7F
        self.transmissionType = transmissionType
    }

    /// The 20-bit device number; 0 when any device may answer.
    package var number: UInt32 {
        deviceNumber == 0 ? 0 : UInt32(deviceNumber) | UInt32(transmissionType >> 4) << 16
    }

    package var sensor: SensorID { .ant(deviceType: deviceType, number: number) }
}
