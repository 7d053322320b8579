// SPDX-License-Identifier: GPL-3.0-or-later

/// A page that every ANT+ profile may send.
///
/// Source: public vendor sample code (nRF5 SDK, ant_common_page_80/81/82) and public decoders.
package enum CommonPage: Hashable, Sendable, BitwiseCopyable {
    /// Page 80: `50 FF FF hardware manufacturer(2) model(2)`.
    case manufacturer(hardwareRevision: UInt8, manufacturer: UInt16, model: UInt16)
    /// Page 81: `51 FF supplement main serial(4)`. 0xFF of the supplement, and all ones of the serial number, mean
    /// none.
    case product(softwareMain: UInt8, softwareSupplement: UInt8?, serialNumber: UInt32?)
    /// Page 82: `52 FF identifier time(3) fraction descriptor`. Operating time since the battery was changed, in
    /// seconds: the descriptor's bit 7 says whether the wire counts 2 s or 16 s. The identifier is `nil` where it is
    /// unused (0xFF).
    case battery(ANTBattery, identifier: UInt8?, operatingSeconds: UInt32)

    /// - Returns: `nil` when the page is none of the three.
    @inline(__always)
    package init?(_ page: ANTPage) {
        switch page.byte(0) & 0x7F {
        case 80:
            self = .manufacturer(
                hardwareRevision: page.byte(3), manufacturer: page.uint16(4), model: page.uint16(6))
        case 81:
            let supplement = page.byte(2)
            let serial = page.uint32(4)
            self = .product(
                softwareMain: page.byte(3), softwareSupplement: supplement == 0xFF ? nil : supplement,
                serialNumber: serial == .max ? nil : serial)
        case 82:
            let descriptor = page.byte(7)
            let identifier = page.byte(2)
            self = .battery(
                ANTBattery(fraction: page.byte(6), descriptor: descriptor),
                identifier: identifier == 0xFF ? nil : identifier,
                operatingSeconds: page.uint24(3) &* (descriptor & 0x80 != 0 ? 2 : 16))
        default: return nil
        }
    }
}

extension CommonPage: CustomStringConvertible {
    package var description: String {
        switch self {
        case .manufacturer(let hardware, let manufacturer, let model):
            "manufacturer \(manufacturer), model \(model), hardware \(hardware)"
        case .product(let main, let supplement, let serial):
            "software \(main)" + (supplement.map { ".\($0)" } ?? "") + (serial.map { ", serial number \($0)" } ?? "")
        case .battery(let battery, _, let seconds): "\(battery), running for \(seconds) s"
        }
    }
}
