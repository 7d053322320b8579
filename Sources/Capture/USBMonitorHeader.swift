// SPDX-License-Identifier: GPL-3.0-or-later

/// Where the fields of a Linux usbmon record lie, in bytes from its start.
///
/// The first 48 bytes are link type 189's whole header; type 220's is 64 bytes. Each isochronous descriptor takes 16
/// bytes between the header and the data and is counted in the captured length. Source: Linux
/// `Documentation/usb/usbmon.rst` ("struct usbmon_packet") and `drivers/usb/mon/mon_bin.c`.
@usableFromInline
enum USBMonitorHeader {
    static let identifier = 0
    @inlinable static var event: Int { 8 }
    @inlinable static var transfer: Int { 9 }
    @inlinable static var endpoint: Int { 10 }
    @inlinable static var device: Int { 11 }
    @inlinable static var bus: Int { 12 }
    /// 0: the setup packet is there.
    static let setupFlag = 14
    /// 0: data is there.
    @inlinable static var dataFlag: Int { 15 }
    static let seconds = 16
    static let microseconds = 24
    static let status = 28
    static let requestedLength = 32
    @inlinable static var capturedLength: Int { 36 }
    /// A setup packet of 8 bytes (always little-endian), or two 32-bit numbers of an isochronous transfer: errors,
    /// descriptors.
    static let setup = 40
    static let isochronousCount = 44
    @inlinable static var shortLength: Int { 48 }
    static let interval = 48
    static let startFrame = 52
    static let transferFlags = 56
    static let descriptorCount = 60
    @inlinable static var longLength: Int { 64 }
    static let descriptorLength = 16
    /// The kernel keeps so many descriptors of a transfer (`ISODESC_MAX`).
    static let descriptorLimit = 128

    static let isochronous: UInt8 = 0
    // Of the events and the transfers, for those that are asked for with nearly every record.
    @inlinable static var submission: UInt8 { 0x53 }
    @inlinable static var completion: UInt8 { 0x43 }
    @inlinable static var interrupt: UInt8 { 1 }

    /// Turns the header of a big-endian machine, and its isochronous descriptors, into little-endian. usbmon writes
    /// what the machine that records has in memory.
    ///
    /// - Parameter range: the record's place in the buffer. One shorter than its header is left as it is.
    static func swapByteOrder(in buffer: inout InputBuffer, at range: Range<Int>, isMmapped: Bool) {
        let length = isMmapped ? longLength : shortLength
        guard range.count >= length else { return }
        let start = range.lowerBound
        reverse(8, at: start + identifier, in: &buffer)
        reverse(2, at: start + bus, in: &buffer)
        reverse(8, at: start + seconds, in: &buffer)
        for field in [microseconds, status, requestedLength, capturedLength] {
            reverse(4, at: start + field, in: &buffer)
        }
        let isIsochronous = buffer[start + transfer] == isochronous
        if isIsochronous {
            reverse(4, at: start + setup, in: &buffer)
            reverse(4, at: start + isochronousCount, in: &buffer)
        }
        if isMmapped {
            for field in [interval, startFrame, transferFlags, descriptorCount] {
                reverse(4, at: start + field, in: &buffer)
            }
        }
        guard isIsochronous else { return }
        let counted = buffer.integer32(
            at: start + (isMmapped ? descriptorCount : isochronousCount), bigEndian: false)
        let fitting = (range.count - length) / descriptorLength
        for index in 0..<min(Int(counted), fitting, descriptorLimit) {
            let descriptor = start + length + index * descriptorLength
            // Status, offset, length; the rest is padding.
            for field in [0, 4, 8] { reverse(4, at: descriptor + field, in: &buffer) }
        }
    }

    private static func reverse(_ width: Int, at offset: Int, in buffer: inout InputBuffer) {
        for index in 0..<width / 2 {
            let low = buffer[offset + index]
            buffer[offset + index] = buffer[offset + width - 1 - index]
            buffer[offset + width - 1 - index] = low
        }
    }
}
