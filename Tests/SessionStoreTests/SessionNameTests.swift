// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import SessionStore

@Suite struct SessionNameTests {
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
