// SPDX-License-Identifier: GPL-3.0-or-later

/// What is known about one channel of one stick.
struct ANTChannel: Sendable, BitwiseCopyable {
    /// As the host set it or the stick reported it.
    var assigned: ANTChannelID?
    /// As extended data named it.
    var heard: ANTChannelID?
    /// Whether several sensors answer on it (scan mode): then a message without extended data has no known sender.
    var isShared = false
    /// In 1/32768 s; 0 when unknown.
    var period: UInt16 = 0
    /// Where the sensor last heard lies in the sensor table.
    var slot: Int?
    /// ``ANTMessage/senderSignature`` of the broadcast that was traced to `slot`: one that has the same comes from there too. 0 when
    /// something changed since.
    var signature: UInt64 = 0

    init() {}

    /// Between the messages of its one sensor, in 1/32768 s; 0 when unknown, or when there are several sensors.
    var pagePeriod: UInt16 { isShared ? 0 : period }

    mutating func hear(_ id: ANTChannelID) {
        signature = 0
        guard !isShared else { return }
        if let heard, heard != id { isShared = true }
        heard = id
    }

    /// Who sends on this channel. A device type that nobody told is inferred from the message period, which ANT+ gives
    /// each profile for itself; hosts may listen to every second or fourth message.
    ///
    /// - Returns: `nil` when even the type is unknown.
    var sender: ANTChannelID? {
        guard !isShared else { return nil }
        var id = heard ?? assigned ?? ANTChannelID(deviceNumber: 0, deviceType: 0, transmissionType: 0)
        if id.deviceType == 0 {
            let period = UInt32(period)
            let profile = KnownSensor.profile { profile in
                let own = UInt32(profile.period)
                return period == own || period == 2 * own || period == 4 * own
            }
            guard let profile else { return nil }
            id.deviceType = profile.deviceType
        }
        return id
    }
}
