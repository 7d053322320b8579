// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import AthleteFile

@Suite struct TOMLDocumentTests {
    private let text = """
        # comment = 1
        first = "a = b # no comment"
        list = [
            "x = 1", # y = 2
            [3],
        ]
        'quoted key' = 'it\\'
        after.dotted = { inline = 1, "other one" = true }
          [table . "sub"]
            deep = +1.5e-3
        """

    @Test func listsEveryKeyWithItsValueAndItsPlace() throws {
        let entries = try TOMLDocument(text).entries
        let expected: [([String], TOMLDocument.Value, Int, Int)] = [
            (["first"], .string("a = b # no comment"), 2, 1),
            (["list"], .array([.string("x = 1"), .array([.integer(3)])]), 3, 1),
            (["quoted key"], .string("it\\"), 7, 1),
            (["after", "dotted"], .table, 8, 1),
            (["after", "dotted", "inline"], .integer(1), 8, 18),
            (["after", "dotted", "other one"], .bool(true), 8, 30),
            (["table", "sub"], .table, 9, 3),
            (["table", "sub", "deep"], .number(0.0015), 10, 5),
        ]
        #expect(entries.map(\.path) == expected.map(\.0))
        #expect(entries.map(\.value) == expected.map(\.1))
        #expect(entries.map(\.line) == expected.map(\.2))
        #expect(entries.map(\.column) == expected.map(\.3))
    }

    @Test func escapesAreTheCharactersThatTheyStandFor() throws {
        let entries = try TOMLDocument(#"a = "\b\t\n\f\r\"\\\u00e9\U0001F3C3""#).entries
        #expect(entries.first?.value == .string("\u{8}\t\n\u{C}\r\"\\é🏃"))
        #expect(try TOMLDocument(#"a = '\n'"#).entries.first?.value == .string(#"\n"#))
    }

    @Test(arguments: [
        "1", "-0", "0.5", "+1e9", "1.5E-300", "inf", "-nan", "true", "999999999999999999", "[]", "{}", "''",
    ])
    func acceptsValue(_ value: String) throws {
        _ = try TOMLDocument("key = \(value)\r\n")
    }

    @Test(arguments: [
        "01", "1.", ".5", "1e", "1e9999", "0x10", "1_000", "1979-05-27", "07:32:00", "+", "--1", "infinity", "TRUE",
        "9999999999999999999", "[1", "[,]", "[{}]", "{,}", "{a=1,}", "{a=1\n}", "'a\nb'", "\"\\ud800\"", "\"\\u12\"",
        "\"\\u+123\"",
        "[[[[[[[[[1]]]]]]]]]",
    ])
    func refusesValue(_ value: String) {
        #expect(throws: AthleteFileError.self) { try TOMLDocument("key = \(value)") }
    }

    @Test func arraysOfTablesAreNumbered() throws {
        let text = """
            [[athlete]]
            name = "Ada"
            [athlete.cadence]
            a = 1
            [[athlete]]
            name = "Bob"
              [[athlete.deep]]
              x = 1
              [[athlete.deep]]
            """
        let document = try TOMLDocument(text, arraysOfTables: true)
        #expect(
            document.entries.map { $0.path.joined(separator: ".") } == [
                "athlete", "athlete.0", "athlete.0.name", "athlete.0.cadence", "athlete.0.cadence.a", "athlete.1",
                "athlete.1.name", "athlete.1.deep", "athlete.1.deep.0", "athlete.1.deep.0.x", "athlete.1.deep.1",
            ])
        #expect(document.entries.first?.value == .array([.table, .table]))
        let tables = try document.tables(of: try #require(document.entries.first))
        #expect(tables.map { $0.place.map { [$0.line, $0.column] } } == [[1, 1], [5, 1]])
        #expect(
            tables[1].members.map(\.path) == [["name"], ["deep"], ["deep", "0"], ["deep", "0", "x"], ["deep", "1"]])
    }

    @Test(arguments: ["2", "00", "x", "-1"]) func whatIsOfNoTableOfAnArrayIsRefused(_ name: String) throws {
        let document = try TOMLDocument("a = [{}, {}]\n[a.\(name)]", tablesInArrays: true)
        #expect(throws: AthleteFileError(line: 2, column: 1, reason: "a.\(name): unknown key")) {
            try document.tables(of: document.entries[0])
        }
    }

    /// Each key repeats the path of its table: 16 names are more than any of our files has.
    @Test func pathsAreBounded() throws {
        func names(_ count: Int) -> String { (0..<count).map { "n\($0)" }.joined(separator: ".") }
        #expect(try TOMLDocument("[\(names(15))]\nx = 1").entries.last?.path.count == 16)
        for text in ["[\(names(16))]\nx = 1", "[\(names(17))]", "\(names(17)) = 1", "\(names(15)) = { a = { b = 1 } }"]
        {
            #expect(throws: AthleteFileError.self, "\(text)") { try TOMLDocument(text) }
        }
    }

    @Test(arguments: [
        "[[a]]\n[a]", "[a]\n[[a]]", "a = []\n[[a]]", "a = [{}]\n[[a]]", "[[a]", "[[a]]]", "[[]]", "[ [a]]",
        "[[a]] b = 1",
        "[[a]]\nx = 1\nx = 2",
    ])
    func refusesArrayOfTables(_ text: String) {
        #expect(throws: AthleteFileError.self) {
            try TOMLDocument(text, tablesInArrays: true, arraysOfTables: true)
        }
    }

    @Test func arraysOfTablesAreForThoseWhoAsk() {
        #expect(throws: AthleteFileError.self) { try TOMLDocument("[[a]]") }
    }

    @Test(arguments: ["", "plain", "\"quoted\\\"", "\u{1}\t\n\u{7F}", "é🏃"])
    func whatIsQuotedIsRead(_ text: String) throws {
        #expect(try TOMLDocument("a = \(TOMLDocument.quoted(text))").entries.first?.value == .string(text))
    }
}
