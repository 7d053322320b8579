// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
package import Measurement
package import Scoring
import Segmentation

/// All that the pipeline has to know of one athlete.
package struct AthleteConfiguration: Equatable, Sendable {
    package var name: String?
    package var maxima: Maxima
    /// The athlete's sensors, the preferred one first; empty when the first of each kind is to be taken.
    package var sensors: [SensorID]
    package var cadenceConventions: [SensorID: Cadence.Convention]
    package var plan: Plan?
    /// The share of maximum that a sprint is asked for, 0...1; `nil` for the plan's, or 0.8 without a plan.
    package var target: Double?

    /// The target of the workout that this program is made for.
    package static let defaultTarget = 0.8

    package init(
        name: String? = nil, maxima: Maxima = .provisional, sensors: [SensorID] = [],
        cadenceConventions: [SensorID: Cadence.Convention] = [:], plan: Plan? = nil, target: Double? = nil
    ) {
        self.name = name
        self.maxima = maxima
        self.sensors = sensors
        self.cadenceConventions = cadenceConventions
        self.plan = plan
        self.target = target
    }

    package var effectiveTarget: Double { target ?? plan?.target ?? Self.defaultTarget }

    var segmenter: SegmenterConfiguration {
        SegmenterConfiguration(
            // A guess sets no floor that an athlete's own running may lie above.
            maxSpeed: maxima.speed.basis == .estimated ? nil : maxima.speed.value, maxHeartRate: maxima.heartRate.value,
            restingHeartRate: maxima.restingHeartRate)
    }

    var fusion: FusionConfiguration {
        FusionConfiguration(
            sensors: sensors, cadenceConventions: cadenceConventions,
            // An estimate is often too low: rates above it are then real.
            maximumHeartRate: maxima.heartRate.basis == .measured ? maxima.heartRate.value : nil)
    }
}

extension Maxima {
    /// For an athlete of whom nothing is known.
    package static let provisional = Maxima(
        speed: Value(SegmenterConfiguration.provisionalMaxSpeed, .estimated),
        heartRate: Value(SegmenterConfiguration.provisionalMaxHeartRate, .estimated))
}
