// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import FileIO

@Suite struct ErrorNumberTests {
    @Test func everyErrorHasOnePlainLine() {
        for number in -1...200 as ClosedRange<Int32> {
            for text in [ErrorNumber(number).text, ErrorNumber(number).systemText] {
                #expect(!text.isEmpty)
                #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
            }
        }
    }

    @Test func whatCanBeMendedIsSaidInOurWords() {
        #expect(ErrorNumber.noSuchFile.text == "no such file or directory")
        #expect(ErrorNumber.permissionDenied.text == ErrorNumber.notPermitted.text)
    }
}
