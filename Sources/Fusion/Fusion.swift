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

    private(set) var keys: SensorKeys
    /// By the same index.
    var slots: [SensorSlot] = []
    /// Apart from the slots: they are large, and most samples are no intervals.
    private var histories: [IntervalHistory] = []
    /// By sensors' keys; also of some that have not measured anything yet.
    var identities: [UInt64: DeviceIdentity] = [:]
    var stream: FusedStream

    /// Silences of used sensors that ended, oldest first by their end.
    package var gaps: [SensorGap] { stream.gaps }

    package var counters: FusionCounters {
        var counters = stream.counted
        counters.duplicateIntervals = stream.stitch.duplicates
        return counters
    }

    package init(configuration: FusionConfiguration = FusionConfiguration()) {
        stream = FusedStream(configuration: configuration)
        keys = SensorKeys(capacity: Self.sensorLimit)
        slots.reserveCapacity(Self.sensorLimit)
        histories.reserveCapacity(Self.sensorLimit)
        // The athlete's own have their places before any stranger can take them.
        for id in configuration.sensors.prefix(Self.sensorLimit)
        where !keys.all.contains(SensorState.key(id)) {
            add(id, owned: true)
        }
    }

    mutating func add(_ id: SensorID, owned: Bool) {
        keys.append(SensorState.key(id))
        slots.append(
            SensorSlot(id: id, owned: owned, rank: slots.count, configuration: stream.configuration))
        histories.append(IntervalHistory())
        if !identities.isEmpty { identify(slots.count - 1) }
    }

    @inline(__always)
    private mutating func find(_ id: SensorID) -> Int? {
        let key = SensorState.key(id)
        return keys.findAgain(key) ?? search(key, id)
    }

    @inline(never)
    private mutating func search(_ key: UInt64, _ id: SensorID) -> Int? {
        if let known = keys.search(key) { return known }
        guard keys.count < Self.sensorLimit else { return nil }
        add(id, owned: false)
        return keys.search(key)
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
        if take(sample, emitInterval) { emit(stream.fused) }
    }

    /// As ``ingest(_:emit:emitInterval:)``, for those who need no beat intervals.
    package mutating func ingest(_ sample: Sample, emit: (FusedSample) -> Void) {
        if take(sample, { _, _ in }) { emit(stream.fused) }
    }

    /// As ``ingest(_:emit:emitInterval:)``, for those who change other things with it than a closure may.
    ///
    /// - Returns: the athlete's state, if the sample changed it. It is not a property: to read one of a value that another module declares may
    ///   copy the whole value.
    package mutating func update(
        with sample: Sample, emitInterval: (Timestamp, RRInterval) -> Void
    ) -> FusedSample? {
        take(sample, emitInterval) ? stream.fused : nil
    }

    /// As ``update(with:emitInterval:)`` for each of many samples.
    package mutating func update(with samples: Span<Sample>, into block: inout FusedBlock) {
        block.begin(of: samples.count)
        var next = 0
        while true {
            next = Self.takeAgain(samples, from: next, &keys, &slots, &histories, &stream, &block)
            guard next < samples.count else { return }
            // Another sensor than the last two, or a new one: then it gets a place, and all may move.
            let changed = take(samples[next]) { block.append($1, at: $0) }
            if changed { block.append(stream.fused) }
            next += 1
        }
    }

    /// Takes samples for as long as they are of the two sensors that spoke last. Static, as below.
    ///
    /// - Returns: the place of the first that is not, or the count of all.
    private static func takeAgain(
        _ samples: Span<Sample>, from first: Int, _ keys: inout SensorKeys, _ slots: inout [SensorSlot],
        _ histories: inout [IntervalHistory], _ stream: inout FusedStream, _ block: inout FusedBlock
    ) -> Int {
        // Once for all of them: whether the arrays are shared, and where they lie.
        var slots = slots.mutableSpan
        var histories = histories.mutableSpan
        return block.extend { fused, count, intervals in
            for place in first..<samples.count {
                let sample = samples[place]
                guard let index = keys.findAgain(SensorState.key(sample.sensor)) else { return place }
                stream.advance(to: sample.time)
                let changed = take(sample, from: index, &slots, &histories, &stream) { time, interval in
                    intervals.append(FusedBlock.Interval(interval: interval, time: time, samplesBefore: count))
                }
                guard changed else { continue }
                fused[count] = stream.fused
                count += 1
            }
            return samples.count
        }
    }

    /// - Returns: whether the sample changed the athlete's state.
    @inline(__always)
    mutating func take(_ sample: Sample, _ emitInterval: (Timestamp, RRInterval) -> Void) -> Bool {
        stream.advance(to: sample.time)
        guard let index = find(sample.sensor) else {
            stream.counted.beyondLimit &+= 1
            return false
        }
        return Self.take(sample, from: index, &slots, &histories, &stream, emitInterval)
    }

    @inline(__always)
    private static func take(
        _ sample: Sample, from index: Int, _ slots: inout [SensorSlot], _ histories: inout [IntervalHistory],
        _ stream: inout FusedStream, _ emitInterval: (Timestamp, RRInterval) -> Void
    ) -> Bool {
        var slots = slots.mutableSpan
        var histories = histories.mutableSpan
        return take(sample, from: index, &slots, &histories, &stream, emitInterval)
    }

    /// Static: the sensors are changed where they lie, without asking at each step whether the array is shared, while
    /// the stream is changed too.
    @inline(__always)
    private static func take(
        _ sample: Sample, from index: Int, _ slots: inout MutableSpan<SensorSlot>,
        _ histories: inout MutableSpan<IntervalHistory>, _ stream: inout FusedStream,
        _ emitInterval: (Timestamp, RRInterval) -> Void
    ) -> Bool {
        slots[index].state.see(at: stream.latest)
        switch sample.reading {
        case .heartRate(let reading): return stream.take(reading, from: index, &slots)
        case .stride(let reading): return stream.take(reading, from: index, &slots)
        case .rrInterval(let interval): stream.take(interval, from: index, &slots, &histories, emitInterval)
        case .battery(let percent): slots[index].state.battery = min(percent, 100)
        }
        return false
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
            for (index, slot) in slots.enumerated() {
                let state = slot.state
                guard let firstSeen = state.firstSeen else { continue }
                guard slot.lives[presence].heard || isOnly(kind, index) else { continue }
                seen.append(
                    SeenSensor(
                        id: state.id, kind: kind, used: state.owns(kind), battery: state.battery,
                        cadence: kind == .footpod ? slot.cadence.finding : nil,
                        sameAs: state.owns(kind) ? state.sameAs.map { slots[$0].state.id } : nil,
                        firstSeen: Timestamp(nanoseconds: firstSeen),
                        lastSeen: Timestamp(nanoseconds: state.lastSeen)))
            }
        }
        return seen.filter(\.used) + seen.filter { !$0.used }
    }

    /// The used sensors that have been silent for too long at `end`, which should be the recording's end.
    package func openGaps(at end: Timestamp) -> [SensorGap] {
        var open: [SensorGap] = []
        for slot in slots {
            for channel in [Channel.heartRatePresence, .stridePresence] {
                let live = slot.lives[channel]
                guard slot.state.owns(channel.kind), live.heard,
                    end.nanoseconds &- live.last > max(stream.gapTime, live.freshness)
                else { continue }
                open.append(
                    SensorGap(
                        sensor: slot.state.id, kind: channel.kind,
                        start: Timestamp(nanoseconds: live.last), end: end))
            }
        }
        return open
    }

    /// Whether the sensor, which gave no reading of any kind yet, can only measure this.
    private func isOnly(_ kind: SensorKind, _ index: Int) -> Bool {
        guard !slots[index].lives[.heartRatePresence].heard,
            !slots[index].lives[.stridePresence].heard
        else { return false }
        if let only = slots[index].state.id.kind { return only == kind }
        return histories[index].total > 0 && kind == .heartRate
    }
}
