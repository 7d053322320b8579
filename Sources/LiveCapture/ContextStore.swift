// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
package import Transport

/// Frames from before a session that it cannot be decoded without: what devices are, how channels were set up, what a Bluetooth sensor said of
/// its characteristics. They are kept for as long as the program runs, and each new session begins with them.
///
/// Bounded: ``frameLimit`` frames of each device, the oldest forgotten first, and ``deviceLimit`` devices, the one that was quiet for
/// longest forgotten first: 6 MiB at most, and a few tens of KiB with the usual two or three. Those that only advertise have their own
/// places, so that passers-by displace no sensor.
package struct ContextStore: Sendable {
    package static let frameLimit = 256
    package static let deviceLimit = 64
    package static let advertisementLimit = 4

    /// Whose frame it is.
    package enum Key: Hashable, Sendable {
        /// A USB device's descriptors: bus × 256 + device. Apart from what is said to it, so that they are never displaced by that.
        case descriptor(UInt32)
        case stick(UInt32)
        case adapter(UInt16)
        case peer(SensorID)
        case advertiser(SensorID)

        fileprivate var isAdvertiser: Bool {
            switch self {
            case .advertiser: true
            case .descriptor, .stick, .adapter, .peer: false
            }
        }
    }

    private struct Frames: Sendable {
        var lastUse: UInt64 = 0
        var frames: [(sequence: UInt64, slot: FrameSlot)] = []
    }

    private var devices: [Key: Frames] = [:]
    private var sequence: UInt64 = 0

    package init() {}

    /// - Parameter restarts: whether the device forgets with this frame what it was told before.
    package mutating func keep(_ slot: FrameSlot, of key: Key, restarts: Bool = false) {
        sequence += 1
        if devices[key] == nil { makeRoom(for: key) }
        // In place: a copy of the frames would be made each time otherwise.
        devices[key, default: Frames()].lastUse = sequence
        if restarts { devices[key]?.frames.removeAll() }
        let limit = key.isAdvertiser ? Self.advertisementLimit : Self.frameLimit
        if let count = devices[key]?.frames.count, count >= limit { devices[key]?.frames.removeFirst() }
        devices[key]?.frames.append((sequence, slot))
    }

    private mutating func makeRoom(for key: Key) {
        let alike = devices.filter { $0.key.isAdvertiser == key.isAdvertiser }
        guard alike.count >= Self.deviceLimit, let oldest = alike.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return }
        devices[oldest.key] = nil
    }

    /// The frames in the order in which they came.
    ///
    /// - Parameter isWanted: asked for each device.
    package func frames(where isWanted: (Key) -> Bool) -> [FrameSlot] {
        devices.filter { isWanted($0.key) }.flatMap(\.value.frames).sorted { $0.sequence < $1.sequence }.map(\.slot)
    }
}
