// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import LiveCapture

@Suite struct MessageBoundaryTests {
    /// Sync, length 3, channel response, channel 0, code, value, checksum.
    private static let message: [UInt8] = [0xA4, 0x03, 0x40, 0x00, 0x42, 0x00, 0xA5]

    private static func judge(_ transfers: [[UInt8]]) -> [Bool] {
        var boundary = MessageBoundary()
        return transfers.map { boundary.take($0.span) }
    }

    @Test func wholeMessagesAreWhole() {
        #expect(Self.judge([Self.message, Self.message + Self.message, Self.message + [0, 0]]) == [true, true, true])
        #expect(Self.judge([[], [0, 0, 0]]) == [true, true])
    }

    @Test(arguments: 1..<7) func bothHalvesOfASplitMessageAreNot(_ cut: Int) {
        let message = Self.message
        let transfers = [Array(message[..<cut]), Array(message[cut...]), message]
        #expect(Self.judge(transfers) == [false, false, true])
        // A whole message before or after the half changes nothing.
        let joined = [message + message[..<cut], message[cut...] + message, message]
        #expect(Self.judge(joined) == [false, false, true])
    }

    @Test func threePartsAreThreeParts() {
        let message = Self.message
        #expect(
            Self.judge([[message[0]], Array(message[1..<4]), Array(message[4...]), message]) == [
                false, false, false, true,
            ])
    }

    @Test func whatIsOutOfStepIsJudgedAgainWithTheNextTransfer() {
        #expect(Self.judge([[0x17, 0x2A], Self.message]) == [false, true])
    }

    @Test func noBytesTrap() {
        var random = SeededGenerator(seed: 3)
        var boundary = MessageBoundary()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...70, using: &random)).map { _ in
                Bool.random(using: &random) ? 0xA4 : UInt8.random(in: 0...255, using: &random)
            }
            _ = boundary.take(bytes.span)
        }
    }
}
