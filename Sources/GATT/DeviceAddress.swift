// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding

/// The address of a Bluetooth LE device.
package struct DeviceAddress: Hashable, Sendable, BitwiseCopyable {
    package enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// Assigned by IEEE.
        case `public`
        /// Made by the device; a resolvable one changes about every 15 minutes.
        case random
    }

    /// The low 48 bits, most significant byte first as it is printed.
    package var value: UInt64
    package var kind: Kind

    package init(value: UInt64, kind: Kind) {
        self.value = value & 0xFFFF_FFFF_FFFF
        self.kind = kind
    }

    /// Reads the address type and, after it, six bytes, least significant first: the order of every HCI event.
    ///
    /// - Returns: `nil` for an anonymous advertiser and for types that this version does not know.
    /// - Throws: `.truncated` when the bytes are not there.
    package init?(reading reader: inout ByteReader) throws(DecodeError) {
        let type = try reader.uint8("address type")
        let low = try reader.uint32("address")
        let high = try reader.uint16("address")
        // Core 5.4, Vol 4 Part E, 7.7.65.2 and 7.7.65.13: 2 and 3 are identities that the controller resolved.
        switch type {
        case 0, 2: kind = .public
        case 1, 3: kind = .random
        default: return nil
        }
        value = UInt64(high) << 32 | UInt64(low)
    }
}
