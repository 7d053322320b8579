// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB

/// A negative result of libusb.
struct USBError: Error, Equatable, Sendable {
    let rawValue: Int32

    static let access = USBError(LIBUSB_ERROR_ACCESS)
    static let busy = USBError(LIBUSB_ERROR_BUSY)
    static let noDevice = USBError(LIBUSB_ERROR_NO_DEVICE)
    static let notFound = USBError(LIBUSB_ERROR_NOT_FOUND)

    private init(_ error: libusb_error) { rawValue = error.rawValue }

    private init(rawValue: Int32) { self.rawValue = rawValue }

    /// - Parameter result: of a call that returns 0 or more on success.
    static func check(_ result: Int32) throws(USBError) {
        if result < 0 { throw USBError(rawValue: result) }
    }

    /// libusb's own words.
    var text: String {
        // SAFETY: libusb_strerror returns a pointer to a constant text, for any number.
        guard let text = unsafe libusb_strerror(rawValue) else { return "error \(rawValue)" }
        return unsafe String(cString: text)
    }
}
