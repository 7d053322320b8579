// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import SessionStore

@Suite struct SessionNameTests {
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
    func writesTheStartInBasicFormat(_ seconds: Int64, _ expected: String) {
        #expect(SessionName.basicISO8601(seconds) == expected)
    }

    @Test(arguments: [
        ("Anna", "anna"), ("Anna-Lena Müller", "anna-lena-m-ller"), ("../../etc/passwd", "etc-passwd"), ("", "athlete"),
        ("///", "athlete"), ("a\0b", "a-b"),
    ])
    func makesAFileNameOfAnyName(_ name: String, _ expected: String) {
        #expect(SessionName.make(unixSeconds: 0, athlete: name) == "19700101T000000Z-" + expected)
    }

    @Test func noNameIsAthlete() {
        #expect(SessionName.make(unixSeconds: 0, athlete: nil) == "19700101T000000Z-athlete")
    }
}
