// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@Suite struct CalendarDateDayTests {
    /// Days by hand: 2000-01-01 is 10 957 days after 1970-01-01 (30 years with 7 leap days).
    static let known: [(text: String, day: Int)] = [
        ("1970-01-01", 0), ("1969-12-31", -1), ("1970-03-01", 59), ("1972-02-29", 789), ("2000-01-01", 10_957),
        ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("2001-01-01", 11_323),
    ]

    @Test(arguments: known.indices) func countsDays(_ index: Int) {
        let (text, day) = Self.known[index]
        #expect(CalendarDate.dayNumber(extendedDate: text) == day)
        #expect(CalendarDate(dayNumber: day).extendedDate == text)
    }

    @Test(arguments: [
        "", "2026", "2026-1-01", "2026-13-01", "2026-00-01", "2026-02-29", "2026-04-31", "2026-01-32", "2026-01-00",
        "0000-01-01", "1900-02-29", "2026-01-1x", "20260101", "2026-01-01 ", "２026-01-01", "+026-01-01",
    ])
    func whatIsNoDayIsRefused(_ text: String) {
        #expect(CalendarDate.dayNumber(extendedDate: text) == nil)
    }

    @Test func everyDayComesBack() {
        for day in stride(from: -700_000, through: 2_900_000, by: 397) {
            #expect(CalendarDate.dayNumber(extendedDate: CalendarDate(dayNumber: day).extendedDate) == day)
        }
    }
}
