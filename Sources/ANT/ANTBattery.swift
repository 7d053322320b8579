// SPDX-License-Identifier: GPL-3.0-or-later

/// How a battery is doing, in the sensor's own five steps.
///
/// Source: public decoders of ANT+ common page 82 and heart rate page 7, which share the layout.
package enum ANTBatteryStatus: UInt8, Sendable, BitwiseCopyable {
    case new = 1
    case good = 2
    case ok = 3
    case low = 4
    case critical = 5

    /// In a word.
    package var name: String {
        switch self {
        case .new: "new"
        case .good: "good"
        case .ok: "ok"
        case .low: "low"
        case .critical: "critical"
        }
    }
}

/// What common page 82 and heart rate page 7 say about a battery.
package struct ANTBattery: Hashable, Sendable, BitwiseCopyable {
    /// In 1/256 V; `nil` when the sensor does not say.
    package var voltage: UInt16?
    /// `nil` for a reserved or invalid step.
    package var status: ANTBatteryStatus?

    package init(voltage: UInt16?, status: ANTBatteryStatus?) {
        self.voltage = voltage
        self.status = status
    }

    /// - Parameters:
    ///   - fraction: 1/256 V.
    ///   - descriptor: bits 0–3 whole volts, 15 meaning none; bits 4–6 the status.
    @inline(__always)
    init(fraction: UInt8, descriptor: UInt8) {
        let volts = descriptor & 0x0F
        voltage = volts == 0x0F ? nil : UInt16(volts) << 8 | UInt16(fraction)
        status = ANTBatteryStatus(rawValue: descriptor >> 4 & 0x07)
    }
}

extension ANTBattery: CustomStringConvertible {
    package var description: String {
        ["battery", status?.name, voltage.map { "\(Double($0) / 256) V" }].compactMap { $0 }.joined(separator: " ")
    }
}
