// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// One sensor, as far as the daemon knows it.
package struct SensorStatus: Equatable, Sendable {
    package enum Transport: String, Sendable, CaseIterable {
        case ant
        case bluetooth = "ble"
    }

    package enum State: String, Sendable, CaseIterable {
        /// Heard in the last seconds.
        case connected
        /// Somebody's, and not heard since the daemon started.
        case searching
        /// Heard once, and silent now.
        case lost
    }

    /// `ant:120:16815`, `ble:C4:12:F5:00:A0:01`.
    package var id: String
    /// `heart_rate` or `footpod`; `nil` when neither is known.
    package var kind: String?
    /// As it calls itself.
    package var name: String?
    /// Whose it is.
    package var athlete: String?
    package var transport: Transport
    package var state: State
    /// dBm, as last heard.
    package var signal: Int?
    /// Charge left, 0...100.
    package var battery: Int?
    /// In the sensor's own words: `new`, `good`, `ok`, `low` or `critical`.
    package var batteryState: String?
    /// Seconds since it was heard.
    package var silence: Double?

    package init(id: String, transport: Transport, state: State) {
        self.id = id
        self.transport = transport
        self.state = state
    }

    func writeMembers(to object: inout JSONWriter) {
        object.text("id", id)
        object.text("kind", kind)
        object.text("name", name)
        object.text("athlete", athlete)
        object.text("transport", transport.rawValue)
        object.text("state", state.rawValue)
        object.integer("signal_dbm", signal)
        object.integer("battery_percent", battery)
        object.text("battery", batteryState)
        object.seconds("last_s", silence)
    }

    init(_ fields: Fields) throws(SocketFault) {
        id = try fields.text("id")
        kind = try fields.optionalText("kind")
        name = try fields.optionalText("name")
        athlete = try fields.optionalText("athlete")
        transport = try fields.choice("transport")
        state = try fields.choice("state")
        signal = try fields.optionalInteger("signal_dbm")
        battery = try fields.optionalInteger("battery_percent")
        batteryState = try fields.optionalText("battery")
        silence = try fields.optionalNumber("last_s")
    }
}
