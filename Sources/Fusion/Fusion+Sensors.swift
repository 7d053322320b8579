// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Which sensors there are, whose they are, and which of them is the source of a value.
extension Fusion {
    mutating func find(_ id: SensorID) -> Int? {
        let key = SensorState.key(id)
        if lastFound < keys.count, keys[lastFound] == key { return lastFound }
        for index in keys.indices where keys[index] == key {
            lastFound = index
            return index
        }
        guard keys.count < Self.sensorLimit else { return nil }
        add(id, owned: false)
        lastFound = keys.count - 1
        return lastFound
    }

    mutating func add(_ id: SensorID, owned: Bool) {
        keys.append(SensorState.key(id))
        states.append(
            SensorState(id: id, owned: owned, rank: states.count, configuration: configuration))
        recognitions.append(StrapRecognition())
        histories.append(IntervalHistory())
        cadenceRules.append(
            CadenceRule(configured: configuration.cadenceConventions[id] ?? .unknown))
        distanceTracks.append(DistanceTrack())
        for _ in 0..<Channel.count { lives.append(Liveness()) }
    }

    func slot(_ channel: Channel, _ index: Int) -> Int {
        index &* Channel.count &+ channel.rawValue
    }

    func isFresh(_ channel: Channel, of index: Int) -> Bool {
        lives[slot(channel, index)].isFresh(at: now)
    }

    mutating func hear(_ channel: Channel, of index: Int) {
        lives[slot(channel, index)].hear(at: now, limits: states[index].limits)
    }

    /// Notes that the sensor spoke, and the gap if it had been silent.
    mutating func notePresence(_ channel: Channel, of index: Int) {
        let live = lives[slot(channel, index)]
        hear(channel, of: index)
        guard live.heard, now &- live.last > max(gapTime, live.freshness),
            states[index].owns(channel.kind)
        else { return }
        guard gaps.count < Self.gapLimit else {
            counted.gapsNotKept &+= 1
            return
        }
        gaps.append(
            SensorGap(
                sensor: states[index].id, kind: channel.kind,
                start: Timestamp(nanoseconds: live.last), end: Timestamp(nanoseconds: now)))
    }

    /// Adopts a sensor that gave a valid value for an unbound athlete who has none of its kind.
    mutating func adoptIfFirst(_ index: Int, _ kind: SensorKind) {
        guard !isBound else { return }
        switch kind {
        case .heartRate:
            if let adopted = adoptedHeartRate {
                guard namesWildcard(index, adopted) else { return }
                states[index].sameAs = adopted
            } else {
                adoptedHeartRate = index
            }
            states[index].ownsHeartRate = true
        case .footpod:
            if let adopted = adoptedStride {
                guard namesWildcard(index, adopted) else { return }
                states[index].sameAs = adopted
            } else {
                adoptedStride = index
            }
            states[index].ownsStride = true
        }
    }

    /// Whether the sensor tells the number of an adopted ANT device that was heard without one.
    private func namesWildcard(_ index: Int, _ adopted: Int) -> Bool {
        guard case .ant(let adoptedType, 0) = states[adopted].id,
            case .ant(let type, _) = states[index].id, type == adoptedType
        else { return false }
        return !states.contains { $0.sameAs == adopted && $0.radio == .ant }
    }

    /// Decides who is the source of a value, now that `speaker` has given it.
    ///
    /// Of beat intervals a preferred sensor has to be fresh for three times as long: until enough beats came to lay its
    /// series over the other radio's, a change would lose some.
    ///
    /// - Returns: whether it is the speaker.
    mutating func elect(_ channel: Channel, _ speaker: Int) -> Bool {
        guard let current = sources[channel.rawValue] else {
            sources[channel.rawValue] = speaker
            return true
        }
        if current == speaker { return true }
        guard isFresh(channel, of: current) else {
            var best = speaker
            for index in states.indices
            where states[index].owns(channel.kind) && states[index].rank < states[best].rank
                && isFresh(channel, of: index)
            {
                best = index
            }
            sources[channel.rawValue] = best
            counted.switches &+= 1
            return best == speaker
        }
        guard states[speaker].rank < states[current].rank,
            now &- lives[slot(channel, speaker)].freshSince
                >= (channel == .interval ? holdTime &* 3 : holdTime)
        else { return false }
        sources[channel.rawValue] = speaker
        counted.switches &+= 1
        return true
    }
}
