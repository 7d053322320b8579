// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// What fusion computes with, apart from the table of sensors: one changes while the other is changed in place.
struct FusedStream {
    let configuration: FusionConfiguration
    let isBound: Bool
    let holdTime: Int64
    let gapTime: Int64

    /// The source of each value, by ``Channel``.
    private var sources = InlineArray<5, Int?>(repeating: nil)
    /// What an unbound athlete's sensor of each kind is.
    private var adoptedHeartRate: Int?
    private var adoptedStride: Int?
    private var now = Int64.min
    /// The newest sample's time, in nanoseconds.
    var latest: Int64 { now }

    private(set) var fused = FusedSample(time: .zero)
    private var heartRateUntil = Int64.min
    private var speedUntil = Int64.min
    private var cadenceUntil = Int64.min
    private var heartRateGate: HeartRateGate
    private var speedGate = SpeedGate()
    private var total = DistanceTotal()
    private(set) var stitch = IntervalStitch()

    private(set) var gaps: [SensorGap] = []
    var counted = FusionCounters()

    init(configuration: FusionConfiguration) {
        self.configuration = configuration
        isBound = !configuration.sensors.isEmpty || !configuration.names.isEmpty
        holdTime = SensorState.nanoseconds(configuration.holdTime)
        gapTime = SensorState.nanoseconds(configuration.gapTime)
        heartRateGate = HeartRateGate(maximum: configuration.maximumHeartRate)
        gaps.reserveCapacity(Fusion.gapLimit)
    }

    /// Time, as far as fusion knows, never falls.
    mutating func advance(to time: Timestamp) {
        counted.samples &+= 1
        if time.nanoseconds < now {
            counted.backwards &+= 1
        } else {
            now = time.nanoseconds
        }
    }
}

// MARK: - Readings

extension FusedStream {
    /// - Returns: whether it changed ``fused``.
    @inline(__always)
    mutating func take(
        _ reading: HeartRateReading, from index: Int, _ slots: inout MutableSpan<SensorSlot>
    ) -> Bool {
        notePresence(.heartRatePresence, of: index, &slots)
        var rate = reading.beatsPerMinute
        if let value = rate, !(value.isFinite && value > 0) {
            counted.unusable &+= 1
            rate = nil
        }
        let touches = reading.skinContact != false
        if rate != nil, touches, !slots[index].state.ownsHeartRate { adoptIfFirst(index, .heartRate, &slots) }
        guard slots[index].state.ownsHeartRate else {
            counted.foreign &+= 1
            return false
        }
        guard let rate, touches else {
            // Without a value or skin a strap holds its place, until another one takes it, but wins none.
            guard sources[Channel.heartRate.rawValue] ?? index == index else { return false }
            sources[Channel.heartRate.rawValue] = index
            fused.heartRate = rate
            fused.doubts.subtract([.heartRateArtefact, .noSkinContact])
            if rate != nil {
                heartRateUntil = now &+ slots[index].state.limits.lowest
                fused.doubts.insert(.noSkinContact)
                counted.withoutSkinContact &+= 1
            }
            return tell(rate == nil ? [] : .heartRate)
        }
        slots[index].hear(.heartRate, at: now)
        guard elect(.heartRate, index, &slots) else { return false }
        fused.heartRate = rate
        heartRateUntil = now &+ slots[index].lives[.heartRate].freshness
        fused.doubts.subtract([.heartRateArtefact, .noSkinContact])
        if heartRateGate.isArtefact(rate, at: now) {
            fused.doubts.insert(.heartRateArtefact)
            counted.heartRateArtefacts &+= 1
        }
        return tell(.heartRate)
    }

    /// - Returns: whether it changed ``fused``.
    @inline(__always)
    mutating func take(
        _ reading: StrideReading, from index: Int, _ slots: inout MutableSpan<SensorSlot>
    ) -> Bool {
        notePresence(.stridePresence, of: index, &slots)
        let speed = usable(reading.speed)
        let distance = usable(reading.distance)
        var cadence = reading.cadence
        if let value = cadence?.perMinute, !(value.isFinite && value >= 0) {
            counted.unusable &+= 1
            cadence = nil
        }
        guard speed != nil || distance != nil || cadence != nil else { return false }
        if !slots[index].state.ownsStride { adoptIfFirst(index, .footpod, &slots) }
        guard slots[index].state.ownsStride else {
            counted.foreign &+= 1
            return false
        }
        var updated: FusedSample.Fields = []
        var distanceAge: Float?
        if let distance, take(distance: distance, from: index, &slots) {
            updated.insert(.distance)
            distanceAge = reading.distanceAge
        }
        if let speed {
            slots[index].hear(.speed, at: now)
            if elect(.speed, index, &slots) {
                updated.insert(.speed)
                if take(speed: speed, from: index, &slots) { updated.insert(.distance) }
            }
        }
        if let cadence {
            slots[index].hear(.cadence, at: now)
            let known = speed ?? (now <= speedUntil ? fused.speed : nil)
            let read = slots[index].cadence.read(cadence, speed: known, at: now)
            if elect(.cadence, index, &slots), take(cadence: read, from: index, &slots) {
                updated.insert(.cadence)
            }
        }
        guard !updated.isEmpty else { return false }
        return tell(updated, distanceAge: distanceAge)
    }

    private mutating func usable(_ value: Double?) -> Double? {
        guard let value, !value.isFinite else { return value }
        counted.unusable &+= 1
        return nil
    }

    @inline(__always)
    private mutating func take(
        distance: Double, from index: Int, _ slots: inout MutableSpan<SensorSlot>
    ) -> Bool {
        slots[index].hear(.distance, at: now)
        let step = slots[index].track.read(distance, at: now, totalTime: total.time)
        guard elect(.distance, index, &slots) else { return false }
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
    @inline(__always)
    private mutating func take(
        speed: Double, from index: Int, _ slots: inout MutableSpan<SensorSlot>
    ) -> Bool {
        let freshness = slots[index].lives[.speed].freshness
        fused.speed = speed
        speedUntil = now &+ freshness
        fused.doubts.remove(.speedOutlier)
        guard !speedGate.isOutlier(speed, at: now) else {
            fused.doubts.insert(.speedOutlier)
            counted.speedOutliers &+= 1
            return false
        }
        var isMeasured = false
        if let source = sources[Channel.distance.rawValue] {
            isMeasured = slots[source].lives[.distance].isFresh(at: now)
        }
        return total.integrate(speed, at: now, longest: freshness, counts: !isMeasured)
    }

    /// - Returns: whether the cadence is known.
    @inline(__always)
    private mutating func take(
        cadence read: CadenceRule.Reading, from index: Int, _ slots: inout MutableSpan<SensorSlot>
    ) -> Bool {
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
        cadenceUntil = now &+ slots[index].lives[.cadence].freshness
        if let steps = fused.cadence, steps != 0, !(40...300).contains(steps) {
            fused.doubts.insert(.cadenceOutlier)
            counted.cadenceOutliers &+= 1
        }
        return true
    }

    @inline(__always)
    private mutating func tell(_ updated: FusedSample.Fields, distanceAge: Float? = nil) -> Bool {
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
        fused.knownDistanceAge = distanceAge ?? 0
        fused.note(.distanceAge, isKnown: distanceAge != nil)
        fused.time = Timestamp(nanoseconds: now)
        fused.updated = updated
        return true
    }
}

// MARK: - Beat intervals

extension FusedStream {
    mutating func take(
        _ interval: RRInterval, from index: Int, _ slots: inout MutableSpan<SensorSlot>,
        _ histories: inout MutableSpan<IntervalHistory>, _ emitInterval: (Timestamp, RRInterval) -> Void
    ) {
        guard interval.ticks > 0 else {
            counted.unusable &+= 1
            return
        }
        histories[index].append(interval, at: now)
        recognise(index, &slots, &histories)
        guard slots[index].state.ownsHeartRate else {
            counted.foreign &+= 1
            return
        }
        let wasSilent =
            slots[index].lives[.interval].heard
            && !slots[index].lives[.interval].isFresh(at: now)
        slots[index].hear(.interval, at: now)
        let former = sources[Channel.interval.rawValue]
        guard elect(.interval, index, &slots) else { return }
        let time = Timestamp(nanoseconds: now)
        if let former, former != index {
            stitch.change(to: histories[index], same: areOne(former, index, slots), at: now) {
                emitInterval(time, $0)
            }
        } else {
            stitch.pass(interval, wasSilent: wasSilent, at: now) { emitInterval(time, $0) }
        }
    }

    /// Whether two sensors are known to be radios of one device.
    private func areOne(_ one: Int, _ other: Int, _ slots: borrowing MutableSpan<SensorSlot>) -> Bool {
        (slots[one].state.sameAs ?? one) == (slots[other].state.sameAs ?? other)
    }

    /// Compares a sensor that just told a beat with the source of the intervals, if they may be one strap.
    private mutating func recognise(
        _ index: Int, _ slots: inout MutableSpan<SensorSlot>, _ histories: inout MutableSpan<IntervalHistory>
    ) {
        guard let source = sources[Channel.interval.rawValue], source != index,
            slots[index].state.sameAs == nil, slots[index].state.radio != slots[source].state.radio,
            slots[index].state.radio != .none, slots[source].state.radio != .none,
            isBound == slots[index].state.ownsHeartRate
        else { return }
        let device = slots[source].state.sameAs ?? source
        // Two chains must not point at each other: what others were recognised as stays the first.
        guard device != index, slots[index].recognition.isDue(), !isSettled(index, source, slots) else { return }
        let isHinted = slots[index].state.hinted == source || slots[source].state.hinted == index
        let agree = StrapRecognition.agree(histories[index], histories[source], isHinted: isHinted)
        guard slots[index].recognition.conclude(agree, isHinted: isHinted) else { return }
        slots[index].state.sameAs = device
        slots[index].state.ownsHeartRate = true
        if !isBound { slots[index].state.rank = Fusion.sensorLimit &+ index }
    }
}

// MARK: - Sensors

extension FusedStream {
    /// Notes that the sensor spoke, and the gap if it had been silent.
    @inline(__always)
    mutating func notePresence(
        _ channel: Channel, of index: Int, _ slots: inout MutableSpan<SensorSlot>
    ) {
        let live = slots[index].lives[channel]
        slots[index].hear(channel, at: now)
        guard live.heard, now &- live.last > max(gapTime, live.freshness),
            slots[index].state.owns(channel.kind)
        else { return }
        noteGap(channel, of: slots[index].state.id, since: live.last)
    }

    private mutating func noteGap(_ channel: Channel, of sensor: SensorID, since last: Int64) {
        guard gaps.count < Fusion.gapLimit else {
            counted.gapsNotKept &+= 1
            return
        }
        gaps.append(
            SensorGap(
                sensor: sensor, kind: channel.kind,
                start: Timestamp(nanoseconds: last), end: Timestamp(nanoseconds: now)))
    }

    /// Adopts a sensor that gave a valid value for an unbound athlete who has none of its kind.
    mutating func adoptIfFirst(
        _ index: Int, _ kind: SensorKind, _ slots: inout MutableSpan<SensorSlot>
    ) {
        guard !isBound else { return }
        switch kind {
        case .heartRate:
            if let adopted = adoptedHeartRate {
                guard join(index, adopted, &slots) else { return }
            } else {
                adoptedHeartRate = index
            }
            slots[index].state.ownsHeartRate = true
        case .footpod:
            if let adopted = adoptedStride {
                guard join(index, adopted, &slots) else { return }
            } else {
                adoptedStride = index
            }
            slots[index].state.ownsStride = true
        }
    }

    /// Takes a sensor in as another identity of an adopted one, if that is sure.
    private func join(_ index: Int, _ adopted: Int, _ slots: inout MutableSpan<SensorSlot>) -> Bool {
        let isProven = Self.isProven(index, adopted, slots)
        guard isProven || namesWildcard(index, adopted, slots) else { return false }
        slots[index].state.sameAs = slots[adopted].state.sameAs ?? adopted
        if isProven { slots[index].state.rank = Fusion.sensorLimit &+ index }
        return true
    }

    /// Whether two sensors tell the same serial number on two radios.
    private static func isProven(_ one: Int, _ other: Int, _ slots: borrowing MutableSpan<SensorSlot>) -> Bool {
        slots[one].state.proven == other || slots[other].state.proven == one
    }

    /// Whether it is known which sensor of the candidate's radio the source is, or the other way round: then no likeness of beats says more.
    private func isSettled(
        _ candidate: Int, _ source: Int, _ slots: borrowing MutableSpan<SensorSlot>
    ) -> Bool {
        slots.indices.contains { other in
            other != candidate && other != source
                && (slots[other].state.radio == slots[candidate].state.radio && Self.isProven(other, source, slots)
                    || slots[other].state.radio == slots[source].state.radio && Self.isProven(other, candidate, slots))
        }
    }

    /// Whether the sensor tells the number of an adopted ANT device that was heard without one.
    private func namesWildcard(
        _ index: Int, _ adopted: Int, _ slots: borrowing MutableSpan<SensorSlot>
    ) -> Bool {
        guard case .ant(let adoptedType, 0) = slots[adopted].state.id,
            case .ant(let type, _) = slots[index].state.id, type == adoptedType
        else { return false }
        return !slots.indices.contains { slots[$0].state.sameAs == adopted && slots[$0].state.radio == .ant }
    }

    /// Decides who is the source of a value, now that `speaker` has given it.
    ///
    /// Of beat intervals a preferred sensor has to be fresh for three times as long: until enough beats came to lay its
    /// series over the other radio's, a change would lose some.
    ///
    /// - Returns: whether it is the speaker.
    @inline(__always)
    mutating func elect(
        _ channel: Channel, _ speaker: Int, _ slots: inout MutableSpan<SensorSlot>
    ) -> Bool {
        sources[channel.rawValue] == speaker || isChosen(channel, speaker, &slots)
    }

    private mutating func isChosen(
        _ channel: Channel, _ speaker: Int, _ slots: inout MutableSpan<SensorSlot>
    ) -> Bool {
        guard let current = sources[channel.rawValue] else {
            sources[channel.rawValue] = speaker
            return true
        }
        guard slots[current].lives[channel].isFresh(at: now) else {
            var best = speaker
            for index in slots.indices
            where slots[index].state.owns(channel.kind) && slots[index].state.rank < slots[best].state.rank
                && slots[index].lives[channel].isFresh(at: now)
            {
                best = index
            }
            sources[channel.rawValue] = best
            counted.switches &+= 1
            return best == speaker
        }
        guard slots[speaker].state.rank < slots[current].state.rank,
            now &- slots[speaker].lives[channel].freshSince
                >= (channel == .interval ? holdTime &* 3 : holdTime)
        else { return false }
        sources[channel.rawValue] = speaker
        counted.switches &+= 1
        return true
    }
}
