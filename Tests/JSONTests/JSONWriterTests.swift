// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite struct JSONWriterTests {
    private func text(pretty: Bool = false, _ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(pretty: pretty)
        body(&writer)
        return writer.text
    }

    @Test func membersStandInTheOrderInWhichTheyAreWritten() {
        let written = text { json in
            json.object { object in
                object.key("b")
                object.integer(2)
                object.key("a")
                object.array { array in
                    array.bool(true)
                    array.null()
                    array.object { _ in }
                    array.array { _ in }
                    array.string("x")
                    array.number(1.50, decimals: 2)
                }
                object.key("c")
                object.bool(false)
            }
        }
        #expect(written == #"{"b":2,"a":[true,null,{},[],"x",1.5],"c":false}"#)
    }

    @Test func aMemberIsItsKeyAndItsValue() {
        let written = text { json in
            json.object { object in
                object.member("a", "x")
                object.member("b", String?.none)
                object.member("c", 2)
                object.member("d", true)
                object.member("e", 1.25, decimals: 1)
                object.member("f", nil, decimals: 1)
            }
        }
        #expect(written == #"{"a":"x","b":null,"c":2,"d":true,"e":1.3,"f":null}"#)
    }

    @Test func aPrettyTextHasAMemberALineAndEmptyContainersOnOne() {
        let written = text(pretty: true) { json in
            json.object { object in
                object.key("a")
                object.array { array in
                    array.integer(1)
                    array.object { inner in
                        inner.key("b")
                        inner.null()
                    }
                }
                object.key("c")
                object.array { _ in }
            }
        }
        #expect(
            written == """
                {
                  "a": [
                    1,
                    {
                      "b": null
                    }
                  ],
                  "c": []
                }
                """)
    }

    @Test func whatJSONCannotSayIsNull() {
        let written = text { json in
            json.array { array in
                array.number(.nan, decimals: 3)
                array.number(.infinity, decimals: 3)
                array.number(nil, decimals: 3)
                array.integer(nil)
                array.string(nil)
            }
        }
        #expect(written == "[null,null,null,null,null]")
    }

    @Test func stringsAreEscapedAsTheStandardAsks() {
        let written = text { $0.string("\"\\/\n\r\t\u{8}\u{1F}\u{7F}é\u{2028}🏃") }
        #expect(written == "\"\\\"\\\\/\\n\\r\\t\\u0008\\u001f\u{7F}é\u{2028}🏃\"")
    }

    /// An independent reader gets every string back, whatever code points it is made of.
    @Test func everyStringSurvivesAnIndependentReader() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var original = ""
            for _ in 0..<Int(random.next() % 24) {
                let range: UInt64 = random.next() % 2 == 0 ? 0x80 : 0x11_0000
                if let scalar = Unicode.Scalar(UInt32(random.next() % range)) {
                    original.unicodeScalars.append(scalar)
                }
            }
            let written = text { json in json.array { $0.string(original) } }
            let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String]
            #expect(read?.first.map { Array($0.unicodeScalars) } == Array(original.unicodeScalars))
        }
    }
}
