// SPDX-License-Identifier: GPL-3.0-or-later
import CUSB
import Testing

/// The real libusb answers, through the header that Swift imports.
@Suite struct LibUSBTests {
    @Test func isVersionOne() {
        // SAFETY: libusb_get_version returns a pointer to a constant of the library, never null.
        let version = unsafe libusb_get_version().pointee
        #expect(unsafe version.major == 1)
        #expect(unsafe version.micro >= 22)
    }

    @Test func startsAndStopsWithoutADevice() {
        var context: OpaquePointer?
        // SAFETY: the context is ours from a successful init to exit and used by this thread only.
        let status = unsafe libusb_init(&context)
        #expect(status == LIBUSB_SUCCESS.rawValue)
        #expect(unsafe cusb_set_log_level(context, Int32(LIBUSB_LOG_LEVEL_NONE.rawValue)) == 0)
        unsafe libusb_exit(context)
    }
}
