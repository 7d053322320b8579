// SPDX-License-Identifier: GPL-3.0-or-later

/// What a `record` message (20) measures, in the units of this program.
struct FITRecord: Equatable, Sendable, BitwiseCopyable {
    /// Where the message starts, in bytes of input.
    var offset: Int
    /// Seconds since the FIT epoch.
    var timestamp: UInt32?
    /// Beats per minute. Not range-checked: that is fusion's business.
    var heartRate: Double?
    /// Metres per second; the enhanced field where both are there.
    var speed: Double?
    /// Per minute, in whatever the activity counts: for running, strides.
    var cadence: Double?
    /// Metres since the activity's start.
    var distance: Double?
    /// Distance of `compressed_speed_distance`, in 1/16 m, wrapping at 4096.
    var wrappedDistance: UInt16?

    init(_ message: borrowing FITMessage) {
        typealias Field = FITProfile.Record
        offset = message.offset
        timestamp = message.timestamp
        var enhancedSpeed: Double?
        var compressedSpeed: Double?
        var fraction = 0.0
        var finerCadence: Double?
        for index in message.fields.indices {
            let field = message.fields[index]
            switch field.number {
            case Field.heartRate: heartRate = Self.amount(message, field)
            case Field.cadence: cadence = Self.amount(message, field)
            case Field.fractionalCadence: fraction = (Self.amount(message, field) ?? 0) / 128
            case Field.cadence256: finerCadence = Self.amount(message, field).map { $0 / 256 }
            case Field.distance:
                distance = Self.amount(message, field).map(FITProfile.metres(hundredths:))
            case Field.speed:
                speed = Self.amount(message, field).map(FITProfile.metresPerSecond(thousandths:))
            case Field.enhancedSpeed:
                enhancedSpeed = Self.amount(message, field).map(FITProfile.metresPerSecond(thousandths:))
            case Field.compressedSpeedDistance:
                guard let bits = Self.threeBytes(message, field) else { continue }
                compressedSpeed = FITProfile.metresPerSecond(compressed: bits)
                wrappedDistance = UInt16(truncatingIfNeeded: bits >> 12)
            case _: continue
            }
        }
        speed = enhancedSpeed ?? speed ?? compressedSpeed
        cadence = cadence.map { $0 + fraction } ?? finerCadence
    }

    /// The profile has all of these unsigned: what a file makes negative is no measurement.
    private static func amount(_ message: borrowing FITMessage, _ field: FITField) -> Double? {
        guard let value = message.number(field), value >= 0 else { return nil }
        return value
    }

    /// The 24 bits of a byte[3] field, first byte lowest; `nil` when it is not that, or all ones.
    private static func threeBytes(_ message: borrowing FITMessage, _ field: FITField) -> UInt32? {
        guard field.type == .byte, field.count == 3 else { return nil }
        var bits: UInt32 = 0
        for index in 0..<3 {
            // One byte alone may be 0xFF: only all three together mean "invalid".
            let octet = message.unsigned(field, at: index) ?? field.type.invalid
            bits |= UInt32(truncatingIfNeeded: octet) << (8 * UInt32(index))
        }
        return bits == 0xFF_FFFF ? nil : bits
    }
}
