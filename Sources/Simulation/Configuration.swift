// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// How a sensor reaches the recording.
package enum Radio: String, Sendable, CaseIterable {
    case ant
    case ble
    /// Seen on ANT+ and on Bluetooth LE at once, as many straps are: the same beats on both.
    case both

    var isANT: Bool { self != .ble }
    var isBluetooth: Bool { self != .ant }
}

/// How the host listens to ANT+.
package enum ANTMode: String, Sendable, CaseIterable {
    /// A channel per sensor: eight at most.
    case channels
    /// Continuous scan: every sensor in range, with its id in the extended data.
    case scan
}

/// The received signal strength in the extended data of an ANT message.
package enum SignalStrength: String, Sendable, CaseIterable {
    case absent
    /// Type 0x20: three bytes, dBm.
    case decibels
    /// Type 0x10: four bytes, the older radio's gain register.
    case gain
}

package enum ConfigurationError: Error, Equatable, Sendable {
    case unknownPlan(String)
}

extension SimulatedSession {
    /// Everything that a simulated session depends on. Values out of range are brought to the nearest sensible one.
    package struct Configuration: Equatable, Sendable {
        /// The named presets. `sprint-<count>x<work>-<recovery>` with other numbers is understood too.
        package static let plans = [
            "sprint-5x30-90", "30-30", "tabata", "10-20-30", "4x4", "steady", "fartlek", "heart-rate-only",
            "footpod-only",
        ]

        /// The preset's name as it was given; it goes into the truth.
        package let planName: String
        package var plan: SimulatedPlan
        package var seed: UInt64
        /// 1...64.
        package var athletes = 1
        /// `nil` for no heart-rate strap.
        package var strap: Radio? = .ant
        /// `nil` for no footpod.
        package var footpod: Radio? = .ant
        /// `nil` chooses `.channels` for one athlete and `.scan` for more. `.channels` becomes `.scan` beyond eight
        /// sensors.
        package var antMode: ANTMode?
        /// Whether a message on an ANT channel carries its sensor's id. In scan mode it always does.
        package var extendedData = true
        package var signalStrength = SignalStrength.decibels
        /// The whole length of `steady` and `fartlek` in seconds; the sprint plan has its own. 60...36 000 000.
        package var duration = 1800.0

        /// Recorded seconds of standing before the plan begins. 0...600.
        package var leadIn = 10.0
        /// Above 0 the recording begins this many seconds into the plan, and there is no lead-in.
        package var lateStart = 0.0
        /// Sprints, from 1, that are walked through.
        package var missedSprints: Set<Int> = []
        /// Sprints, from 1, that are run at 0.65 to 0.76 of the athlete's maximum.
        package var belowTargetSprints: Set<Int> = []
        /// Every sprint below target.
        package var allBelowTarget = false
        /// Strides at the end of a warm-up, which grows by them: ramps of 15 to 22 s to 0.75...0.9 of the athlete's maximum
        /// and off it again, a walk after each. They are no bouts of the set. 0...10.
        package var warmUpStrides = 0
        /// How often a steady run stands still for 8 to 60 s, as at a crossing. 0...60 an hour.
        package var stopsPerHour = 0.0
        /// How far hills, bends and whims move the pace of runs and, by half as much, of bouts: a standard deviation as a share, with a
        /// time constant of 25 s, beside the 2 % of an even course. 0...0.2. Recorded steady runs show 0.04 to 0.1 about their means of
        /// 5 min, with a correlation of about 0.8 over 5 s, 0.5 over 10 to 20 s and 0.2 over 40 s.
        package var paceWander = 0.0
        /// The hardest braking after a bout, m/s², of athletes who run out instead of stopping; `nil` for each one's own. 0.3...3.
        package var runOut: Double?

        /// The share of messages lost, one by one. 0...0.95.
        package var lossShare = 0.0
        /// The mean time between long outages of a sensor, in seconds; `nil` for none.
        package var outageEvery: Double?
        /// The length of an outage, in seconds.
        package var outageLength: ClosedRange<Double> = 8...40
        /// Bouts of nonsense in the strap's computed heart rate, per hour.
        package var heartRateSpikes = 0.0
        /// Seconds of the recording in which every strap has slipped off the skin: it counts no beats, says so where its radio can,
        /// and computes random rates, as some do.
        package var offSkin: ClosedRange<Double>?
        /// Nonsense speeds of the footpod, per hour.
        package var speedSpikes = 0.0
        /// The standard deviation of a message's arrival time at the host, in seconds; one in 2000 messages also meets
        /// a stall of 10 to 100 of these. 0...0.05.
        package var arrivalJitter = 0.001
        /// The footpods' error of calibration: each is wrong by up to this share, either way. 0...0.2.
        package var calibrationError = 0.0
        /// How much later than each athlete's own the demand that the heart follows is, as a factor. At 1 the rate peaks 4 to 9 s after
        /// a sprint of 30 s; recorded efforts of 20 to 40 s had their peak 12 to 65 s later, which 3 comes nearer to. 0.2...6.
        package var heartLag = 1.0
        /// How much a stride counts in the footpods' smoothing of speed and cadence: 0.55 follows within a stride or two, 0.2 lags by some
        /// 3 s. In recordings of pods, changes of speed come 0 to 2 s after those of cadence. 0.05...1.
        package var podSmoothing = 0.55
        /// By how much footpods mistake a stride's length: a standard deviation as a share. Foot-worn sensors were found to be 2 to 4 % off
        /// (Falbriard et al. 2021, Front. Sports Act. Living 3:585809: 0.09 to 0.16 m/s within one runner). 0...0.2.
        package var strideNoise = 0.02
        /// Whether the Bluetooth footpods send strides (one foot) instead of steps per minute, as some makers do.
        package var rscCadenceIsStrides = false
        /// The share of ANT messages that arrive in two USB transfers. 0...1.
        package var splitTransfers = 0.0

        /// The first frame's time.
        package var startTime = Timestamp.zero

        /// How many phases, bouts and strides of each athlete, and outages of each sensor, are kept for the truth. 0...20 000, and no more than
        /// ``SensorRecord/limit`` of the outages; 0 where nobody asks for the truth, and memory is what is measured.
        package var truthLimit = AthleteRecord.limit

        /// - Throws: `.unknownPlan` for a name that is neither in ``plans`` nor like `sprint-8x20-60`.
        package init(plan name: String, seed: UInt64) throws(ConfigurationError) {
            planName = name
            self.seed = seed
            switch name {
            case "heart-rate-only":
                plan = .sprints(count: 5, work: 30, recovery: 90)
                footpod = nil
            case "footpod-only":
                plan = .sprints(count: 5, work: 30, recovery: 90)
                strap = nil
            default:
                guard let plan = SimulatedPlan(name) else { throw .unknownPlan(name) }
                self.plan = plan
            }
        }

        /// The same with every value in its range.
        var checked: Configuration {
            var copy = self
            copy.athletes = min(max(athletes, 1), 64)
            copy.duration = clamped(duration, 60...36_000_000)
            copy.leadIn = clamped(leadIn, 0...600)
            // At least the last minute or so is recorded.
            copy.lateStart = clamped(lateStart, 0...max(0, plan.length(copy.duration) - 60))
            copy.warmUpStrides = min(max(warmUpStrides, 0), 10)
            copy.stopsPerHour = clamped(stopsPerHour, 0...60)
            copy.paceWander = clamped(paceWander, 0...0.2)
            copy.runOut = runOut.map { clamped($0, 0.3...3) }
            copy.heartLag = clamped(heartLag, 0.2...6)
            copy.podSmoothing = clamped(podSmoothing, 0.05...1)
            copy.strideNoise = clamped(strideNoise, 0...0.2)
            copy.lossShare = clamped(lossShare, 0...0.95)
            copy.outageEvery = outageEvery.map { clamped($0, 10...1e9) }
            let shortest = clamped(outageLength.lowerBound, 1...3600)
            copy.outageLength = shortest...max(shortest, clamped(outageLength.upperBound, 1...3600))
            copy.heartRateSpikes = clamped(heartRateSpikes, 0...3600)
            copy.speedSpikes = clamped(speedSpikes, 0...3600)
            copy.arrivalJitter = clamped(arrivalJitter, 0...0.05)
            copy.calibrationError = clamped(calibrationError, 0...0.2)
            copy.splitTransfers = clamped(splitTransfers, 0...1)
            copy.truthLimit = min(max(truthLimit, 0), AthleteRecord.limit)
            let sensors = copy.athletes * ((strap?.isANT == true ? 1 : 0) + (footpod?.isANT == true ? 1 : 0))
            if antMode == nil { copy.antMode = copy.athletes == 1 ? .channels : .scan }
            if sensors > 8 { copy.antMode = .scan }
            return copy
        }
    }
}

/// Not-a-number becomes the lower bound.
func clamped(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    value >= range.lowerBound ? min(value, range.upperBound) : range.lowerBound
}
