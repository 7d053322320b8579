// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// One sensor as fusion met it, for one thing that it measures: a device that gives both a heart rate and a speed is
/// two of these.
package struct SeenSensor: Equatable, Sendable {
    package var id: SensorID
    package var kind: SensorKind
    /// Whether it is the athlete's own (listed, adopted, or recognised as an adopted one's other radio); `false` for
    /// one that was heard but belongs to nobody here.
    package var used: Bool
    /// Charge in percent, as last told.
    package var battery: UInt8?
    /// How its cadence is read; `nil` when it gave none.
    package var cadence: CadenceFinding?
    /// The identity under which the same device was adopted first.
    package var sameAs: SensorID?
    package var firstSeen: Timestamp
    package var lastSeen: Timestamp
}

/// How a sensor's cadence is read, and why.
package struct CadenceFinding: Equatable, Sendable {
    package enum Basis: UInt8, Sendable {
        /// By the sensor's standard or the file's format.
        case stated
        /// By a person, in the configuration.
        case configured
        /// By plausibility against speed.
        case inferred
        /// Not decided: read as steps until it is.
        case assumed
    }
    /// `.steps` or `.strides`.
    package var convention: Cadence.Convention
    package var basis: Basis
    /// Whether sustained movement speaks against a stated or configured convention, which is kept all the same.
    package var contradicted: Bool
}

/// A silence of a used sensor.
package struct SensorGap: Equatable, Sendable {
    package var sensor: SensorID
    package var kind: SensorKind
    /// When it last spoke.
    package var start: Timestamp
    /// When it spoke again.
    package var end: Timestamp
}

/// What fusion counted since it began.
package struct FusionCounters: Equatable, Sendable {
    /// Samples given.
    package var samples = 0
    /// Samples of sensors that are not the athlete's.
    package var foreign = 0
    /// Samples of sensors beyond the ``Fusion/sensorLimit`` that are told apart.
    package var beyondLimit = 0
    /// Samples whose time lay before the sample before; taken as of that one's time.
    package var backwards = 0
    /// Values that are no number, or negative where none can be.
    package var unusable = 0
    /// Heart rates that were passed on marked as artefacts.
    package var heartRateArtefacts = 0
    /// Heart rates that were passed on although the strap felt no skin.
    package var withoutSkinContact = 0
    package var speedOutliers = 0
    package var cadenceOutliers = 0
    /// Cadences that fit the speed only in the other convention than the one stated or configured.
    package var cadenceContradictions = 0
    /// Distances that fell: the sensor began anew.
    package var distanceResets = 0
    /// Distance steps that no runner covers; not added.
    package var distanceJumps = 0
    /// Changes from one source of a value to another.
    package var switches = 0
    /// Beat intervals left out because the other radio had already given them.
    package var duplicateIntervals = 0
    /// Gaps that ``Fusion/gaps`` has no room for.
    package var gapsNotKept = 0

    package init() {}
}
