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

    /// Which fields a record has. What is absent has no field, since many readers show the "invalid" pattern as if it were a value.
    private struct Kind: OptionSet, Sendable, BitwiseCopyable {
        let rawValue: UInt8
        static let distance = Kind(rawValue: 1)
        static let speed = Kind(rawValue: 2)
        static let heartRate = Kind(rawValue: 4)
        static let cadence = Kind(rawValue: 8)
        static let effort = Kind(rawValue: 16)
        static let phase = Kind(rawValue: 32)
    }

    /// Kinds in force at a time; a run has hardly more.
    private static let kindLimit = 6

    private var kinds = InlineArray<6, Kind?>(repeating: nil)
    private var locals = InlineArray<6, FITEncoder.Local?>(repeating: nil)
    private var newest = 0
    private var oldest = 0
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

    private mutating func local(_ kind: Kind, in encoder: inout FITEncoder) -> FITEncoder.Local {
        if kinds[newest] == kind, let known = locals[newest] { return known }
        for index in 0..<Self.kindLimit where kinds[index] == kind {
            guard let known = locals[index] else { continue }
            newest = index
            return known
        }
        let layout = layout(kind)
        let made: FITEncoder.Local
        if let former = locals[oldest] {
            encoder.redefine(former, layout)
            made = former
        } else {
            made = encoder.define(layout)
        }
        kinds[oldest] = kind
        locals[oldest] = made
        newest = oldest
        oldest = oldest + 1 < Self.kindLimit ? oldest + 1 : 0
        return made
    }

    private func layout(_ kind: Kind) -> FITLayout {
        typealias Field = FITProfile.Record
        var fields: [FITLayout.Field] = [.init(FITProfile.timestampField, .uint32)]
        if kind.contains(.distance) { fields.append(.init(Field.distance, .uint32)) }
        if kind.contains(.speed) {
            fields += [.init(Field.enhancedSpeed, .uint32), .init(Field.speed, .uint16)]
        }
        if kind.contains(.heartRate) { fields.append(.init(Field.heartRate, .uint8)) }
        if kind.contains(.cadence) {
            fields += [.init(Field.cadence, .uint8), .init(Field.fractionalCadence, .uint8)]
        }
        var developerFields: [FITLayout.DeveloperField] = []
        if kind.contains(.effort) { developerFields.append(.init(effortField, size: 1)) }
        if kind.contains(.phase) { developerFields.append(.init(phaseField, size: 1)) }
        return FITLayout(FITProfile.Message.record, fields, developerFields: developerFields)
    }

    package mutating func write(_ values: Values, to encoder: inout FITEncoder) {
        let distance = FITProfile.raw(values.distance, scale: 100, as: UInt32.self)
        // 65.534 m/s are the most that the older of the two speeds holds.
        let speed = FITProfile.raw(values.speed, scale: 1000, as: UInt16.self)
        let heartRate = FITProfile.raw(values.heartRate, scale: 1, as: UInt8.self)
        // Whole strides and 128ths are one number in two fields.
        let cadence = FITProfile.raw(values.cadence, scale: 128, as: UInt16.self).flatMap { $0 < 255 * 128 ? $0 : nil }
        let effort = FITProfile.raw(values.effort, scale: 100, as: UInt8.self)
        var kind: Kind = []
        if distance != nil { kind.insert(.distance) }
        if speed != nil { kind.insert(.speed) }
        if heartRate != nil { kind.insert(.heartRate) }
        if cadence != nil { kind.insert(.cadence) }
        if effort != nil { kind.insert(.effort) }
        if values.phase != nil { kind.insert(.phase) }
        encoder.begin(local(kind, in: &encoder))
        encoder.put(values.timestamp)
        if let distance { encoder.put(distance) }
        if let speed {
            encoder.put(UInt32(speed))
            encoder.put(speed)
        }
        if let heartRate { encoder.put(heartRate) }
        if let cadence {
            encoder.put(UInt8(truncatingIfNeeded: cadence >> 7))
            encoder.put(UInt8(truncatingIfNeeded: cadence & 0x7F))
        }
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
