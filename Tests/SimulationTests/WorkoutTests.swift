// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Simulation
import Testing

/// The workouts beside the sprint plan, and what athletes do around them.
@Suite struct WorkoutTests {
    private func run(
        _ plan: String, seed: UInt64 = 7, _ adjust: (inout SimulatedSession.Configuration) -> Void = { _ in }
    ) -> (profile: AthleteProfile, record: AthleteRecord, samples: [SimulatedSample]) {
        var stream = SampleStream(configuration(plan, seed: seed, adjust), period: 1, noise: .none)
        var samples: [SimulatedSample] = []
        stream.run { samples.append($0) }
        return (stream.profile, stream.record, samples)
    }

    struct Workout: CustomTestStringConvertible, Sendable {
        var name: String
        var bouts: Int
        /// Seconds, ± the athletes' reaction times.
        var length: Double
        /// From a bout's start to the next one's, within a block.
        var cycle: Double
        var activity: Activity
        /// Shares of the athlete's maximum speed.
        var effort: ClosedRange<Double>
        var testDescription: String { name }
    }
    static let workouts = [
        // 12 × (30 s + 30 s) near the aerobic speed, which is 0.56 to 0.64 of maximum.
        Workout(name: "30-30", bouts: 12, length: 30, cycle: 60, activity: .sprint, effort: 0.52...0.7),
        // 8 × (20 s + 10 s).
        Workout(name: "tabata", bouts: 8, length: 20, cycle: 30, activity: .sprint, effort: 0.72...0.95),
        // 3 × 5 × (30 s, 20 s, 10 s).
        Workout(name: "10-20-30", bouts: 15, length: 10, cycle: 60, activity: .sprint, effort: 0.8...0.97),
        // 4 × (4 min + 3 min).
        Workout(name: "4x4", bouts: 4, length: 240, cycle: 420, activity: .interval, effort: 0.48...0.64),
    ]

    @Test(arguments: workouts) func aKnownWorkoutIsWhatItsSourceSays(_ workout: Workout) {
        let bouts = run(workout.name).record.bouts
        #expect(bouts.count == workout.bouts)
        for bout in bouts {
            #expect(abs(bout.end - bout.start - workout.length) < 0.7)
            #expect(bout.activity == workout.activity)
            #expect(workout.effort.contains(bout.effort))
        }
        let cycles = zip(bouts, bouts.dropFirst()).map { $1.start - $0.start }
        // Between the three blocks of 10-20-30 two minutes are walked.
        let pauses: Set = workout.name == "10-20-30" ? [4, 9] : []
        for (place, cycle) in cycles.enumerated() {
            #expect(abs(cycle - workout.cycle - (pauses.contains(place) ? 120 : 0)) < 0.7)
        }
    }

    @Test func stridesBelongToTheWarmUp() {
        let (profile, record, samples) = run("sprint-1x20-60") { $0.warmUpStrides = 4 }
        #expect(record.bouts.count == 1)
        #expect(record.strides.count == 4)
        let warmUp = record.phases.first { $0.activity == .warmup }
        for stride in record.strides {
            #expect((14...23).contains(stride.end - stride.start))
            #expect(stride.end <= (warmUp?.end ?? 0))
            let speeds = samples.filter { (stride.start...stride.end).contains($0.time.seconds) }.compactMap(\.speed)
            let fastest = speeds.max() ?? 0
            #expect(fastest > 0.65 * profile.maxSpeed)
            #expect(fastest < 0.92 * profile.maxSpeed)
        }
    }

    @Test func aRunWithCrossingsStandsNowAndThen() {
        let (_, record, samples) = run("steady") {
            $0.duration = 1200
            $0.stopsPerHour = 36
        }
        let stands = record.phases.dropFirst().dropLast().filter { $0.activity == .rest }
        // 36 an hour, each stretch drawn from 0.4 to 1.6 of the mean.
        #expect((7...20).contains(stands.count))
        #expect(stands.allSatisfy { (7...61).contains($0.end - $0.start) })
        #expect(record.bouts.isEmpty)
        #expect(samples.contains { $0.time.seconds > 100 && $0.time.seconds < 1150 && $0.speed == 0 })
    }

    @Test func aHillyCourseMovesThePaceAsMuchAsItIsToldTo() {
        func variation(_ wander: Double) -> Double {
            let samples = run("steady") {
                $0.duration = 900
                $0.paceWander = wander
            }.samples
            let speeds = samples.filter { (60...890).contains($0.time.seconds) }.compactMap(\.speed)
            let mean = speeds.reduce(0, +) / Double(speeds.count)
            let variance = speeds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(speeds.count)
            return variance.squareRoot() / mean
        }
        // 0.02 of every course, some 0.03 between its parts.
        #expect(variation(0) < 0.05)
        #expect((0.06...0.12).contains(variation(0.07)))
    }

    @Test func whoRunsOutSlowsGently() {
        func slowing(_ runOut: Double?) -> Double {
            let (_, record, samples) = run("sprint-1x30-90") { $0.runOut = runOut }
            let end = record.bouts[0].end
            let speeds = samples.filter { (end...end + 15).contains($0.time.seconds) }.compactMap(\.speed)
            return zip(speeds, speeds.dropFirst()).map { $0 - $1 }.max() ?? 0
        }
        #expect(slowing(nil) > 1.3)
        #expect(slowing(0.8) < 0.85)
    }

    @Test func aLateHeartPeaksLater() {
        func delay(_ lag: Double) -> Double {
            let bouts = run("sprint-1x30-90") { $0.heartLag = lag }.record.bouts
            return bouts.reduce(0) { $0 + $1.peakHeartRateTime - $1.end } / Double(bouts.count)
        }
        #expect(delay(3) > delay(1) + 3)
    }

    @Test func aSlowFootpodLags() {
        /// Seconds after the sprint's start at which the radio first tells nine tenths of its speed.
        func lag(_ smoothing: Double) throws -> Double {
            var session = SimulatedSession(
                configuration("sprint-1x30-90", seed: 3) {
                    $0.strap = nil
                    $0.signalStrength = .absent
                    $0.extendedData = false
                    $0.podSmoothing = smoothing
                })
            var told: [(time: Double, speed: Double)] = []
            session.run { frame, bytes in
                // A broadcast of page 1 or 2: sync, length, id, channel, then the page.
                guard bytes.count == 13, bytes[2] == 0x4E, bytes[4] & 0x7F <= 2, bytes[4] > 0 else { return }
                told.append((frame.time.seconds, Double(bytes[8] & 0xF) + Double(bytes[9]) / 256))
            }
            let bout = try #require(session.records[0].bouts.first)
            let fast = try #require(told.first { $0.time > bout.start && $0.speed > 0.9 * bout.workSpeed })
            return fast.time - bout.start
        }
        let quick = try? lag(0.55)
        let slow = try? lag(0.2)
        #expect((quick ?? 99) < 4.5)
        #expect((slow ?? 0) > (quick ?? 99) + 1)
    }
}
