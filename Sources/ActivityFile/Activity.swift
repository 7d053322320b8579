// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
package import FIT
package import Segmentation

/// A session on its way into a file that other programs read.
package struct Activity: Sendable {
    package var document: AnalysisDocument
    package var track: ActivityTrack
    /// Of the first frame: whole seconds since 1970-01-01 00:00 UTC.
    package var start: Int64
    /// What a clock on the wall shows, in seconds before (−) or after UTC.
    package var offsetFromUTC: Int64
    package var surface: FITProfile.SubSport
    /// Of the program that writes.
    package var version: String

    package init(
        document: AnalysisDocument, track: ActivityTrack, start: Int64, offsetFromUTC: Int64 = 0,
        surface: FITProfile.SubSport = .generic, version: String
    ) {
        self.document = document
        self.track = track
        self.start = start
        self.offsetFromUTC = offsetFromUTC
        self.surface = surface
        self.version = version
    }

    /// Seconds to the first whole second at which all is over.
    package var wholeDuration: Int {
        let points = track.points.last?.second ?? 0
        let whole = Int(min(max(document.source.duration, 0), 1e12))
        return max(points, Double(whole) < document.source.duration ? whole + 1 : whole)
    }

    /// What effort is a share of.
    package enum EffortBasis: Sendable {
        case speed(maximum: Double)
        case heartRate(maximum: Double)

        package func effort(_ point: ActivityTrack.Point) -> Double? {
            switch self {
            case .speed(let maximum): point.speed.map { $0 / maximum }
            case .heartRate(let maximum): point.heartRate.map { $0 / maximum }
            }
        }
    }

    /// That of the session's sprints; without any, speed where the track has one. One basis for all of the track.
    package var effortBasis: EffortBasis? {
        let ofSprints = document.sprints.lazy.compactMap(\.effortBasis).first
        let hasSpeed = track.points.contains { $0.speed != nil }
        if ofSprints != .heartRate, hasSpeed, let maximum = document.athlete.maxSpeed, maximum.value > 0 {
            return .speed(maximum: maximum.value)
        }
        guard let maximum = document.athlete.maxHeartRate, maximum.value > 0 else { return nil }
        return .heartRate(maximum: maximum.value)
    }

    /// Which phase each second of the track lies in, asked in time order.
    package struct PhaseCursor {
        private let phases: [AnalysisDocument.Phase]
        private var index = 0

        package init(_ phases: [AnalysisDocument.Phase]) { self.phases = phases }

        package mutating func phase(at second: Int) -> AnalysisDocument.Phase? {
            while index < phases.count, Double(second) >= phases[index].end, index + 1 < phases.count { index += 1 }
            // The last frames' second ends behind them.
            guard index < phases.count, Double(second) >= phases[index].start, Double(second) < phases[index].end + 1
            else { return nil }
            return phases[index]
        }
    }
}

/// What phases, or a whole session, come to. Absent where nothing was measured.
package struct ActivityTotals: Equatable, Sendable {
    /// Seconds.
    package var duration = 0.0
    /// Metres.
    package var distance: Double?
    /// Metres per second: distance over time.
    package var meanSpeed: Double?
    package var maxSpeed: Double?
    /// Beats per minute; the mean is over time.
    package var meanHeartRate: Double?
    package var peakHeartRate: Double?
    /// Steps per minute; the mean is over time.
    package var cadence: Double?
    /// One foot's.
    package var strides: Double?

    package init(_ phases: some Sequence<AnalysisDocument.Phase>) {
        var heartRateTime = 0.0
        var heartRateIntegral = 0.0
        var cadenceTime = 0.0
        var cadenceIntegral = 0.0
        var count = 0
        var onlySpeed: Double?
        for phase in phases {
            let length = max(phase.end - phase.start, 0)
            count += 1
            duration += length
            onlySpeed = phase.meanSpeed
            if let more = phase.distance { distance = (distance ?? 0) + more }
            if let speed = phase.maxSpeed { maxSpeed = max(maxSpeed ?? speed, speed) }
            if let rate = phase.peakHeartRate { peakHeartRate = max(peakHeartRate ?? rate, rate) }
            if let rate = phase.meanHeartRate {
                heartRateTime += length
                heartRateIntegral += rate * length
            }
            if let rate = phase.cadence {
                cadenceTime += length
                cadenceIntegral += rate * length
            }
        }
        if heartRateTime > 0 { meanHeartRate = heartRateIntegral / heartRateTime }
        if cadenceTime > 0 {
            cadence = cadenceIntegral / cadenceTime
            strides = cadenceIntegral / 120
        }
        meanSpeed = count == 1 ? onlySpeed : distance.flatMap { duration > 0 ? $0 / duration : nil }
    }
}

extension PhaseKind {
    /// The number that the developer field `phase` has for it; a contract, so never given anew.
    package var code: UInt8 {
        switch self {
        case .rest: 0
        case .warmup: 1
        case .sprint: 2
        case .interval: 3
        case .recovery: 4
        case .steady: 5
        case .cooldown: 6
        }
    }
}
