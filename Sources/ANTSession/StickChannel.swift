// SPDX-License-Identifier: GPL-3.0-or-later
package import ANT
package import Measurement

/// One channel of a stick, as its host knows it.
package struct StickChannel: Equatable, Sendable {
    package enum State: Equatable, Sendable, BitwiseCopyable {
        case unopened
        case searching
        case tracking
        /// Its search ended without a find; it is opened again at this time.
        case closed(reopenAt: Timestamp)
    }

    /// Device type 0 and number 0 for a scan.
    package let wanted: SensorID
    package internal(set) var state = State.unopened
    /// Who was heard on a channel for any sensor: it stays with that one.
    package internal(set) var found: ANTChannelID?

    init(wanted: SensorID) {
        self.wanted = wanted
    }

    var isOpen: Bool {
        switch state {
        case .searching, .tracking: true
        case .unopened, .closed: false
        }
    }

    private var wantedParts: (type: UInt8, number: UInt32) {
        switch wanted {
        case .ant(let type, let number): (type, number)
        case .bluetooth, .bluetoothConnection, .file: (0, 0)
        }
    }

    /// What the stick listens for. The transmission type stays open until the sensor was heard; then it is the sensor's own, whose upper
    /// half belongs to its number.
    var channelID: ANTChannelID {
        if let found { return found }
        let (type, number) = wantedParts
        return ANTChannelID(deviceNumber: UInt16(truncatingIfNeeded: number), deviceType: type, transmissionType: 0)
    }

    /// In 1/32768 s; a kind that is not known gets the shortest of those that are.
    var period: UInt16 {
        let type = wantedParts.type
        return KnownSensor.profile { $0.deviceType == type }?.period ?? HeartRateMonitor.profile.period
    }

    /// Whether a message of this sender belongs here. The channel itself tells only 16 of the 20 bits apart.
    func accepts(_ id: ANTChannelID) -> Bool {
        let (type, number) = wantedParts
        if type != 0, id.deviceType != type { return false }
        if number != 0 { return id.number == number || id.number == 0 }
        guard let found else { return true }
        return found.number == id.number || wantedParts.type == 0
    }
}
