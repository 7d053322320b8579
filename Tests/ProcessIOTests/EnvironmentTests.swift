// SPDX-License-Identifier: GPL-3.0-or-later
import Report
import Testing

@testable import ProcessIO

@Suite struct EnvironmentTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var variables: [String: String]
        var isTerminal = true
        var columns: Int?
        var expected: TextStyle
        var testDescription: String { "\(variables) terminal: \(isTerminal)" }
    }

    static let cases: [Case] = [
        Case(
            variables: ["TERM": "xterm-256color", "LANG": "en_GB.UTF-8"], columns: 132,
            expected: TextStyle(width: 132, color: .ansi256, unicode: true)),
        Case(
            variables: ["TERM": "xterm", "LANG": "C.utf8"],
            expected: TextStyle(width: 80, color: .ansi16, unicode: true)),
        Case(
            variables: ["TERM": "xterm", "COLORTERM": "truecolor"],
            expected: TextStyle(width: 80, color: .ansi256, unicode: false)),
        Case(
            variables: ["TERM": "dumb", "COLUMNS": "60"], columns: 132,
            expected: TextStyle(width: 60, color: .none, unicode: false)),
        Case(
            variables: ["TERM": "xterm", "NO_COLOR": "1", "LC_ALL": "C", "LANG": "en_GB.UTF-8"],
            expected: TextStyle(width: 80, color: .none, unicode: false)),
        // An empty NO_COLOR is none, and an empty LC_ALL leaves the word to LC_CTYPE.
        Case(
            variables: ["TERM": "xterm", "NO_COLOR": "", "LC_ALL": "", "LC_CTYPE": "de_DE.utf-8", "LANG": "C"],
            expected: TextStyle(width: 80, color: .ansi16, unicode: true)),
        Case(
            variables: ["TERM": "xterm"], isTerminal: false,
            expected: TextStyle(width: 80, color: .none, unicode: false)),
        Case(
            variables: ["TERM": "xterm", "CLICOLOR_FORCE": "1"], isTerminal: false,
            expected: TextStyle(width: 80, color: .ansi16, unicode: false)),
        Case(
            variables: ["COLUMNS": "wide"], columns: 100, expected: TextStyle(width: 100, color: .none, unicode: false)),
        Case(variables: ["COLUMNS": "-3"], expected: TextStyle(width: 80, color: .none, unicode: false)),
    ]

    @Test(arguments: cases) func decidesHowToWrite(_ test: Case) {
        let style = Environment(test.variables).style(isTerminal: test.isTerminal, terminalColumns: test.columns)
        #expect(style == test.expected)
    }
}
