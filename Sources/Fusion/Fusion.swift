// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Makes one athlete's stream out of the samples of many sensors.
///
/// Each value (heart rate, beat intervals, speed, cadence, distance) has one source at a time: the athlete's most
/// preferred sensor that gives it freshly. When the source goes stale the next takes over at once; a preferred sensor
/// that returns takes over again only after ``FusionConfiguration/holdTime``. Values are blanked when they go stale,
/// and marked, never altered, when they are doubtful.
///
/// Everything is causal and made of the samples alone: the same samples give the same stream. Memory is bounded by
/// ``sensorLimit`` and ``gapLimit``; taking a sample allocates nothing once its sensor is known.
package struct Fusion {
    /// Sensors that are told apart; samples of further ones are counted only.
    package static let sensorLimit = 64
    /// Gaps that are kept; further ones are counted only.
    package static let gapLimit = 256

    let isBound: Bool
    let configuration: FusionConfiguration
    let holdTime: Int64
    let gapTime: Int64

    var keys: [UInt64] = []
    var states: [SensorState] = []
    // Apart from the states, by the same index: a sample touches few of them, and a large element would be copied to be
    // read.
    var recognitions: [StrapRecognition] = []
    var histories: [IntervalHistory] = []
    var cadenceRules: [CadenceRule] = []
    var distanceTracks: [DistanceTrack] = []
    /// By ``slot(_:_:)``.
    var lives: [Liveness] = []
    var lastFound = 0
    /// The source of each value, by ``Channel``.
    var sources = InlineArray<5, Int?>(repeating: nil)
    /// What an unbound athlete's sensor of each kind is.
    var adoptedHeartRate: Int?
    var adoptedStride: Int?
    var now = Int64.min

    private var fused = FusedSample(time: .zero)
    private var heartRateUntil = Int64.min
    private var speedUntil = Int64.min
    private var cadenceUntil = Int64.min
    private var heartRateGate: HeartRateGate
    private var speedGate = SpeedGate()
    private var total = DistanceTotal()
    private var stitch = IntervalStitch()

    /// Silences of used sensors that ended, oldest first by their end.
    package internal(set) var gaps: [SensorGap] = []
    var counted = FusionCounters()

    package var counters: FusionCounters {
        var counters = counted
        counters.duplicateIntervals = stitch.duplicates
        return counters
    }

    package init(configuration: FusionConfiguration = FusionConfiguration()) {
        self.configuration = configuration
        isBound = !configuration.sensors.isEmpty
        holdTime = SensorState.nanoseconds(configuration.holdTime)
        gapTime = SensorState.nanoseconds(configuration.gapTime)
        heartRateGate = HeartRateGate(maximum: configuration.maximumHeartRate)
        keys.reserveCapacity(Self.sensorLimit)
        states.reserveCapacity(Self.sensorLimit)
        recognitions.reserveCapacity(Self.sensorLimit)
        histories.reserveCapacity(Self.sensorLimit)
        cadenceRules.reserveCapacity(Self.sensorLimit)
        distanceTracks.reserveCapacity(Self.sensorLimit)
        lives.reserveCapacity(Self.sensorLimit * Channel.count)
        gaps.reserveCapacity(Self.gapLimit)
        // The athlete's own have their places before any stranger can take them.
        for id in configuration.sensors.prefix(Self.sensorLimit)
        where !keys.contains(SensorState.key(id)) {
            add(id, owned: true)
        }
    }

    /// Takes the next sample.
    ///
    /// - Parameters:
    ///   - emit: is given the athlete's state, at most once, when the sample changed it. Times never decrease.
    ///   - emitInterval: is given the beat intervals that the sample brought to light, none twice; several when another
    ///     radio of a strap takes over and is ahead.
    package mutating func ingest(
        _ sample: Sample, emit: (FusedSample) -> Void,
        emitInterval: (Timestamp, RRInterval) -> Void
    ) {
        counted.samples &+= 1
        if sample.time.nanoseconds < now {
            counted.backwards &+= 1
        } else {
            now = sample.time.nanoseconds
        }
        guard let index = find(sample.sensor) else {
            counted.beyondLimit &+= 1
            return
        }
        if states[index].firstSeen == nil { states[index].firstSeen = now }
        states[index].lastSeen = now
        switch sample.reading {
        case .heartRate(let reading): take(reading, from: index, emit)
        case .rrInterval(let interval): take(interval, from: index, emitInterval)
        case .stride(let reading): take(reading, from: index, emit)
        case .battery(let percent): states[index].battery = min(percent, 100)
        }
    }

    /// As ``ingest(_:emit:emitInterval:)``, for those who need no beat intervals.
    package mutating func ingest(_ sample: Sample, emit: (FusedSample) -> Void) {
        ingest(sample, emit: emit, emitInterval: { _, _ in })
    }
}

// MARK: - Reports

extension Fusion {
    /// The sensors met so far, the athlete's own first.
    package var sensors: [SeenSensor] {
        var seen: [SeenSensor] = []
        for (kind, presence) in [
            (SensorKind.heartRate, Channel.heartRatePresence), (.footpod, .stridePresence),
        ] {
            for (index, state) in states.enumerated() {
                guard let firstSeen = state.firstSeen else { continue }
                guard lives[slot(presence, index)].heard || isOnly(kind, index) else { continue }
                seen.append(
                    SeenSensor(
                        id: state.id, kind: kind, used: state.owns(kind), battery: state.battery,
                        cadence: kind == .footpod ? cadenceRules[index].finding : nil,
                        sameAs: state.owns(kind) ? state.sameAs.map { states[$0].id } : nil,
                        firstSeen: Timestamp(nanoseconds: firstSeen),
                        lastSeen: Timestamp(nanoseconds: state.lastSeen)))
            }
        }
        return seen.filter(\.used) + seen.filter { !$0.used }
    }

    /// The used sensors that have been silent for too long at `end`, which should be the recording's end.
    package func openGaps(at end: Timestamp) -> [SensorGap] {
        var open: [SensorGap] = []
        for (index, state) in states.enumerated() {
            for channel in [Channel.heartRatePresence, .stridePresence] {
                let live = lives[slot(channel, index)]
                guard state.owns(channel.kind), live.heard,
                    end.nanoseconds &- live.last > max(gapTime, live.freshness)
                else { continue }
                open.append(
                    SensorGap(
                        sensor: state.id, kind: channel.kind,
                        start: Timestamp(nanoseconds: live.last), end: end))
            }
        }
        return open
    }

    /// Whether the sensor, which gave no reading of any kind yet, can only measure this.
    private func isOnly(_ kind: SensorKind, _ index: Int) -> Bool {
        guard !lives[slot(.heartRatePresence, index)].heard,
            !lives[slot(.stridePresence, index)].heard
        else { return false }
        switch states[index].id {
        case .ant(120, _): return kind == .heartRate
        case .ant(124, _): return kind == .footpod
        case .ant, .bluetooth, .bluetoothConnection:
            return histories[index].total > 0 && kind == .heartRate
        case .file(let column): return column == kind
        }
    }
}

// MARK: - Readings

extension Fusion {
    private mutating func take(
        _ reading: HeartRateReading, from index: Int, _ emit: (FusedSample) -> Void
    ) {
        notePresence(.heartRatePresence, of: index)
        var rate = reading.beatsPerMinute
        if let value = rate, !(value.isFinite && value > 0) {
            counted.unusable &+= 1
            rate = nil
        }
        let touches = reading.skinContact != false
        if rate != nil, touches, !states[index].ownsHeartRate { adoptIfFirst(index, .heartRate) }
        guard states[index].ownsHeartRate else {
            counted.foreign &+= 1
            return
        }
        guard let rate, touches else {
            // Without a value or skin a strap holds its place, until another one takes it, but wins none.
            guard sources[Channel.heartRate.rawValue] ?? index == index else { return }
            sources[Channel.heartRate.rawValue] = index
            fused.heartRate = rate
            fused.doubts.subtract([.heartRateArtefact, .noSkinContact])
            if rate != nil {
                heartRateUntil = now &+ states[index].limits.lowest
                fused.doubts.insert(.noSkinContact)
                counted.withoutSkinContact &+= 1
            }
            return tell(rate == nil ? [] : .heartRate, emit)
        }
        hear(.heartRate, of: index)
        guard elect(.heartRate, index) else { return }
        fused.heartRate = rate
        heartRateUntil = now &+ lives[slot(.heartRate, index)].freshness
        fused.doubts.subtract([.heartRateArtefact, .noSkinContact])
        if heartRateGate.isArtefact(rate, at: now) {
            fused.doubts.insert(.heartRateArtefact)
            counted.heartRateArtefacts &+= 1
        }
        tell(.heartRate, emit)
    }

    private mutating func take(
        _ reading: StrideReading, from index: Int, _ emit: (FusedSample) -> Void
    ) {
        notePresence(.stridePresence, of: index)
        let speed = usable(reading.speed)
        let distance = usable(reading.distance)
        var cadence = reading.cadence
        if let value = cadence?.perMinute, !(value.isFinite && value >= 0) {
            counted.unusable &+= 1
            cadence = nil
        }
        guard speed != nil || distance != nil || cadence != nil else { return }
        if !states[index].ownsStride { adoptIfFirst(index, .footpod) }
        guard states[index].ownsStride else {
            counted.foreign &+= 1
            return
        }
        var updated: FusedSample.Fields = []
        if let distance, take(distance: distance, from: index) { updated.insert(.distance) }
        if let speed {
            hear(.speed, of: index)
            if elect(.speed, index) {
                updated.insert(.speed)
                if take(speed: speed, from: index) { updated.insert(.distance) }
            }
        }
        if let cadence {
            hear(.cadence, of: index)
            let known = speed ?? (now <= speedUntil ? fused.speed : nil)
            let read = cadenceRules[index].read(cadence, speed: known, at: now)
            if elect(.cadence, index), take(cadence: read, from: index) {
                updated.insert(.cadence)
            }
        }
        guard !updated.isEmpty else { return }
        tell(updated, emit)
    }

    private mutating func usable(_ value: Double?) -> Double? {
        guard let value, !value.isFinite else { return value }
        counted.unusable &+= 1
        return nil
    }

    private mutating func take(distance: Double, from index: Int) -> Bool {
        hear(.distance, of: index)
        let step = distanceTracks[index].read(distance, at: now, totalTime: total.time)
        guard elect(.distance, index) else { return false }
        switch step {
        case .metres(let metres): total.add(metres, at: now)
        case .reset:
            counted.distanceResets &+= 1
            total.add(0, at: now)
        case .jump:
            counted.distanceJumps &+= 1
            total.add(0, at: now)
        }
        return true
    }

    /// - Returns: whether the distance grew with it.
    private mutating func take(speed: Double, from index: Int) -> Bool {
        let freshness = lives[slot(.speed, index)].freshness
        fused.speed = speed
        speedUntil = now &+ freshness
        fused.doubts.remove(.speedOutlier)
        guard !speedGate.isOutlier(speed, at: now) else {
            fused.doubts.insert(.speedOutlier)
            counted.speedOutliers &+= 1
            return false
        }
        let measured = sources[Channel.distance.rawValue].map {
            isFresh(.distance, of: $0)
        }
        return total.integrate(speed, at: now, longest: freshness, counts: measured != true)
    }

    /// - Returns: whether the cadence is known.
    private mutating func take(cadence read: CadenceRule.Reading, from index: Int) -> Bool {
        fused.doubts.remove(.cadenceOutlier)
        switch read {
        case .unknown:
            fused.cadence = nil
            return false
        case .steps(let steps): fused.cadence = steps
        case .contradicted(let steps):
            counted.cadenceContradictions &+= 1
            fused.cadence = steps
        }
        cadenceUntil = now &+ lives[slot(.cadence, index)].freshness
        if let steps = fused.cadence, steps != 0, !(40...300).contains(steps) {
            fused.doubts.insert(.cadenceOutlier)
            counted.cadenceOutliers &+= 1
        }
        return true
    }

    private mutating func tell(_ updated: FusedSample.Fields, _ emit: (FusedSample) -> Void) {
        if now > heartRateUntil, fused.heartRate != nil {
            fused.heartRate = nil
            fused.doubts.subtract([.heartRateArtefact, .noSkinContact])
        }
        if now > speedUntil, fused.speed != nil {
            fused.speed = nil
            fused.doubts.remove(.speedOutlier)
        }
        if now > cadenceUntil, fused.cadence != nil {
            fused.cadence = nil
            fused.doubts.remove(.cadenceOutlier)
        }
        fused.distance = total.begun ? total.metres : nil
        fused.time = Timestamp(nanoseconds: now)
        fused.updated = updated
        emit(fused)
    }
}

// MARK: - Beat intervals

extension Fusion {
    private mutating func take(
        _ interval: RRInterval, from index: Int,
        _ emitInterval: (Timestamp, RRInterval) -> Void
    ) {
        guard interval.ticks > 0 else {
            counted.unusable &+= 1
            return
        }
        histories[index].append(interval, at: now)
        recognise(index)
        guard states[index].ownsHeartRate else {
            counted.foreign &+= 1
            return
        }
        let wasSilent =
            lives[slot(.interval, index)].heard
            && !isFresh(.interval, of: index)
        hear(.interval, of: index)
        let former = sources[Channel.interval.rawValue]
        guard elect(.interval, index) else { return }
        let time = Timestamp(nanoseconds: now)
        if let former, former != index {
            stitch.change(to: histories[index], same: areOne(former, index), at: now) {
                emitInterval(time, $0)
            }
        } else {
            stitch.pass(interval, wasSilent: wasSilent, at: now) { emitInterval(time, $0) }
        }
    }

    /// Whether two sensors are known to be radios of one device.
    private func areOne(_ one: Int, _ other: Int) -> Bool {
        (states[one].sameAs ?? one) == (states[other].sameAs ?? other)
    }

    /// Compares a sensor that just told a beat with the source of the intervals, if they may be one strap.
    private mutating func recognise(_ index: Int) {
        guard let source = sources[Channel.interval.rawValue], source != index,
            states[index].sameAs == nil, states[index].radio != states[source].radio,
            states[index].radio != .none, states[source].radio != .none,
            isBound == states[index].ownsHeartRate
        else { return }
        let device = states[source].sameAs ?? source
        // Two chains must not point at each other: what others were recognised as stays the first.
        guard device != index, recognitions[index].isDue() else { return }
        let agree = StrapRecognition.agree(histories[index], histories[source])
        guard recognitions[index].conclude(agree) else { return }
        states[index].sameAs = device
        states[index].ownsHeartRate = true
        if !isBound { states[index].rank = Self.sensorLimit &+ index }
    }
}
