// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

// What sensors say of who they are: names choose them, and serial numbers tell the two radios of one device.
//
// Harm is impossible where it is not sure. A name that carries an ANT number only lowers what the beats have to show; the same serial
// number proves, unless two sensors of a radio tell it, and then it proves nothing.
extension Fusion {
    /// Identities that are kept; those of further sensors are not.
    static let identityLimit = 256

    /// A sensor has told who it is. It counts from the next sample on.
    ///
    /// - Parameter identity: all that it has told so far.
    package mutating func identify(_ id: SensorID, as identity: DeviceIdentity) {
        let key = SensorState.key(id)
        guard identities[key] != nil || identities.count < Self.identityLimit else { return }
        identities[key] = identity
        if let index = keys.all.firstIndex(of: key) { return identify(index) }
        // Others get their place when they measure something.
        if chosenName(identity) != nil, slots.count < Self.sensorLimit { add(id, owned: true) }
    }

    private func chosenName(_ identity: DeviceIdentity) -> Int? {
        guard let name = identity.name else { return nil }
        return stream.configuration.names.firstIndex { $0.matches(name) }
    }

    /// Draws the conclusions from what the sensor in a place and all others have told.
    mutating func identify(_ index: Int) {
        guard let identity = identities[keys.all[index]] else { return }
        if let position = chosenName(identity), !stream.configuration.sensors.contains(slots[index].state.id) {
            slots[index].state.ownsHeartRate = true
            slots[index].state.ownsStride = true
            slots[index].state.rank = stream.configuration.sensors.count &+ position
        }
        switch slots[index].state.radio {
        case .none: break
        case .ant:
            for other in slots.indices where slots[other].state.radio == .bluetooth {
                compare(ant: index, bluetooth: other)
            }
        case .bluetooth:
            for other in slots.indices where slots[other].state.radio == .ant {
                compare(ant: other, bluetooth: index)
            }
        }
    }

    private mutating func compare(ant: Int, bluetooth: Int) {
        guard case .ant(let deviceType, let number) = slots[ant].state.id, let told = identities[keys.all[bluetooth]]
        else { return }
        if told.nameCarries(antNumber: number) { slots[bluetooth].state.hinted = ant }
        guard slots[ant].state.proven == nil, let identity = identities[keys.all[ant]], identity.isSurely(told),
            isOnlyOne(telling: identity, bluetooth), !hasTwin(ofType: deviceType, bluetooth)
        else { return }
        slots[ant].state.proven = bluetooth
        // The athlete's list has both; else the sensor is taken in with its next value.
        guard stream.isBound, slots[ant].state.ownsHeartRate, slots[bluetooth].state.ownsHeartRate,
            slots[ant].state.sameAs == nil, slots[bluetooth].state.sameAs == nil
        else { return }
        if slots[ant].state.rank < slots[bluetooth].state.rank {
            slots[bluetooth].state.sameAs = ant
        } else {
            slots[ant].state.sameAs = bluetooth
        }
    }

    /// Whether no other Bluetooth sensor tells this serial number.
    private func isOnlyOne(telling identity: DeviceIdentity, _ bluetooth: Int) -> Bool {
        !slots.indices.contains { other in
            other != bluetooth && slots[other].state.radio == .bluetooth
                && (identities[keys.all[other]]?.isSurely(identity) ?? false)
        }
    }

    /// Whether another ANT sensor of this kind is the Bluetooth one already. One of another kind may be the same device.
    private func hasTwin(ofType type: UInt8, _ bluetooth: Int) -> Bool {
        slots.contains { slot in
            if case .ant(type, _) = slot.state.id { slot.state.proven == bluetooth } else { false }
        }
    }
}
