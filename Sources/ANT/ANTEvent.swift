// SPDX-License-Identifier: GPL-3.0-or-later

package import Measurement

/// One thing that ANT bytes told.
package enum ANTEvent: Equatable, Sendable, BitwiseCopyable {
    /// A whole message, the sensor it came from or is about, where that is known, and which way it went.
    case message(ANTMessage, sensor: SensorID?, fromStick: Bool)
    case sample(Sample)
    case bad(ANTFault)
    /// Messages that a sensor must have sent between two that arrived.
    case lostMessages(sensor: SensorID, count: UInt32, from: Timestamp, to: Timestamp)
    /// A sensor told something new about itself; the value holds all it told so far.
    case sensorInfo(SensorID, ANTSensorInfo)
}

/// What was wrong with bytes of a stick.
package enum ANTFault: UInt8, Error, Sendable, BitwiseCopyable {
    /// A frame's XOR did not hold.
    case checksum
    /// A sync byte was followed by an impossible length.
    case length
    /// A data message from a stick has fewer than 8 data bytes.
    case shortData
    /// A sensor was heard beyond ``ANTDecoder/sensorLimit``: its messages are passed on but not decoded further.
    case tooManySensors
    /// A stick was met beyond ``ANTDecoder/stickLimit``: its bytes are not read.
    case tooManySticks
}
