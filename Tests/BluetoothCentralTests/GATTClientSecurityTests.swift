// SPDX-License-Identifier: GPL-3.0-or-later
@testable import BluetoothCentral
import GATT
import Measurement
import TestSupport
import Testing

/// Sensors that want an encrypted link. The sixth exchange with ``Strap`` asks for its measurement to be switched on.
@Suite struct GATTClientSecurityTests {
    private static let question = Strap.exchanges[6].question
    /// Error Response to Write Request at handle 000B.
    private static let noEncryption = "01 12 0B00 0F"
    private static let noAuthentication = "01 12 0B00 05"
    private static let refusal = "refuses to send Heart Rate Measurement"

    @Test func asksForEncryptionAndThenAgain() {
        var dialogue = Strap.dialogue(after: 6)
        #expect(dialogue.hear(Self.noEncryption) == ["secure: encrypted"])
        #expect(dialogue.client.phase == .securing)
        #expect(dialogue.client.pairingFailure?.needsPairing == true)
        #expect(dialogue.secured() == ["> " + Self.question])
        #expect(dialogue.client.pairingFailure == nil)
        #expect(dialogue.hear(Strap.exchanges[6].answer) == ["ready", "> " + Strap.exchanges[7].question])
    }

    @Test func whereEncryptionIsNotEnoughAnAuthenticatedKeyIsAskedFor() {
        var dialogue = Strap.dialogue(after: 6)
        #expect(dialogue.hear(Self.noAuthentication) == ["secure: encrypted"])
        #expect(dialogue.secured() == ["> " + Self.question])
        #expect(dialogue.hear(Self.noAuthentication) == ["secure: authenticated"])
        #expect(dialogue.secured() == ["> " + Self.question])
        // There is nothing better.
        #expect(dialogue.hear(Self.noAuthentication).first?.hasPrefix(Self.refusal) == true)
        #expect(dialogue.client.phase == .failed)
    }

    @Test func askedForAgainUnderEncryptionItFails() {
        var dialogue = Strap.dialogue(after: 6)
        _ = dialogue.hear(Self.noEncryption)
        _ = dialogue.secured()
        #expect(dialogue.hear(Self.noEncryption).first?.hasPrefix(Self.refusal) == true)
    }

    @Test func withoutAKeyItFailsAndSaysWhatTheSensorSaid() {
        var dialogue = Strap.dialogue(after: 6)
        _ = dialogue.hear(Self.noEncryption)
        #expect(dialogue.cannotSecure().first?.hasPrefix(Self.refusal) == true)
        #expect(dialogue.client.phase == .failed)
    }

    @Test func nobodyIsWaitedForLongerThanPairingMayTake() {
        var dialogue = Strap.dialogue(after: 6)
        _ = dialogue.hear(Self.noEncryption)
        #expect(dialogue.client.deadline?.seconds == 30)
        #expect(dialogue.tick(at: 29.9) == [])
        #expect(dialogue.tick(at: 30).first?.hasPrefix(Self.refusal) == true)
        #expect(dialogue.client.deadline == nil)
    }

    /// Refusals that no key mends: authorization (08), write not permitted (03).
    @Test(arguments: ["01 12 0B00 08", "01 12 0B00 03"]) func otherRefusalsAreFinal(_ answer: String) {
        var dialogue = Strap.dialogue(after: 6)
        #expect(dialogue.hear(answer).first?.hasPrefix(Self.refusal) == true)
    }

    /// While the link is made safe the peer may say anything; its questions are answered, and late answers are nobody's.
    @Test func whatComesMeanwhileChangesNothing() {
        var dialogue = Strap.dialogue(after: 6)
        _ = dialogue.hear(Self.noEncryption)
        #expect(dialogue.hear("10 0100 FFFF 0028") == ["> 011001000a"])
        #expect(dialogue.hear("13") == [])
        #expect(dialogue.hear(Self.noEncryption) == [])
        #expect(dialogue.client.phase == .securing)
        #expect(dialogue.secured() == ["> " + Self.question])
    }

    @Test func onlyOneWhoWaitsIsAnswered() {
        var dialogue = Strap.dialogue(after: 8)
        #expect(dialogue.secured() == [])
        #expect(dialogue.cannotSecure() == [])
        // What is no measurement may refuse: the Battery's level goes unread by notification.
        var other = Strap.dialogue(after: 14)
        #expect(other.hear("01 12 1100 0F") == ["> " + Strap.exchanges[15].question])
    }
}
