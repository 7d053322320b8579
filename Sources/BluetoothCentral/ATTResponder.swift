// SPDX-License-Identifier: GPL-3.0-or-later
import GATT

/// Answers a peer that asks for our attributes: there are none. Watches and some straps look for a host's own services, and one that
/// gets no answer ends the connection after 30 s.
///
/// Source: Core 5.4, Vol 3 Part F, 3.4.1.1 (error codes) and 3.4.2 to 3.4.6 (which of them fits which request).
enum ATTResponder {
    /// - Parameters:
    ///   - pdu: opcode first, not empty.
    ///   - ownMTU: what we can receive, in bytes.
    /// - Returns: the answer; `nil` for what wants none.
    static func answer(to pdu: Span<UInt8>, ownMTU: UInt16) -> [UInt8]? {
        let number = pdu[0]
        guard let opcode = ATTOpcode(rawValue: number) else {
            // Bit 6 marks commands, which are not answered (3.3.1).
            return number & 0x40 == 0 ? error(number, 0, requestNotSupported) : nil
        }
        switch opcode {
        case .exchangeMTURequest:
            guard pdu.count == 3 else { return error(number, 0, invalidPDU) }
            return [
                ATTOpcode.exchangeMTUResponse.rawValue, UInt8(truncatingIfNeeded: ownMTU),
                UInt8(truncatingIfNeeded: ownMTU >> 8),
            ]
        case .findInformationRequest:
            guard pdu.count == 5 else { return error(number, 0, invalidPDU) }
            return rangeError(pdu, attributeNotFound)
        case .findByTypeValueRequest:
            guard pdu.count >= 7 else { return error(number, 0, invalidPDU) }
            return rangeError(pdu, attributeNotFound)
        case .readByTypeRequest:
            guard pdu.count == 7 || pdu.count == 21 else { return error(number, 0, invalidPDU) }
            return rangeError(pdu, attributeNotFound)
        case .readByGroupTypeRequest:
            guard pdu.count == 7 || pdu.count == 21 else { return error(number, 0, invalidPDU) }
            // Only services group attributes (Vol 3 Part G, 2.5.3).
            let type = GATTUUID(littleEndian: pdu.extracting(droppingFirst: 5))?.short
            return rangeError(pdu, type == 0x2800 || type == 0x2801 ? attributeNotFound : unsupportedGroupType)
        case .readRequest:
            guard pdu.count == 3 else { return error(number, 0, invalidPDU) }
            return error(number, word(pdu, 1), invalidHandle)
        case .readBlobRequest:
            guard pdu.count == 5 else { return error(number, 0, invalidPDU) }
            return error(number, word(pdu, 1), invalidHandle)
        case .readMultipleRequest, .readMultipleVariableRequest:
            guard pdu.count >= 5, pdu.count % 2 == 1 else { return error(number, 0, invalidPDU) }
            return error(number, word(pdu, 1), invalidHandle)
        case .writeRequest:
            guard pdu.count >= 3 else { return error(number, 0, invalidPDU) }
            return error(number, word(pdu, 1), invalidHandle)
        case .prepareWriteRequest:
            guard pdu.count >= 5 else { return error(number, 0, invalidPDU) }
            return error(number, word(pdu, 1), invalidHandle)
        case .executeWriteRequest:
            guard pdu.count == 2, pdu[1] <= 1 else { return error(number, 0, invalidPDU) }
            // Nothing is ever prepared, and an empty queue is executed with success.
            return [ATTOpcode.executeWriteResponse.rawValue]
        case .errorResponse, .exchangeMTUResponse, .findInformationResponse, .findByTypeValueResponse,
            .readByTypeResponse, .readResponse, .readBlobResponse, .readMultipleResponse, .readByGroupTypeResponse,
            .writeResponse, .prepareWriteResponse, .executeWriteResponse, .handleValueNotification,
            .handleValueIndication, .handleValueConfirmation, .readMultipleVariableResponse,
            .multipleHandleValueNotification, .writeCommand, .signedWriteCommand:
            return nil
        }
    }

    private static let invalidHandle: UInt8 = 0x01
    private static let invalidPDU: UInt8 = 0x04
    private static let requestNotSupported: UInt8 = 0x06
    private static let attributeNotFound: UInt8 = 0x0A
    private static let unsupportedGroupType: UInt8 = 0x10

    private static func word(_ pdu: Span<UInt8>, _ offset: Int) -> UInt16 {
        UInt16(pdu[offset]) | UInt16(pdu[offset + 1]) << 8
    }

    private static func rangeError(_ pdu: Span<UInt8>, _ code: UInt8) -> [UInt8] {
        let first = word(pdu, 1)
        let isRange = first != 0 && first <= word(pdu, 3)
        return error(pdu[0], first, isRange ? code : invalidHandle)
    }

    private static func error(_ request: UInt8, _ handle: UInt16, _ code: UInt8) -> [UInt8] {
        [
            ATTOpcode.errorResponse.rawValue, request, UInt8(truncatingIfNeeded: handle),
            UInt8(truncatingIfNeeded: handle >> 8), code,
        ]
    }
}
