// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@Suite struct CalendarDateTests {
    @Test(arguments: [
        (Int64(0), "19700101T000000Z"),
        (951_782_400, "20000229T000000Z"),
        (951_868_799, "20000229T235959Z"),
        (1_234_567_890, "20090213T233130Z"),
        (4_107_542_400, "21000301T000000Z"),
        (-1, "19691231T235959Z"),
        (Int64.max, "99991231T235959Z"),
        (Int64.min, "00010101T000000Z"),
    ])
    func writesItInBasicFormat(_ seconds: Int64, _ expected: String) {
        #expect(CalendarDate(unixSeconds: seconds).basicISO8601 == expected)
    }
}
