// SPDX-License-Identifier: GPL-3.0-or-later

/// One message of an ANT+ stride-based speed and distance monitor (footpod, device type 124), in the wire's units.
///
/// 0 can mean that a sensor does not measure the field; ``StrideSensor`` tells that from a runner who stands.
///
/// Source: public vendor sample code (nRF5 SDK, ant_sdm pages 1, 2, 3, 16, 22) and public decoders.
package enum StridePage: Hashable, Sendable, BitwiseCopyable {
    /// Page 1.
    /// - `time`: 1/200 s, wraps at 51 200 (256 s).
    /// - `distance`: 1/16 m, wraps at 4096 (256 m).
    /// - `speed`: 1/256 m/s. - `strides`: one per two footfalls, wraps at 256. - `latency`: 1/32 s.
    case main(time: UInt16, distance: UInt16, speed: UInt16, strides: UInt8, latency: UInt8)
    /// Page 2. Cadence in 1/16 strides a minute, speed in 1/256 m/s.
    case cadence(cadence: UInt16, speed: UInt16, StrideStatus)
    /// Page 3: as page 2, with energy in kcal that wraps at 256.
    case calories(cadence: UInt16, speed: UInt16, energy: UInt8, StrideStatus)
    /// Page 16, on request: strides (24 bits) and distance in 1/256 m since the sensor's start.
    case summary(strides: UInt32, distance: UInt32)
    /// Page 22, on request: what the sensor measures.
    case capabilities(StrideCapabilities)
    case common(CommonPage)
    case unknown(number: UInt8)

    @inline(__always)
    package init(_ page: ANTPage) {
        let speed = UInt16(page.byte(4) & 0x0F) << 8 | UInt16(page.byte(5))
        let upper = UInt16(page.byte(3)) << 4 | UInt16(page.byte(4) >> 4)
        switch page.byte(0) {
        case 1:
            self = .main(
                time: UInt16(page.byte(2)) &* 200 &+ UInt16(page.byte(1)), distance: upper, speed: speed,
                strides: page.byte(6), latency: page.byte(7))
        case 2: self = .cadence(cadence: upper, speed: speed, StrideStatus(rawValue: page.byte(7)))
        case 3:
            self = .calories(
                cadence: upper, speed: speed, energy: page.byte(6), StrideStatus(rawValue: page.byte(7)))
        case 16: self = .summary(strides: page.uint24(1), distance: page.uint32(4))
        case 22: self = .capabilities(StrideCapabilities(rawValue: page.byte(1)))
        default:
            if page.byte(0) < 0x80, let common = CommonPage(page) {
                self = .common(common)
            } else {
                self = .unknown(number: page.byte(0))
            }
        }
    }
}

/// Byte 7 of pages 2 and 3.
package struct StrideStatus: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// 0 laces, 1 midsole, 2 other, 3 ankle.
    package var location: UInt8 { rawValue >> 6 }
    /// 0 new, 1 good, 2 ok, 3 low.
    package var battery: ANTBatteryStatus {
        switch rawValue >> 4 & 0x03 {
        case 0: .new
        case 1: .good
        case 2: .ok
        default: .low
        }
    }
    /// 0 ok, 1 error, 2 warning.
    package var health: UInt8 { rawValue >> 2 & 0x03 }
    /// 0 inactive, 1 active.
    package var use: UInt8 { rawValue & 0x03 }
}

/// Byte 1 of page 22: which fields hold measurements.
package struct StrideCapabilities: OptionSet, Hashable, Sendable, BitwiseCopyable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let time = StrideCapabilities(rawValue: 0x01)
    package static let distance = StrideCapabilities(rawValue: 0x02)
    package static let speed = StrideCapabilities(rawValue: 0x04)
    package static let latency = StrideCapabilities(rawValue: 0x08)
    package static let cadence = StrideCapabilities(rawValue: 0x10)
    package static let calories = StrideCapabilities(rawValue: 0x20)
}

extension StridePage: CustomStringConvertible {
    package var description: String {
        switch self {
        case .main(let time, let distance, let speed, let strides, _):
            "footpod page 1: \(Double(speed) / 256) m/s, \(Double(distance) / 16) m, stride \(strides), "
                + "time \(Double(time) / 200) s"
        case .cadence(let cadence, let speed, _):
            "footpod page 2: \(Double(cadence) / 16) strides/min, \(Double(speed) / 256) m/s"
        case .calories(let cadence, let speed, let energy, _):
            "footpod page 3: \(Double(cadence) / 16) strides/min, \(Double(speed) / 256) m/s, \(energy) kcal"
        case .summary(let strides, let distance):
            "footpod page 16: \(strides) strides, \(Double(distance) / 256) m"
        case .capabilities(let capabilities): "footpod page 22: capabilities \(hexadecimal(capabilities.rawValue))"
        case .common(let page): "footpod: \(page)"
        case .unknown(let number): "footpod page \(number)"
        }
    }
}
