// SPDX-License-Identifier: GPL-3.0-or-later
@testable import BluetoothCentral
import TestSupport
import Testing

@Suite struct ATTResponderTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: String
        /// `nil`: no answer.
        var answer: String?
    }

    /// Errors: 01, the request, its handle, the code (Core 5.4, Vol 3 Part F, 3.4.1.1).
    static let vectors = [
        Vector(testDescription: "MTU", request: "02 1700", answer: "03f700"),
        Vector(testDescription: "MTU, a byte too many", request: "02 1700 00", answer: "0102000004"),
        Vector(testDescription: "Find Information", request: "04 0100 FFFF", answer: "010401000a"),
        Vector(testDescription: "Find Information from 0", request: "04 0000 FFFF", answer: "0104000001"),
        Vector(testDescription: "Find Information backwards", request: "04 0500 0400", answer: "0104050001"),
        Vector(testDescription: "Find Information, cut short", request: "04 0500 04", answer: "0104000004"),
        Vector(
            testDescription: "Find By Type Value", request: "06 0100 FFFF 0028 0D18", answer: "010601000a"),
        Vector(
            testDescription: "Find By Type Value of nothing", request: "06 0100 FFFF 0028", answer: "010601000a"),
        Vector(testDescription: "Find By Type Value, cut short", request: "06 0100 FFFF 00", answer: "0106000004"),
        Vector(testDescription: "the device's name", request: "08 0100 FFFF 002A", answer: "010801000a"),
        Vector(
            testDescription: "Read By Type, 128 bits",
            request: "08 0100 FFFF 000102030405060708090A0B0C0D0E0F", answer: "010801000a"),
        Vector(testDescription: "Read By Type, odd type", request: "08 0100 FFFF 000102", answer: "0108000004"),
        Vector(testDescription: "Read By Type from 0", request: "08 0000 FFFF 002A", answer: "0108000001"),
        Vector(testDescription: "primary services", request: "10 0100 FFFF 0028", answer: "011001000a"),
        Vector(testDescription: "secondary services", request: "10 0100 FFFF 0128", answer: "011001000a"),
        Vector(testDescription: "characteristics are no groups", request: "10 0100 FFFF 0328", answer: "0110010010"),
        Vector(testDescription: "Read", request: "0A 2A00", answer: "010a2a0001"),
        Vector(testDescription: "Read, cut short", request: "0A 2A", answer: "010a000004"),
        Vector(testDescription: "Read Blob", request: "0C 2A00 1600", answer: "010c2a0001"),
        Vector(testDescription: "Read Multiple", request: "0E 0100 0200", answer: "010e010001"),
        Vector(testDescription: "Read Multiple of one and a half", request: "0E 0100 02", answer: "010e000004"),
        Vector(testDescription: "Read Multiple Variable", request: "20 0100 0200", answer: "0120010001"),
        Vector(testDescription: "Write", request: "12 0100 FF", answer: "0112010001"),
        Vector(testDescription: "Prepare Write", request: "16 0100 0000 FF", answer: "0116010001"),
        Vector(testDescription: "Execute Write of nothing", request: "18 01", answer: "19"),
        Vector(testDescription: "Execute Write, reserved flag", request: "18 02", answer: "0118000004"),
        Vector(testDescription: "Write Command", request: "52 0100 FF", answer: nil),
        Vector(testDescription: "Signed Write Command", request: "D2 0100 FF", answer: nil),
        Vector(testDescription: "unknown request", request: "25 0100", answer: "0125000006"),
        Vector(testDescription: "unknown command", request: "65 0100", answer: nil),
    ]

    @Test(arguments: vectors) func answersAsTheProtocolWants(_ vector: Vector) {
        let request = bytes(vector.request)
        let answer = ATTResponder.answer(to: request.span, ownMTU: 247)
        #expect(answer.map { hex($0) } == vector.answer)
    }

    @Test func everyPrefixIsAnsweredOrPassedOver() {
        for vector in Self.vectors {
            let request = bytes(vector.request)
            for count in 1...request.count {
                let answer = ATTResponder.answer(to: request.span.extracting(first: count), ownMTU: 247)
                #expect(answer?.count ?? 0 <= 5)
            }
        }
    }
}
