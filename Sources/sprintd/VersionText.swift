// SPDX-License-Identifier: GPL-3.0-or-later
internal import CBluetooth
internal import CUSB
internal import ProcessIO

enum VersionText {
    static var text: String {
        """
        sprintd \(Version.text)
        \(usb)
        \(bluetooth)
        """
    }

    /// The library that runs, which may be newer than the headers.
    private static var usb: String {
        // SAFETY: libusb_get_version returns a pointer to a constant of the library, never NULL (libusb 1.0 API,
        // "Library initialization/deinitialization").
        guard let version = unsafe libusb_get_version() else { return "libusb" }
        return unsafe "libusb \(version.pointee.major).\(version.pointee.minor).\(version.pointee.micro)"
    }

    /// libbluetooth does not tell its version, but it knows the names of the Bluetooth versions of its time.
    private static var bluetooth: String {
        for version in (0...UInt32(UInt8.max)).reversed() {
            // SAFETY: lmp_vertostr (BlueZ, lib/hci.c) returns memory from malloc, or NULL, with an empty text for an
            // unknown version; it is copied, then freed.
            guard let name = unsafe lmp_vertostr(version) else { continue }
            defer { unsafe bt_free(name) }
            let text = unsafe String(cString: name)
            if !text.isEmpty { return "libbluetooth (BlueZ), knows Bluetooth up to \(text)" }
        }
        return "libbluetooth (BlueZ)"
    }
}
