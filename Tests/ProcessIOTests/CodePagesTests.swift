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

    /// Both map the test's own file, so that nobody else touches either.
    @Test("code that was read is no longer resident, and what was written stays")
    func pages() throws {
        let code = try MappedPage(PROT_READ | PROT_EXEC)
        let written = try MappedPage(PROT_READ | PROT_WRITE)
        let first = code.first
        written.first = first ^ 0xFF
        let before = try (code.isResident, written.isResident)
        CodePages.release()
        let after = try (code.isResident, written.isResident)
        #expect(before == (true, true))
        #expect(after == (false, true))
        #expect(written.first == first ^ 0xFF)
        #expect(code.first == first)
    }

    /// The first page of the running program's file, mapped once more.
    @safe private final class MappedPage {
        private static let size = sysconf(Int32(_SC_PAGESIZE))
        private let address: UnsafeMutableRawPointer

        init(_ protection: Int32) throws {
            let file = try FileDescriptor.open("/proc/self/exe", for: .reading)
            // SAFETY: a new mapping, taken away in `deinit`.
            let address = unsafe mmap(nil, Self.size, protection, MAP_PRIVATE, file.rawValue, 0)
            try file.close()
            guard let address = unsafe address, unsafe address != MAP_FAILED else { throw ErrorNumber(ENOMEM) }
            unsafe self.address = address
        }

        deinit { unsafe munmap(address, Self.size) }

        var first: UInt8 {
            // SAFETY: the page is there as long as `self`.
            get { unsafe address.load(as: UInt8.self) }
            // SAFETY: the same; to be called where the page may be written.
            set { unsafe address.storeBytes(of: newValue, as: UInt8.self) }
        }

        /// Bit 63 of the page's entry. Source: Linux, Documentation/admin-guide/mm/pagemap.rst.
        var isResident: Bool {
            get throws {
                let file = try FileDescriptor.open("/proc/self/pagemap", for: .reading)
                var entry: UInt64 = 0
                // SAFETY: pread writes the eight bytes of `entry`; the address is only a number.
                let count = unsafe pread(file.rawValue, &entry, 8, Int(bitPattern: address) / Self.size * 8)
                try file.close()
                guard count == 8 else { throw ErrorNumber(EIO) }
                return entry >> 63 == 1
            }
        }
    }
}
