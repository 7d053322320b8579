// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
import Measurement

/// Cuts one athlete's fused stream into phases, online and causally: what is decided by time t follows from the samples up to t.
///
/// A ``BoutDetector`` watches each signal. The best signal that speaks rules: speed, else cadence, else the demand behind heart rate.
/// Around its bouts this machine tells rest, warm-up, recovery, steady running and cool-down apart by movement and time.
package struct Segmenter: Sendable {
    /// A work bout beyond this many seconds is an interval (the analysis contract).
    package static let longestSprint = 60.0
    /// Slower than this, in m/s, nobody walks: half of a slow walk (1.1 m/s, Bohannon & Andrews 2011, Physiotherapy 97:182).
    static let stillSpeed = 0.5
    /// Standing this many seconds ends a moving phase.
    static let restAfter = 15.0
    /// Standing belongs to a recovery for this many seconds.
    static let restAfterInRecovery = 120.0
    /// A warm-up with no work after it is a steady run from here on, in seconds. Stops do not count anew.
    static let longestWarmup = 900.0
    /// A pause beyond so many seconds is no stop: what comes after it is a warm-up of its own.
    private static let longestStop = 300.0
    /// Seconds after a single surge of a steady run, from which on the run is steady again.
    private static let longestSurgeRecovery = Recoveries.shortestWait
    /// Shares of the heart-rate reserve, for as long as nothing else tells of movement: below the first nobody has begun, from the second on somebody
    /// has.
    private static let restingShare = 0.2
    private static let movingShare = 0.25
    /// The same for a rise above the lowest rate so far, about 10 bpm: who walks off does not reach the share above for a minute or more.
    private static let risenShare = 0.08
    /// A rate below this share of the reserve is that of light exercise (Garber et al. 2011, Med Sci Sports Exerc 43:1334): whatever its slope, no bout
    /// is believed yet.
    private static let lightShare = 0.4

    /// No start is back-dated by more than this many seconds, unless to the sample before a silence: how much history
    /// whoever listens must keep.
    package static let longestBackdating = 480.0

    /// How a footpod's speed is late, in seconds: a pure delay, and the time constant of a first-order lag behind it. Edges are dated without
    /// them.
    package static let speedDelay = BoutDetector.Parameters.footpodDelay
    package static let speedLag = BoutDetector.Parameters.footpodLag

    private let configuration: SegmenterConfiguration
    private var speedBouts: BoutDetector
    private var cadenceBouts = BoutDetector(.cadence)
    private var demandBouts = BoutDetector(.demand)
    private var demand = HeartRateDemand()
    private var movement = Movement()
    private var runBlocks = RunBlocks()

    private var firstTime: Timestamp?
    /// The times of this sample and of the one before.
    private var newest: (time: Timestamp, before: Timestamp)?
    private var current: PhaseStart?
    /// Which signal's bout is open.
    private var boutEvidence: Evidence?
    private var bouts = 0
    private var lastBoutStart: Timestamp?
    private var lastBoutEnd: Timestamp?
    private var lastBoutLength = 0.0
    private var lastBoutWasBlock = false
    private var recoveries = Recoveries()
    private var wasSteadyBefore = false
    /// When the present warm-up began, whatever stops there were since.
    private var warmupStart: Timestamp?
    /// The newest heart rate as a share of the reserve, and the lowest so far.
    private var reserveShare: Double?
    private var lowestShare = Double.infinity

    package init(configuration: SegmenterConfiguration = SegmenterConfiguration()) {
        self.configuration = configuration
        speedBouts = BoutDetector(.speed(maximum: configuration.maxSpeed, isKnown: configuration.knowsMaxSpeed))
    }

    /// The open phase; `nil` until something is known.
    package var phase: PhaseStart? { current }

    /// - Parameter sample: its time is not before that of the call before.
    package mutating func ingest(_ sample: FusedSample, emit: (PhaseChange) -> Void) { take(sample, emit) }

    /// As ``ingest(_:emit:)`` for each of many samples.
    ///
    /// - Parameter emit: receives the place of the sample that decided, too.
    package mutating func ingest(_ samples: Span<FusedSample>, emit: (Int, PhaseChange) -> Void) {
        for index in samples.indices { take(samples[index]) { emit(index, $0) } }
    }

    @inline(__always)
    private mutating func take(_ sample: FusedSample, _ emit: (PhaseChange) -> Void) {
        let time = sample.time
        let news = News(sample)
        if firstTime == nil { firstTime = time }
        newest = (time, newest?.time ?? time)
        movement.ingest(news, hasSpeed: sample.speed != nil, at: time)

        let ruling = rulingEvidence(at: time)
        let watched = boutEvidence ?? ruling
        // All signals are followed; what the one that is watched says, counts.
        let ofHeartRate = watch(heartRate: news.heartRate, at: time)
        let ofCadence = watch(cadence: news.cadence, at: time)
        let ofSpeed = watch(speed: news.speed, at: time)

        if current == nil { open(at: time, emit: emit) }
        // Nearly always none says anything.
        if ofHeartRate != nil || ofCadence != nil || ofSpeed != nil, let watched {
            let change =
                switch watched {
                case .speed: ofSpeed
                case .cadence: ofCadence
                case .heartRate: ofHeartRate
                }
            if let change { apply(change, watched, at: time, emit: emit) }
        }
        if current?.kind == .sprint { relabelLongSprint(at: time, emit: emit) }
        if let speed = news.speed { lookForRunBlock(speed, at: time, emit: emit) }
        if boutEvidence == nil { settle(at: time, evidence: ruling ?? .heartRate, emit: emit) }
    }

    // MARK: Signals

    // Inlined, as all that is asked for each sample: a call would be given a copy of the whole value.
    @inline(__always)
    private func rulingEvidence(at time: Timestamp) -> Evidence? {
        if movement.hasMovedBySpeed, !speedBouts.isSilent(at: time) { return .speed }
        if movement.hasMovedByCadence, !cadenceBouts.isSilent(at: time) { return .cadence }
        if !demandBouts.isSilent(at: time) { return .heartRate }
        return nil
    }

    @inline(__always)
    private mutating func watch(heartRate rate: Double?, at time: Timestamp) -> BoutDetector.Change? {
        guard let rate else { return demandBouts.pass(to: time) }
        let share = share(ofReserve: rate)
        reserveShare = share
        lowestShare = min(lowestShare, share)
        guard let settled = demand.ingest(rate, at: time) else { return demandBouts.pass(to: time) }
        return demandBouts.ingest(self.share(ofReserve: settled), at: time, mayBegin: share >= Self.lightShare)
    }

    @inline(__always)
    private mutating func watch(cadence: Double?, at time: Timestamp) -> BoutDetector.Change? {
        guard let cadence else { return cadenceBouts.pass(to: time) }
        return cadenceBouts.ingest(Self.cadenceShare(of: cadence), at: time)
    }

    @inline(__always)
    private mutating func watch(speed: Double?, at time: Timestamp) -> BoutDetector.Change? {
        guard let speed else { return speedBouts.pass(to: time) }
        return speedBouts.ingest(speed / configuration.maxSpeed, at: time)
    }

    @inline(__always)
    private func share(ofReserve rate: Double) -> Double {
        let reserve = configuration.maxHeartRate - configuration.restingHeartRate
        return (rate - configuration.restingHeartRate) / reserve
    }

    /// A scale on which a stroll (60 steps/min) is 0 and a sprint's 220 is 1.
    private static func cadenceShare(of stepsPerMinute: Double) -> Double {
        (stepsPerMinute - 60) / 160
    }

    // MARK: Phases

    private mutating func begin(
        _ kind: PhaseKind, from start: Timestamp, at time: Timestamp, evidence: Evidence, confidence: Double,
        emit: (PhaseChange) -> Void
    ) {
        // What ended with a silence ended where it began, however long it was.
        let limit = min(time.advanced(bySeconds: -Self.longestBackdating), newest?.before ?? time)
        let earliest = max(current?.start ?? start, limit)
        let trust =
            switch evidence {
            case .speed: 1.0
            case .cadence: 0.8
            case .heartRate: 0.5
            }
        if kind == .warmup, bouts == 0 { noteWarmup(from: start) }
        let phase = PhaseStart(
            kind: kind, start: min(max(start, earliest), time), decided: time, evidence: evidence,
            confidence: min(max(confidence, 0), 1) * trust)
        current = phase
        emit(.began(phase))
    }

    /// A stop of seconds, as at a crossing, begins no warm-up anew.
    private mutating func noteWarmup(from start: Timestamp) {
        guard warmupStart == nil || (current.map { start.seconds(since: $0.start) } ?? 0) > Self.longestStop else {
            return
        }
        warmupStart = start
    }

    /// The first phase waits until movement is known, or 3 s: the sensors of a session do not all speak at once.
    private mutating func open(at time: Timestamp, emit: (PhaseChange) -> Void) {
        guard current == nil, let firstTime else { return }
        if let moving = movement.isMoving(at: time) {
            begin(
                moving ? .warmup : .rest, from: firstTime, at: time, evidence: movement.evidence, confidence: 0.8,
                emit: emit)
        } else if time.seconds(since: firstTime) >= 3 {
            // A speed that has been 0 so far is a runner who stands, or a treadmill; a pod that is silent sleeps, and the heart tells why.
            let rests = movement.hasSpeed || reserveShare.map { $0 < Self.restingShare } ?? false
            begin(
                rests ? .rest : .warmup, from: firstTime, at: time,
                evidence: movement.hasSpeed ? .speed : .heartRate, confidence: 0.6, emit: emit)
        }
    }

    private mutating func apply(
        _ change: BoutDetector.Change, _ evidence: Evidence, at time: Timestamp, emit: (PhaseChange) -> Void
    ) {
        switch change {
        case .began(let start, let confidence):
            guard boutEvidence == nil else { return }
            if let lastBoutEnd {
                // The acceleration itself is no jog.
                let jogged = movement.joggingSince.map { start.seconds(since: $0) >= 10 } ?? false
                recoveries.note(start.seconds(since: lastBoutEnd), wasJogged: jogged)
            }
            boutEvidence = evidence
            lastBoutWasBlock = false
            bouts += 1
            begin(.sprint, from: start, at: time, evidence: evidence, confidence: confidence, emit: emit)
            lastBoutStart = current?.start
            movement.forgetJog()
        case .ended(let end, let confidence):
            guard let start = lastBoutStart, boutEvidence == evidence else { return }
            boutEvidence = nil
            let bounded = max(end, start)
            if current?.kind == .sprint, bounded.seconds(since: start) > Self.longestSprint {
                becomeInterval(at: time, emit: emit)
            }
            lastBoutEnd = bounded
            lastBoutLength = bounded.seconds(since: start)
            movement.forgetJog()
            begin(.recovery, from: bounded, at: time, evidence: evidence, confidence: confidence, emit: emit)
        }
    }

    private mutating func lookForRunBlock(_ speed: Double, at time: Timestamp, emit: (PhaseChange) -> Void) {
        guard boutEvidence == nil else { return runBlocks.forget(at: time) }
        guard let block = runBlocks.ingest(speed, at: time), let phase = current, !phase.kind.isWork,
            block.start >= phase.start, block.start >= lastBoutEnd ?? block.start,
            time.seconds(since: block.start) < Self.longestBackdating,
            block.slowBefore >= RunBlocks.walkBeforeFirst || speedBouts.knowsBouts,
            speedBouts.adopt(
                level: block.meanSpeed / configuration.maxSpeed, between: block.walkSpeed / configuration.maxSpeed,
                from: block.start, to: block.end)
        else { return }
        bouts += 1
        begin(.sprint, from: block.start, at: time, evidence: .speed, confidence: 0.7, emit: emit)
        lastBoutWasBlock = true
        lastBoutStart = block.start
        lastBoutEnd = block.end
        lastBoutLength = block.end.seconds(since: block.start)
        if lastBoutLength > Self.longestSprint { becomeInterval(at: time, emit: emit) }
        movement.forgetJog()
        begin(.recovery, from: block.end, at: time, evidence: .speed, confidence: 0.8, emit: emit)
    }

    private mutating func relabelLongSprint(at time: Timestamp, emit: (PhaseChange) -> Void) {
        // A signal that has fallen silent has not shown that the bout went on.
        guard let phase = current, phase.kind == .sprint, !isEnding, let heard = boutHeard,
            heard.seconds(since: phase.start) > Self.longestSprint + relabelDelay
        else { return }
        becomeInterval(at: time, emit: emit)
    }

    /// How many seconds after a slowing its first sign is seen: what was true at 60 s is known no sooner.
    private var relabelDelay: Double { boutEvidence == .heartRate ? 12 : 2 }

    /// Whether the open bout's signal already speaks for its end, which will be back-dated.
    @inline(__always)
    private var isEnding: Bool {
        switch boutEvidence {
        case .speed: speedBouts.isEnding
        case .cadence: cadenceBouts.isEnding
        case .heartRate: demandBouts.isEnding
        case nil: false
        }
    }

    /// When the open bout's signal last spoke.
    private var boutHeard: Timestamp? {
        switch boutEvidence {
        case .speed: speedBouts.lastTime
        case .cadence: cadenceBouts.lastTime
        case .heartRate: demandBouts.lastTime
        case nil: nil
        }
    }

    private mutating func becomeInterval(at time: Timestamp, emit: (PhaseChange) -> Void) {
        current?.kind = .interval
        emit(.becameInterval(decided: time))
    }

    /// Everything outside of bouts: standing, moving again, and what time makes of it.
    private mutating func settle(at time: Timestamp, evidence: Evidence, emit: (PhaseChange) -> Void) {
        guard let phase = current else { return }
        switch phase.kind {
        case .rest:
            if let since = movement.movingSince, time.seconds(since: since) >= 3 {
                if bouts == 0, let warmupStart, since.seconds(since: warmupStart) > Self.longestWarmup,
                    since.seconds(since: phase.start) <= Self.longestStop
                {
                    wasSteadyBefore = true
                }
                begin(kindOfMoving, from: since, at: time, evidence: evidence, confidence: 0.8, emit: emit)
            } else if !movement.isKnown, let reserveShare,
                reserveShare >= min(Self.movingShare, lowestShare + Self.risenShare)
            {
                begin(kindOfMoving, from: time, at: time, evidence: .heartRate, confidence: 0.6, emit: emit)
            }
        case .warmup, .steady, .cooldown:
            // Who stands after what may have been a repetition, recovers.
            if runBlocks.hasCandidate { return }
            if let since = movement.stillSince, time.seconds(since: since) >= Self.restAfter {
                begin(.rest, from: since, at: time, evidence: evidence, confidence: 0.9, emit: emit)
            } else if phase.kind == .warmup, let warmupStart, time.seconds(since: warmupStart) > Self.longestWarmup {
                let start = warmupStart.advanced(bySeconds: Self.longestWarmup)
                wasSteadyBefore = true
                begin(.steady, from: start, at: time, evidence: evidence, confidence: 0.6, emit: emit)
            }
        case .recovery:
            settleRecovery(phase, at: time, evidence: evidence, emit: emit)
        case .sprint, .interval:
            break
        }
    }

    private mutating func settleRecovery(
        _ phase: PhaseStart, at time: Timestamp, evidence: Evidence, emit: (PhaseChange) -> Void
    ) {
        if let since = movement.stillSince, time.seconds(since: since) >= Self.restAfterInRecovery {
            begin(.rest, from: since, at: time, evidence: evidence, confidence: 0.8, emit: emit)
            return
        }
        guard time.seconds(since: phase.start) > Recoveries.shortestWait else { return }
        // In a set of runs between walks, a run is more likely to be the next one than a cool-down.
        if lastBoutWasBlock, runBlocks.mayBeRepetition { return }
        if speedBouts.hasCandidate || speedBouts.isRising { return }
        let isSurge = wasSteadyBefore && bouts == 1 && !movement.isSlow
        let wait =
            isSurge
            ? Self.longestSurgeRecovery
            : recoveries.wait(
                afterBoutOf: lastBoutLength, isJogging: movement.joggingSince != nil, isFirst: bouts == 1)
        guard time.seconds(since: phase.start) > wait else { return }
        // A jog that followed the walk is where the cool-down began; else the set's own recovery tells how long it was.
        let usual = phase.start.advanced(bySeconds: min(recoveries.last ?? 90, wait))
        begin(
            isSurge ? .steady : .cooldown, from: movement.joggingSince ?? usual, at: time,
            evidence: evidence, confidence: movement.joggingSince == nil ? 0.5 : 0.8, emit: emit)
    }

    private var kindOfMoving: PhaseKind {
        if bouts == 0 { return wasSteadyBefore ? .steady : .warmup }
        return wasSteadyBefore && bouts == 1 ? .steady : .cooldown
    }
}
