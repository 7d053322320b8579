// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import LiveView

@Suite struct LiveRepaintTests {
    @Test func onlyWhatDiffersIsSent() {
        var repaint = LiveRepaint()
        #expect(repaint.text(for: ["a", "", "c"]) == "\u{1B}[2J\u{1B}[1;1H\u{1B}[Ka\u{1B}[3;1H\u{1B}[Kc")
        #expect(repaint.text(for: ["a", "", "c"]).isEmpty)
        #expect(repaint.text(for: ["a", "b", ""]) == "\u{1B}[2;1H\u{1B}[Kb\u{1B}[3;1H\u{1B}[K")
        // Another size, and a screen that somebody else wrote on.
        #expect(repaint.text(for: ["a"]) == "\u{1B}[2J\u{1B}[1;1H\u{1B}[Ka")
        repaint.forget()
        #expect(repaint.text(for: ["a"]) == "\u{1B}[2J\u{1B}[1;1H\u{1B}[Ka")
    }
}
