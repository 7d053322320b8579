// SPDX-License-Identifier: GPL-3.0-or-later

/// What a sensor sends into the air, for any stick to hear.
package struct AirMessage: Equatable, Sendable {
    /// Nanoseconds.
    package var time: Int64
    /// 20 bits.
    package var number: UInt32
    package var deviceType: UInt8
    /// Eight bytes.
    package var page: [UInt8]
    /// dBm.
    package var strength: Int8

    package init(time: Int64, number: UInt32, deviceType: UInt8, page: [UInt8], strength: Int8 = -60) {
        self.time = time
        self.number = number
        self.deviceType = deviceType
        self.page = page
        self.strength = strength
    }

    /// Upper half: bits 16 to 19 of the number. Lower half: an independent channel.
    package var transmissionType: UInt8 { UInt8(truncatingIfNeeded: number >> 16) << 4 | 1 }
}
