// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding

/// One device's advertisement, as a controller reports it.
///
/// Source: Core 5.4, Vol 4 Part E, 7.7.65.2 (LE Advertising Report) and 7.7.65.13 (LE Extended Advertising Report).
package struct AdvertisingReport: ~Escapable {
    /// `nil` for an anonymous advertiser.
    package let address: DeviceAddress?
    /// The device takes a connection now. A scan response does not say.
    package let isConnectable: Bool
    /// In dBm; `nil` when the controller does not know.
    package let strength: Int8?
    package let advertisement: Advertisement

    @_lifetime(copy advertisement)
    init(address: DeviceAddress?, isConnectable: Bool, strength: UInt8, advertisement: consuming Advertisement) {
        self.address = address
        self.isConnectable = isConnectable
        self.strength = strength == 127 ? nil : Int8(bitPattern: strength)
        self.advertisement = advertisement
    }

    /// Reads the reports of one event.
    ///
    /// One report comes after the other, as open hosts (Linux, Zephyr) read them, though the standard's notation could
    /// mean field after field; with a single report the two agree.
    ///
    /// - Parameters:
    ///   - packet: an HCI event, its code first: an LE meta event with subevent 0x02, or 0x0D if `isExtended`.
    ///   - body: given each report.
    /// - Throws: when a report is cut short; those before it have been given.
    package static func read(
        _ packet: Span<UInt8>, isExtended: Bool, _ body: (borrowing AdvertisingReport) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(packet)
        try reader.skip(3, "header")
        let count = try reader.uint8("number of reports")
        for _ in 0..<count {
            let type = try reader.uint8("event type")
            if isExtended { try reader.skip(1, "event type") }
            let address = try DeviceAddress(reading: &reader)
            var strength: UInt8 = 127
            if isExtended {
                // PHYs (2), set, power; RSSI; period (2), direct address with type (7).
                try reader.skip(4, "report fields")
                strength = try reader.uint8("RSSI")
                try reader.skip(9, "report fields")
            }
            let length = Int(try reader.uint8("data length"))
            let advertisement = Advertisement(try reader.bytes(length, "advertising data"))
            if !isExtended { strength = try reader.uint8("RSSI") }
            // Legacy: 0 undirected and 1 directed are connectable. Extended: bit 0, and bit 3 marks a scan response.
            let isConnectable = isExtended ? type & 0x09 == 0x01 : type <= 1
            body(
                AdvertisingReport(
                    address: address, isConnectable: isConnectable, strength: strength, advertisement: advertisement))
        }
    }
}
