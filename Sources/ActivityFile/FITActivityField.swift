// SPDX-License-Identifier: GPL-3.0-or-later
import FIT

/// The developer fields that this program writes.
enum FITActivityField {
    static let effort: UInt8 = 0
    static let phase: UInt8 = 1
    static let phaseName: UInt8 = 2
    static let sprint: UInt8 = 3
    static let score: UInt8 = 4
    static let target: UInt8 = 5
    static let interval: UInt8 = 6

    /// Of this program's developer fields, made at random once: readers tell developers apart by it.
    static let applicationID: [UInt8] = [
        0x6E, 0x1B, 0x3A, 0x94, 0x27, 0xC5, 0x4F, 0x0D, 0x9B, 0x52, 0xE8, 0x70, 0x41, 0xAD, 0x36, 0xF2,
    ]
    /// Longer than the longest name of a phase by the zero byte at its end.
    static let phaseNameSize: UInt8 = 9

    /// - Parameter effortUnit: what effort is a share of.
    static func describe(effortUnit: String, to encoder: inout FITEncoder) {
        let fields: [(number: UInt8, type: FITBaseType, name: String, units: String)] = [
            (effort, .uint8, "effort", effortUnit), (phase, .uint8, "phase", "code"),
            (phaseName, .string, "phase_name", ""), (sprint, .uint8, "sprint", ""),
            (score, .float32, "score", "points"), (target, .uint8, "target", "%"),
            (interval, .uint8, "interval", ""),
        ]
        typealias Field = FITProfile.FieldDescription
        for field in fields {
            encoder.message(
                FITProfile.Message.fieldDescription,
                [
                    .init(Field.developerIndex, .uint8(0)), .init(Field.number, .uint8(field.number)),
                    .init(Field.baseType, .uint8(field.type.typeByte)), .init(Field.name, .string(field.name)),
                    .init(Field.units, .string(field.units)),
                ])
        }
    }
}
