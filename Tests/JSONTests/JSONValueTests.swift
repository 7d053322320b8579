// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

@testable import JSON

@Suite struct JSONValueTests {
    @Test func readsEveryKindOfValue() {
        let text =
            #" {"a":[1,-2.5e3,0.25],"b":{"c":null,"d":true,"e":false},"#
            + #""f":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é"} "#
        #expect(
            JSONValue(text)
                == .object([
                    "a": .array([.number(1), .number(-2500), .number(0.25)]),
                    "b": .object(["c": .null, "d": .bool(true), "e": .bool(false)]),
                    "f": .string("\"\\/\u{8}\u{C}\n\r\té😀é"),
                ]))
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "1.", ".5", "1e", "+1", "-", "nul",
        "truee",
        "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\u{1}\"", "1 2", "1e999", "[1 2]", "{\"a\":1 \"b\":2}",
    ])
    func refusesWhatIsNotJSON(_ text: String) {
        #expect(JSONValue(text) == nil)
    }

    @Test func refusesDeepNesting() {
        #expect(JSONValue(String(repeating: "[", count: 30) + String(repeating: "]", count: 30)) != nil)
        #expect(JSONValue(String(repeating: "[", count: 100_000)) == nil)
    }

    @Test func readsWhatTheWriterWrites() {
        for text in ["", "a\"b", "\u{1}\u{1F}", "é😀", "\u{2028}", "\\u0041"] {
            var writer = JSONWriter(pretty: false)
            writer.string(text)
            #expect(JSONValue(writer.text) == .string(text))
        }
    }

    @Test func noPrefixTraps() {
        let text = Array(#"{"a":[1,-2.5e3],"f":"\u00e9\ud83d\ude00é\n"}"#.utf8)
        for count in 0..<text.count { #expect(JSONValue(String(decoding: text.prefix(count), as: UTF8.self)) == nil) }
    }
}
