// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB

/// One use of libusb, ended when nobody holds this any more. What came of it must be gone by then.
@safe
final class USBContext: Sendable {
    // SAFETY: the pointer never changes; libusb locks what lies behind it.
    nonisolated(unsafe) let pointer: OpaquePointer

    init() throws(USBError) {
        var context: OpaquePointer?
        // SAFETY: ours until `deinit`; 0 comes with a context.
        try USBError.check(unsafe libusb_init(&context))
        guard let context = unsafe context else { throw .notFound }
        unsafe pointer = unsafe context
    }

    static var hasHotplug: Bool { libusb_has_capability(UInt32(LIBUSB_CAP_HAS_HOTPLUG.rawValue)) != 0 }

    deinit { unsafe libusb_exit(pointer) }
}
