// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes the two messages of which a file has thousands, `record` and `hrv`, without a detour.
///
/// Source: FIT profile, messages `record` (20) and `hrv` (78).
package struct FITRecordEncoder: Sendable {
    /// One second of an activity, in the units of this program.
    package struct Values: Equatable, Sendable, BitwiseCopyable {
        /// Seconds since the FIT epoch.
        package var timestamp: UInt32
        /// Beats per minute.
        package var heartRate: Double?
        /// Metres per second.
        package var speed: Double?
        /// Strides (one foot) per minute.
        package var cadence: Double?
        /// Metres since the start.
        package var distance: Double?
        /// Share of the athlete's maximum.
        package var effort: Double?
        /// What the developer field `phase` says.
        package var phase: UInt8?
        package init(timestamp: UInt32) { self.timestamp = timestamp }
    }

    /// By the developer fields that a record has: bit 0 effort, bit 1 phase. A layout each, since many readers show a developer field's
    /// "invalid" pattern as if it were a value.
    private var records = InlineArray<4, FITEncoder.Local?>(repeating: nil)
    private var hrv: FITEncoder.Local?
    private let effortField: UInt8
    private let phaseField: UInt8

    /// Beat intervals in one `hrv` message: the number that devices write by habit.
    package static let intervalsPerMessage = 5

    /// - Parameters: the numbers of the developer fields, which must have been described.
    package init(effortField: UInt8, phaseField: UInt8) {
        self.effortField = effortField
        self.phaseField = phaseField
    }

    private mutating func record(_ kind: Int, in encoder: inout FITEncoder) -> FITEncoder.Local {
        if let known = records[kind] { return known }
        typealias Field = FITProfile.Record
        var developerFields: [FITLayout.DeveloperField] = []
        if kind & 1 != 0 { developerFields.append(.init(effortField, size: 1)) }
        if kind & 2 != 0 { developerFields.append(.init(phaseField, size: 1)) }
        let made = encoder.define(
            FITLayout(
                FITProfile.Message.record,
                [
                    .init(FITProfile.timestampField, .uint32), .init(Field.distance, .uint32),
                    .init(Field.enhancedSpeed, .uint32), .init(Field.speed, .uint16), .init(Field.heartRate, .uint8),
                    .init(Field.cadence, .uint8), .init(Field.fractionalCadence, .uint8),
                ], developerFields: developerFields))
        records[kind] = made
        return made
    }

    package mutating func write(_ values: Values, to encoder: inout FITEncoder) {
        let effort = FITProfile.raw(values.effort, scale: 100, as: UInt8.self)
        let kind = (effort == nil ? 0 : 1) | (values.phase == nil ? 0 : 2)
        encoder.begin(record(kind, in: &encoder))
        encoder.put(values.timestamp)
        encoder.put(FITProfile.raw(values.distance, scale: 100, as: UInt32.self) ?? .max)
        let speed = FITProfile.raw(values.speed, scale: 1000, as: UInt32.self)
        encoder.put(speed ?? .max)
        encoder.put(speed.flatMap { UInt16(exactly: $0) } ?? .max)
        encoder.put(FITProfile.raw(values.heartRate, scale: 1, as: UInt8.self) ?? .max)
        // Whole strides and 128ths are one number in two fields.
        let cadence = FITProfile.raw(values.cadence, scale: 128, as: UInt16.self).flatMap { $0 < 255 * 128 ? $0 : nil }
        encoder.put(cadence.map { UInt8(truncatingIfNeeded: $0 >> 7) } ?? .max)
        encoder.put(cadence.map { UInt8(truncatingIfNeeded: $0 & 0x7F) } ?? .max)
        if let effort { encoder.put(effort) }
        if let phase = values.phase { encoder.put(phase) }
    }

    /// Writes the beats of a record just written; as many messages as they need.
    ///
    /// - Parameter milliseconds: oldest first.
    package mutating func write(intervals milliseconds: ArraySlice<UInt16>, to encoder: inout FITEncoder) {
        guard !milliseconds.isEmpty else { return }
        let hrv =
            hrv
            ?? encoder.define(
                FITLayout(
                    FITProfile.Message.hrv, [.init(FITProfile.HRV.time, .uint16, count: Self.intervalsPerMessage)]))
        self.hrv = hrv
        var rest = milliseconds
        while !rest.isEmpty {
            encoder.begin(hrv)
            for _ in 0..<Self.intervalsPerMessage { encoder.put(rest.popFirst() ?? UInt16.max) }
        }
    }
}
