// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Simulation

/// One stick and its athletes: outing after outing, with silences between that end each session. What happens is a function of the seed.
struct Ground {
    private enum State {
        case silent(until: Double)
        case out(Run)
    }

    private struct Run {
        var session: SimulatedSession
        var start: Double
        /// Seconds of the soak that have been made. The session's own count: its bodies settle for some seconds before its start.
        var time: Double { start + session.time }
        /// When the stick is pulled out and put in again; one at most.
        var unplugged: ClosedRange<Double>?
        var saidGone = false
        var saidBack = false
    }

    /// What the stick gave.
    enum Event {
        case frame(SimulatedFrame, [UInt8])
        case gone(Timestamp)
        case back(Timestamp)
    }

    let device: UInt8
    let names: [String]
    /// Bouts are short and known exactly; rest is long enough for every sensor's numbers to settle.
    static let plans = ["sprint-5x30-90", "sprint-8x20-60", "sprint-3x40-120", "sprint-6x25-75"]
    /// Seconds: longer than any silence that ends a session by itself.
    private static let pauses = 420.0...2400.0

    private var random: SplitMix64
    private var state: State
    private var outings = 0
    private let seed: UInt64
    private let wearers: Int
    /// No outing begins later than this.
    private let end: Double

    /// - Parameter end: seconds of the soak.
    init(device: UInt8, names: [String], seed: UInt64, end: Double) {
        self.device = device
        self.names = names
        self.seed = seed
        self.end = end
        wearers = names.count
        random = SplitMix64(seed: seed, stream: 0x6761_7264, index: Int(device))
        state = .silent(until: random.uniform(1...300))
    }

    /// As many days there are: each with bodies, habits and sensors of its own.
    static let days = 12

    static func configuration(
        _ device: UInt8, athletes: Int, seed: UInt64, day: Int, plan: String
    ) -> SimulatedSession.Configuration {
        let seed = seed &+ UInt64(device) << 32 &+ UInt64(day) << 40
        guard var configuration = try? SimulatedSession.Configuration(plan: plan, seed: seed) else {
            preconditionFailure("\(plan) is one of the simulation's plans")
        }
        configuration.athletes = athletes
        configuration.antMode = .scan
        return configuration
    }

    /// When something happens here next; `nil` when nothing will.
    var next: Double? {
        switch state {
        case .silent(let until): until < end ? until : nil
        case .out(let run): run.time
        }
    }

    var isSilent: Bool {
        switch state {
        case .silent: true
        case .out: false
        }
    }

    /// Makes what happens before a time.
    ///
    /// - Returns: the outing that ended, if one did.
    mutating func advance(to time: Double, _ take: (Event) -> Void) -> Outing? {
        switch state {
        case .silent(let until):
            guard until <= time, until < end else { return nil }
            state = .out(begin(at: until))
            return nil
        case .out(var run):
            // Held once: two holders would copy the whole simulation for each step.
            state = .silent(until: .infinity)
            var ended = false
            while run.time < time, !ended {
                let gap = run.unplugged
                if let gap, run.time >= gap.lowerBound, !run.saidGone {
                    run.saidGone = true
                    take(.gone(Timestamp(seconds: run.time)))
                }
                if let gap, run.time >= gap.upperBound, !run.saidBack {
                    run.saidBack = true
                    take(.back(Timestamp(seconds: run.time)))
                }
                ended = !run.session.step { frame, bytes in
                    if let gap, gap.contains(frame.time.seconds) { return }
                    take(.frame(frame, bytes.indices.map { bytes[$0] }))
                }
            }
            guard ended else {
                state = .out(run)
                return nil
            }
            state = .silent(until: run.time + random.uniform(Self.pauses))
            return Outing(
                run.session, start: run.start, end: run.time, names: names,
                unplugged: run.unplugged.map { [$0] } ?? [])
        }
    }

    private mutating func begin(at time: Double) -> Run {
        let plan = Self.plans[random.integer(below: Self.plans.count)]
        // At first each day once: from then on there is no sensor that the engine has yet to make room for.
        let drawn = random.integer(below: Self.days)
        let day = outings < Self.days ? outings : drawn
        outings += 1
        var configuration = Self.configuration(device, athletes: wearers, seed: seed, day: day, plan: plan)
        configuration.startTime = Timestamp(seconds: time)
        configuration.leadIn = random.uniform(5...60)
        configuration.lossShare = random.chance(0.5) ? 0 : random.uniform(0...0.02)
        configuration.splitTransfers = random.chance(0.3) ? 0.05 : 0
        if random.chance(0.25) { configuration.outageEvery = random.uniform(600...1500) }
        if random.chance(0.2) { configuration.heartRateSpikes = 6 }
        if random.chance(0.15) {
            let from = random.uniform(100...600)
            configuration.offSkin = from...from + random.uniform(20...120)
        }
        var unplugged: ClosedRange<Double>?
        if random.chance(0.3) {
            let from = time + random.uniform(60...900)
            unplugged = from...from + random.uniform(3...150)
        }
        return Run(session: SimulatedSession(configuration), start: time, unplugged: unplugged)
    }
}
