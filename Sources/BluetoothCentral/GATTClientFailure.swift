// SPDX-License-Identifier: GPL-3.0-or-later
package import GATT

/// Why a connection is of no use. It is to be closed.
package enum GATTClientFailure: Error, Equatable, Sendable {
    /// No answer within 30 s.
    case timedOut(ATTOpcode)
    /// The peer has neither a heart rate nor a running speed and cadence service.
    case noMeasurement
    /// The service is there, but its measurement is not, or cannot be switched on.
    case notNotifying(GATTUUID)
    /// The peer refused to switch the measurement on.
    case refused(GATTUUID, ATTErrorCode)
    /// An answer that cannot be read, to a question that has to be answered.
    case malformed(ATTOpcode)
    /// The peer has kept discovery busy for longer than any sensor needs.
    case endless
}

extension GATTClientFailure: CustomStringConvertible {
    /// A clause that follows the sensor's name and a colon.
    package var description: String {
        switch self {
        case .timedOut(let opcode): "no answer to \(opcode.name) for 30 s"
        case .noMeasurement: "offers neither heart rate nor running speed and cadence"
        case .notNotifying(let uuid): "has no \(uuid.name ?? uuid.description) that can be switched on"
        case .refused(let uuid, let code): "refuses to send \(uuid.name ?? uuid.description): \(code)"
        case .malformed(let opcode): "sends an answer to \(opcode.name) that cannot be read"
        case .endless: "lists attributes without end"
        }
    }

    /// The peer wants a bond first.
    package var needsPairing: Bool {
        switch self {
        // Insufficient authentication, authorization, encryption key size, encryption.
        case .refused(_, let code): [0x05, 0x08, 0x0C, 0x0F].contains(code.rawValue)
        case .timedOut, .noMeasurement, .notNotifying, .malformed, .endless: false
        }
    }
}
