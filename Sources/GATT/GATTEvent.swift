// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What a packet turned out to say.
package enum GATTEvent: Equatable, Sendable {
    case sample(Sample)
    /// One ATT PDU, whole. Sent only by a decoder made with `reportsPDUs`, before what follows from the PDU.
    indirect case pdu(ATTPDU)
    case connected(ConnectionID, DeviceAddress)
    /// `reason`: the controller's error code (0x08 time-out, 0x13 the peer ended it, 0x16 the host did); `nil` when the
    /// end was not reported but follows from a new connection or a reset.
    case disconnected(ConnectionID, SensorID, reason: UInt8?)
    /// All that is known of a device, sent again whenever something was added.
    indirect case sensorInfo(SensorID, SensorInformation)
    /// From here on values of this handle are read as this characteristic, because of their shape: the recording does
    /// not hold the discovery that would tell.
    case guessed(ConnectionID, SensorID, handle: UInt16, GATTUUID)
    indirect case bad(GATTFault)
}
