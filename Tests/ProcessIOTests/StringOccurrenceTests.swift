// SPDX-License-Identifier: GPL-3.0-or-later
import ProcessIO
import Testing

@Suite("Occurrence of a text in another")
struct StringOccurrenceTests {
    @Test(
        "found at the start, within and at the end",
        arguments: ["en_GB.utf-8", "utf-8", "utf-8@euro", "uutf-8", "utf-utf-8"])
    func found(_ text: String) {
        #expect(text.holds("utf-8"))
        #expect(text[...].holds("utf-8"))
    }

    @Test("not found", arguments: ["", "utf", "utf-7", "UTF-8", "utf--8", "tf-8"])
    func missing(_ text: String) {
        #expect(!text.holds("utf-8"))
    }

    @Test("the empty text occurs in every text")
    func empty() {
        #expect("".holds(""))
        #expect("a".holds(""))
    }
}
