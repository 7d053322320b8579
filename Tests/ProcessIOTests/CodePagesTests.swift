// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import Glibc
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

    /// Both map the same file, so that nobody else touches either.
    @Test("code that was read is no longer resident, and what was written stays")
    func pages() throws {
        let size = sysconf(Int32(_SC_PAGESIZE))
        let file = try FileDescriptor.open("/proc/self/exe", for: .reading)
        // SAFETY: two mappings of the first page of a file that is there and not empty; each is taken away once, below.
        let code = try #require(unsafe mmap(nil, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, file.rawValue, 0))
        let written = try #require(unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.rawValue, 0))
        defer {
            unsafe munmap(code, size)
            unsafe munmap(written, size)
        }
        try #require(unsafe code != MAP_FAILED && written != MAP_FAILED)
        try file.close()
        let first = unsafe code.load(as: UInt8.self)
        unsafe written.storeBytes(of: first ^ 0xFF, as: UInt8.self)
        try #require(unsafe isResident(code) && isResident(written))
        CodePages.release()
        #expect(unsafe !isResident(code))
        #expect(unsafe isResident(written))
        #expect(unsafe written.load(as: UInt8.self) == first ^ 0xFF)
        #expect(unsafe code.load(as: UInt8.self) == first)
        #expect(unsafe isResident(code))
    }

    /// Bit 63 of the page's entry. Source: proc_pid_pagemap(5).
    private func isResident(_ page: UnsafeMutableRawPointer) throws -> Bool {
        let file = try FileDescriptor.open("/proc/self/pagemap", for: .reading)
        var entry: UInt64 = 0
        // SAFETY: pread writes the eight bytes of `entry`; an address is only divided.
        let count = unsafe pread(file.rawValue, &entry, 8, Int(bitPattern: page) / sysconf(Int32(_SC_PAGESIZE)) * 8)
        try file.close()
        try #require(count == 8)
        return entry >> 63 == 1
    }
}
