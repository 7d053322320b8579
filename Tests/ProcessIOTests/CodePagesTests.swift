// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ProcessIO

@Suite("Pages of code")
struct CodePagesTests {
    @Test("the code of a file is found, whatever its name")
    func code() {
        let plain = "7f4860200000-7f4860210000 r-xp 00020000 fd:00 131 /usr/lib/x86_64-linux-gnu/libm.so.6"
        #expect(CodePages.code(in: plain) == 0x7f48_6020_0000..<0x7f48_6021_0000)
        let beginning = "7f4860200000-7f4860210000 r--p 00000000 fd:00 131 /usr/lib/x86_64-linux-gnu/libm.so.6"
        #expect(CodePages.code(in: beginning) == 0x7f48_6020_0000..<0x7f48_6021_0000)
        let spaced = "400000-401000 r-xp 00000000 fd:00 131                        /home/a b/sprintd (deleted)"
        #expect(CodePages.code(in: spaced) == 0x40_0000..<0x40_1000)
    }

    @Test(
        "whatever may have been written to is left alone, and so is what no file is behind",
        arguments: [
            "7f4860200000-7f4860210000 r--p 00020000 fd:00 131 /usr/lib/libm.so.6",
            "7f4860200000-7f4860210000 rw-p 00020000 fd:00 131 /usr/lib/libm.so.6",
            "7f4860200000-7f4860210000 rwxp 00020000 fd:00 131 /usr/lib/libm.so.6",
            "7f4860200000-7f4860210000 r-xp 00000000 00:00 0",
            "7f4860200000-7f4860210000 r-xp 00000000 00:00 0                          [vdso]",
            "7f4860210000-7f4860200000 r-xp 00020000 fd:00 131 /usr/lib/libm.so.6",
            "7f48x0200000-7f4860210000 r-xp 00020000 fd:00 131 /usr/lib/libm.so.6",
            "7f4860200000 r-xp 00020000 fd:00 131 /usr/lib/libm.so.6",
            "",
        ])
    func other(_ line: String) {
        #expect(CodePages.code(in: line) == nil)
    }

    @Test("code runs on after its pages are gone")
    func goingOn() {
        let before = (1...1000).reduce(0, +)
        CodePages.release()
        #expect((1...1000).reduce(0, +) == before)
        #expect("pages".uppercased() == "PAGES")
    }
}
