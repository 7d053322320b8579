// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What a device says about itself, in advertisements and in its readable characteristics. `nil` where it has not.
package struct SensorInformation: Equatable, Sendable {
    /// What the device offers, as far as it has been seen to.
    package struct Services: OptionSet, Sendable, BitwiseCopyable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// 0x180D.
        package static let heartRate = Services(rawValue: 1)
        /// 0x1814.
        package static let runningSpeedAndCadence = Services(rawValue: 2)

        /// Empty for a service that is neither.
        init(_ uuid: GATTUUID) {
            switch uuid.short {
            case 0x180D: self = .heartRate
            case 0x1814: self = .runningSpeedAndCadence
            default: self = []
            }
        }

        /// What a device with these measures.
        package var kinds: [SensorKind] {
            var kinds: [SensorKind] = []
            if contains(.heartRate) { kinds.append(.heartRate) }
            if contains(.runningSpeedAndCadence) { kinds.append(.footpod) }
            return kinds
        }
    }

    package var services: Services = []
    package var name: String?
    /// An advertised name may be a shortened one; a whole name is not replaced by it.
    var nameIsShortened = false
    package var manufacturer: String?
    package var model: String?
    package var serialNumber: String?
    package var hardwareRevision: String?
    package var firmwareRevision: String?
    package var softwareRevision: String?
    package var bodyLocation: BodySensorLocation?
    package var strideFeatures: RunningSpeedAndCadenceFeature?

    package init() {}
}

extension SensorInformation {
    /// The strings that GATT defines: the Device Name (0x2A00) and those of the Device Information service.
    ///
    /// - Returns: `nil` for a characteristic that is not one of them.
    static func stringField(_ uuid: GATTUUID) -> WritableKeyPath<SensorInformation, String?>? {
        switch uuid.short {
        case 0x2A00: \.name
        case 0x2A24: \.model
        case 0x2A25: \.serialNumber
        case 0x2A26: \.firmwareRevision
        case 0x2A27: \.hardwareRevision
        case 0x2A28: \.softwareRevision
        case 0x2A29: \.manufacturer
        default: nil
        }
    }

    /// Foreign text made fit to store and to print: cut at the first NUL (some straps pad with them), ill-formed UTF-8
    /// repaired, control characters dropped (a name must not drive a terminal), outer spaces trimmed.
    ///
    /// - Returns: `nil` when nothing is left.
    package static func text(_ bytes: Span<UInt8>) -> String? {
        var raw: [UInt8] = []
        for index in bytes.indices {
            guard bytes[index] != 0 else { break }
            raw.append(bytes[index])
        }
        var scalars = String.UnicodeScalarView()
        for scalar in String(decoding: raw, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: continue
            default: scalars.append(scalar)
            }
        }
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return scalars.isEmpty ? nil : String(scalars)
    }
}
