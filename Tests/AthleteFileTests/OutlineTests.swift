// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import AthleteFile

@Suite struct OutlineTests {
    private let text = """
        # comment = 1
        first = "a = b # no comment"
        list = [
            "x = 1", # y = 2
            [3],
        ]
        'quoted key' = 'it\\'
        after.dotted = { inline = 1, "other one" = [ {deeper = 2} ] }
          [table . "sub"]
            deep = +1.5e-3
        """

    @Test(arguments: [
        (["first"], 2, 1), (["list"], 3, 1), (["quoted key"], 7, 1), (["after", "dotted"], 8, 1), (["after"], 8, 1),
        (["after", "dotted", "inline"], 8, 18), (["after", "dotted", "other one"], 8, 30), (["table", "sub"], 9, 3),
        (["table"], 9, 3), (["table", "sub", "deep"], 10, 5),
        // The nearest that stands anywhere.
        (["first", "nothing"], 2, 1),
        // Not keys at all.
        (["comment"], 1, 1), (["x"], 1, 1), (["y"], 1, 1),
    ])
    func findsWhereAKeyStands(_ path: [String], _ line: Int, _ column: Int) throws {
        let position = try Outline(text).position(of: path)
        #expect(position.line == line)
        #expect(position.column == column)
    }

    @Test(arguments: [
        "1", "-0", "0.5", "+1e9", "1.5E-300", "inf", "-nan", "true", "999999999999999999", "[]", "{}", "''",
    ])
    func acceptsValue(_ value: String) throws {
        _ = try Outline("key = \(value)\r\n")
    }

    @Test(arguments: [
        "01", "1.", ".5", "1e", "1e9999", "0x10", "1_000", "1979-05-27", "07:32:00", "+", "--1", "infinity", "TRUE",
        "9999999999999999999", "[1", "[,]", "{,}", "{a=1,}", "{a=1\n}", "'a\nb'", "\"\\ud800\"", "\"\\u12\"",
        "\"\\u+123\"",
        "[[[[[[[[[1]]]]]]]]]",
    ])
    func refusesValue(_ value: String) {
        #expect(throws: AthleteFileError.self) { try Outline("key = \(value)") }
    }
}
