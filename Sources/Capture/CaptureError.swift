// SPDX-License-Identifier: GPL-3.0-or-later

/// Why no frame at all can be had from bytes that were offered as a capture.
package enum CaptureError: Error, Equatable, Sendable {
    /// The bytes begin none of the formats.
    case notACapture
    /// The input ends inside the file's header.
    case headerCutShort(CaptureFormat)
    /// The file's header contradicts itself.
    case badHeader(CaptureFormat, CaptureFault)
    case unsupportedVersion(CaptureFormat, major: UInt32, minor: UInt32)
    /// All that was recorded is of a link type that is not read.
    case unsupportedLinkType(UInt32)
    /// btsnoop's own numbering of what its packets are.
    case unsupportedDataLink(UInt32)

    /// Where the fault lies, in bytes from the start of the file.
    package var position: UInt64 {
        switch self {
        case .notACapture, .headerCutShort: 0
        case .badHeader(_, let fault): fault == .badByteOrderMagic ? 8 : 0
        case .unsupportedVersion(.pcapng, _, _): 12
        case .unsupportedVersion(.pcap, _, _): 4
        case .unsupportedVersion(.btsnoop, _, _): 8
        case .unsupportedLinkType: 0
        case .unsupportedDataLink: 12
        }
    }
}

extension CaptureError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notACapture: "not a pcapng, pcap or btsnoop file"
        case .headerCutShort(let format): "the \(format.rawValue) header is cut short"
        case .badHeader(let format, let fault): "bad \(format.rawValue) header: \(fault)"
        case .unsupportedVersion(let format, let major, let minor):
            "\(format.rawValue) version \(major).\(minor) is not one that is read"
        case .unsupportedLinkType(let link):
            "holds link type \(link) only; those read are Bluetooth HCI (187, 201, 254) and Linux usbmon (189, 220)"
        case .unsupportedDataLink(let link): "is of btsnoop data link \(link); those read are 1001, 1002 and 2001"
        }
    }
}

/// What is wrong with a block or record of a capture.
package enum CaptureFault: Error, Equatable, Sendable, BitwiseCopyable {
    /// The input ends inside it.
    case cutShort
    /// Its stated length, in bytes, is one that its kind cannot have.
    case badLength(UInt32)
    /// Its stated length, in bytes, is beyond ``CaptureReader/blockLimit``.
    case tooLong(UInt32)
    /// The length at its end is not the one at its start.
    case lengthsDiffer(UInt32, UInt32)
    /// Its options do not fit into it.
    case badOptions
    case badByteOrderMagic
    case unsupportedVersion(major: UInt16, minor: UInt16)
    /// It names an interface that the section has not described.
    case unknownInterface(UInt32)
    /// A section describes more than ``PcapngDecoder/interfaceLimit`` interfaces.
    case tooManyInterfaces
    /// Its time is out of the range of `Timestamp`.
    case timeOutOfRange
    /// Its bytes are not those that its CRC-32 was taken of.
    case checksum(stored: UInt32, computed: UInt32)
    /// A packet has no checksum where each must have one.
    case checksumMissing
}

extension CaptureFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cutShort: "the recording ends inside a block"
        case .badLength(let length): "a block cannot be \(length) bytes long"
        case .tooLong(let length): "a block of \(length) bytes is beyond the limit of \(CaptureReader.blockLimit)"
        case .lengthsDiffer(let start, let end): "a block says \(start) bytes at its start and \(end) at its end"
        case .badOptions: "a block's options do not fit into it"
        case .badByteOrderMagic: "a section's byte order mark is not one"
        case .unsupportedVersion(let major, let minor): "a section is of version \(major).\(minor)"
        case .unknownInterface(let index): "a packet is of interface \(index), which was not described"
        case .tooManyInterfaces: "a section describes too many interfaces"
        case .timeOutOfRange: "a packet's time is out of range"
        case .checksumMissing: "a packet has no checksum"
        case .checksum(let stored, let computed):
            "a packet's CRC-32 is \(hexadecimal(computed)), not \(hexadecimal(stored)) as recorded"
        }
    }

    private func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// Where and why reading stopped before the end of the input. All frames before it were delivered.
package struct CaptureBreak: Equatable, Sendable, BitwiseCopyable {
    /// The first byte not read, from the start of the file.
    package var position: UInt64
    package var fault: CaptureFault
    /// Bytes from there to the end of the input.
    package var droppedBytes: UInt64

    package init(position: UInt64, fault: CaptureFault, droppedBytes: UInt64) {
        self.position = position
        self.fault = fault
        self.droppedBytes = droppedBytes
    }
}

extension CaptureBreak: CustomStringConvertible {
    package var description: String {
        "stopped at byte \(position): \(fault); \(droppedBytes) bytes dropped"
    }
}
