// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
package import Measurement
package import Scoring
import Segmentation

/// All that the pipeline has to know of one athlete.
package struct AthleteConfiguration: Equatable, Sendable {
    package var name: String?
    package var maxima: Maxima
    /// The athlete's sensors, the preferred one first; empty, as are ``sensorNames``, when the first of each kind is to be taken.
    package var sensors: [SensorID]
    /// More sensors, by name, after those.
    package var sensorNames: [SensorName] = []
    package var cadenceConventions: [SensorID: Cadence.Convention]
    package var plan: Plan?
    /// The share of maximum that the athlete sets out to reach, 0...1; `nil` for the plan's, or 0.8 without a plan.
    package var target: Double?
    package var sex: Athlete.Sex?
    /// Kilograms.
    package var mass: Double?

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

    package var effectiveTarget: Double { target ?? plan?.target ?? ScoredSession.defaultTarget }

    /// What bouts can be held against: the usual target, and what the plan's steps ask for.
    var traceLimits: TraceLimits {
        let asked = plan.map { plan in plan.work.map { plan.target(of: $0, athlete: target) } } ?? []
        return TraceLimits(targets: asked + [effectiveTarget], maxima: maxima)
    }

    var segmenter: SegmenterConfiguration {
        SegmenterConfiguration(
            // A guess sets no floor that an athlete's own running may lie above.
            maxSpeed: maxima.speed.basis == .estimated ? nil : maxima.speed.value, maxHeartRate: maxima.heartRate.value,
            restingHeartRate: maxima.restingHeartRate)
    }

    var fusion: FusionConfiguration {
        FusionConfiguration(
            sensors: sensors, names: sensorNames, cadenceConventions: cadenceConventions,
            // An estimate is often too low: rates above it are then real.
            maximumHeartRate: maxima.heartRate.basis == .measured ? maxima.heartRate.value : nil)
    }
}
