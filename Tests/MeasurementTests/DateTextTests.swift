// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@Suite struct DateTextTests {
    /// Seconds as `date -u -d TEXT +%s` prints them.
    static let vectors: [(text: String, nanoseconds: Int64)] = [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-23T05:27:11Z", 1_795_411_631_000_000_000),
        ("2000-02-29T23:59:59Z", 951_868_799_000_000_000),
        ("2026-11-23T05:27:11.25Z", 1_795_411_631_250_000_000),
        ("2026-11-23T06:27:11+01:00", 1_795_411_631_000_000_000),
        ("2026-11-22T23:57:11-05:30", 1_795_411_631_000_000_000),
        ("2026-11-23T05:27:11", 1_795_411_631_000_000_000),
        ("2026-11-23T05:27:11.123456789999Z", 1_795_411_631_123_456_789),
        ("1969-12-31T23:59:59Z", -1_000_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
        ("2016-12-31T24:00:00Z", 1_483_228_800_000_000_000),
    ]

    @Test(arguments: vectors) func reads(_ vector: (text: String, nanoseconds: Int64)) {
        #expect(DateText.unixNanoseconds(vector.text.utf8) == vector.nanoseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z",
        "2026-11-23T25:00:00Z", "2026-11-23T05:60:00Z", "2026-11-23T05:27:11X", "2026-11-23T05:27:11.Z",
        "2026-11-23T05:27:11+1:00", "2026-11-23T05:27:11ZZ", "20261123T052711Z", "9999-11-23T05:27:11Z",
        "2026-11-23 05:27:11Z", "-026-11-23T05:27:11Z",
    ])
    func refuses(_ text: String) { #expect(DateText.unixNanoseconds(text.utf8) == nil) }

    @Test func writesWhatItReads() {
        #expect(DateText.make(unixMilliseconds: 1_795_411_631_000) == "2026-11-23T05:27:11Z")
        #expect(DateText.make(unixMilliseconds: 1_795_411_631_007) == "2026-11-23T05:27:11.007Z")
        #expect(DateText.make(unixMilliseconds: -1) == "1969-12-31T23:59:59.999Z")
    }
}
