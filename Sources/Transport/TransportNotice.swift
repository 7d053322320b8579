// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Something that happened to a device or a sensor, for people and for the session's journal. Its text travels beside it.
package struct TransportNotice: Equatable, Sendable, BitwiseCopyable {
    package enum Kind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
        /// A stick or an adapter is there, and is being prepared.
        case deviceArrived
        /// It receives.
        case deviceReady
        /// It is gone.
        case deviceLeft
        /// It is there, but cannot be used: held by another process, no permission, no answer. Tried again later.
        case deviceUnusable
        /// A sensor was heard for the first time since the start.
        case sensorFound
        /// A sensor that was heard is silent.
        case sensorLost
        /// A sensor that was lost is heard again.
        case sensorBack
        /// A sensor says that its battery is low.
        case batteryLow
        /// Anything else that a person should know.
        case remark
    }

    package var time: Timestamp
    package var kind: Kind
    /// Where the transport has several devices: USB bus × 256 + device, or the Bluetooth adapter's number.
    package var device: UInt32
    /// Of the four kinds that tell of a sensor.
    package var sensor: SensorID?

    package init(time: Timestamp, kind: Kind, device: UInt32 = 0, sensor: SensorID? = nil) {
        self.time = time
        self.kind = kind
        self.device = device
        self.sensor = sensor
    }
}
