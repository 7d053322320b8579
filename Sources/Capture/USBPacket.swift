// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding
package import Measurement

/// One record of Linux usbmon: a transfer on its way to a device, or back.
///
/// Source: Linux `Documentation/usb/usbmon.rst`; see ``USBMonitorHeader`` for the layout.
package struct USBPacket: ~Escapable {
    package enum Event: UInt8, Sendable, BitwiseCopyable {
        case submission = 0x53
        case completion = 0x43
        case error = 0x45
    }

    package enum Transfer: UInt8, Sendable, BitwiseCopyable {
        case isochronous = 0
        case interrupt = 1
        case control = 2
        case bulk = 3
    }

    /// The first 8 bytes of a control transfer. Source: USB 2.0 specification, 9.3.
    package struct Setup: Equatable, Sendable, BitwiseCopyable {
        package var requestType: UInt8
        package var request: UInt8
        package var value: UInt16
        package var index: UInt16
        package var length: UInt16
    }

    package let event: Event
    package let transfer: Transfer
    /// The data captured, without headers and descriptors; empty where none was.
    package let payload: Span<UInt8>
    /// The record's bytes 8 to 15. The other fields are read when they are asked for: of most records nobody does.
    private let word: UInt64
    private let header: Span<UInt8>

    /// - Parameter bytes: the frame's.
    /// - Throws: `.truncated` when the header, or an isochronous transfer's descriptors, are not all there;
    ///   `.invalid` for a link type that is not usbmon, an unknown event or an unknown transfer type. Data cut by
    ///   the recorder is no error.
    @_lifetime(copy bytes)
    package init(_ frame: CapturedFrame, _ bytes: Span<UInt8>) throws(DecodeError) {
        typealias Field = USBMonitorHeader
        let header: Int
        switch frame.link {
        case .usbLinux: header = Field.shortLength
        case .usbLinuxMmapped: header = Field.longLength
        case .bluetoothHCIH4, .bluetoothHCIH4WithDirection, .unsupported:
            throw .invalid(field: "link type", offset: 0)
        }
        guard bytes.count >= header else { throw .truncated(field: "usbmon header", offset: 0) }
        let word = bytes.littleEndian64(at: Field.event)
        guard let event = Event(rawValue: Self.byte(word, Field.event)) else {
            throw .invalid(field: "usbmon event", offset: Field.event)
        }
        guard let transfer = Transfer(rawValue: Self.byte(word, Field.transfer)) else {
            throw .invalid(field: "transfer type", offset: Field.transfer)
        }
        self.event = event
        self.transfer = transfer
        self.word = word
        self.header = bytes.extracting(0..<header)

        var descriptors = 0
        if transfer == .isochronous {
            let counted = bytes.littleEndian32(
                at: header == Field.longLength ? Field.descriptorCount : Field.isochronousCount)
            descriptors = min(Int(counted), Field.descriptorLimit) * Field.descriptorLength
        }
        // What follows the header: descriptors, then data; the recorder may have cut it.
        let captured = min(Int(bytes.littleEndian32(at: Field.capturedLength)), bytes.count - header)
        guard descriptors <= captured else {
            throw .truncated(field: "isochronous descriptors", offset: header)
        }
        let hasData = Self.byte(word, Field.dataFlag) == 0
        payload = bytes.extracting(
            header + descriptors..<(hasData ? header + captured : header + descriptors))
    }

    /// The record's byte at `offset`, which is 8 to 15.
    @inline(__always)
    private static func byte(_ word: UInt64, _ offset: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: word &>> UInt64(8 * (offset - USBMonitorHeader.event)))
    }

    /// The same for a transfer's submission and completion.
    package var identifier: UInt64 { header.littleEndian64(at: USBMonitorHeader.identifier) }
    /// 0...15.
    package var endpoint: UInt8 { Self.byte(word, USBMonitorHeader.endpoint) & 0x0F }
    /// Whether the endpoint sends to the host.
    package var isInput: Bool { Self.byte(word, USBMonitorHeader.endpoint) & 0x80 != 0 }
    package var bus: UInt16 {
        UInt16(Self.byte(word, USBMonitorHeader.bus)) | UInt16(Self.byte(word, USBMonitorHeader.bus + 1)) << 8
    }
    /// 0...127.
    package var device: UInt8 { Self.byte(word, USBMonitorHeader.device) & 0x7F }
    /// 0, or a negative Linux error number; −115 while the transfer is under way.
    package var status: Int32 { Int32(bitPattern: header.littleEndian32(at: USBMonitorHeader.status)) }
    /// Bytes asked for in a submission, bytes moved in a completion.
    package var length: UInt32 { header.littleEndian32(at: USBMonitorHeader.requestedLength) }
    /// Of a control transfer's submission.
    package var setup: Setup? {
        typealias Field = USBMonitorHeader
        guard transfer == .control, event == .submission, Self.byte(word, Field.setupFlag) == 0 else { return nil }
        return Setup(
            requestType: header[Field.setup], request: header[Field.setup + 1],
            value: header.littleEndian16(at: Field.setup + 2),
            index: header.littleEndian16(at: Field.setup + 4),
            length: header.littleEndian16(at: Field.setup + 6))
    }

    /// Whether the payload crossed the bus in this record's direction: input when it has arrived, output when it is
    /// sent. usbmon shows the buffer at the other moment too, where it means nothing.
    package var carriesData: Bool {
        switch event {
        case .submission: !isInput && !payload.isEmpty
        case .completion: isInput && !payload.isEmpty
        case .error: false
        }
    }

    /// The device descriptor, when this completes a request for it.
    package var deviceDescriptor: USBDeviceDescriptor? {
        guard transfer == .control, endpoint == 0, isInput, event == .completion else { return nil }
        return USBDeviceDescriptor(payload)
    }
}

/// The data of a bulk or interrupt transfer that crossed the bus: the little that is asked of nearly every record, read without
/// the rest of a ``USBPacket``.
@usableFromInline
package struct USBData: ~Escapable {
    @usableFromInline package let payload: Span<UInt8>
    /// Bus and device, by one number.
    @usableFromInline package let address: UInt32
    /// Whether the endpoint sends to the host.
    @usableFromInline package let isInput: Bool

    /// - Returns: `nil` for every other record, which a ``USBPacket`` then tells apart.
    @inlinable
    @inline(__always)
    @_lifetime(copy bytes)
    package init?(_ frame: CapturedFrame, _ bytes: Span<UInt8>) {
        typealias Field = USBMonitorHeader
        let header: Int
        switch frame.link {
        case .usbLinux: header = Field.shortLength
        case .usbLinuxMmapped: header = Field.longLength
        case .bluetoothHCIH4, .bluetoothHCIH4WithDirection, .unsupported: return nil
        }
        guard bytes.count > header else { return nil }
        let start = bytes.extracting(0..<Field.shortLength)
        guard start[Field.dataFlag] == 0 else { return nil }
        isInput = start[Field.endpoint] & 0x80 != 0
        guard start[Field.event] == (isInput ? Field.completion : Field.submission),
            start[Field.transfer] & ~2 == Field.interrupt
        else { return nil }
        let captured = min(Int(start.littleEndian32(at: Field.capturedLength)), bytes.count &- header)
        guard captured > 0 else { return nil }
        payload = bytes.extracting(header..<header &+ captured)
        address = Self.address(bus: start.littleEndian16(at: Field.bus), device: start[Field.device] & 0x7F)
    }

    @inlinable
    @inline(__always)
    static func address(bus: UInt16, device: UInt8) -> UInt32 { UInt32(bus) << 8 | UInt32(device) }
}

extension USBPacket {
    /// Bus and device, by one number.
    package var address: UInt32 { USBData.address(bus: bus, device: device) }
}

/// The identity in a USB device descriptor. Source: USB 2.0 specification, 9.6.1.
package struct USBDeviceDescriptor: Equatable, Sendable, BitwiseCopyable {
    /// 0x0FCF for the ANT sticks of Dynastream and Garmin.
    package var vendor: UInt16
    package var product: UInt16

    package init(vendor: UInt16, product: UInt16) {
        self.vendor = vendor
        self.product = product
    }

    /// - Returns: `nil` for anything but a device descriptor that reaches to its product number.
    package init?(_ bytes: Span<UInt8>) {
        // Its own length, 18, and its type, 1. Hosts ask for the first 8 bytes alone before they know the length.
        guard bytes.count >= 12, bytes[0] == 18, bytes[1] == 1 else { return nil }
        vendor = bytes.littleEndian16(at: 8)
        product = bytes.littleEndian16(at: 10)
    }
}

extension USBPacket {
    /// Linux's error number for "in progress", as usbmon shows it on every submission.
    private static let inProgress: Int32 = -115

    /// Appends a frame of link type 220 that says: these bytes crossed the bus.
    ///
    /// - Parameters:
    ///   - direction: `.received` makes a completion on an input endpoint, `.sent` a submission on an output
    ///     endpoint.
    ///   - endpoint: 0...15; the direction's bit is added.
    ///   - identifier: any number; the same for no two transfers that are under way together.
    package static func encode(
        time: Timestamp, direction: FrameDirection, transfer: Transfer = .bulk, bus: UInt16,
        device: UInt8, endpoint: UInt8, identifier: UInt64, data: Span<UInt8>,
        into bytes: inout [UInt8]
    ) {
        let isInput = direction == .received
        let count = UInt32(clamping: data.count)
        let (seconds, nanoseconds) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let borrow: Int64 = nanoseconds < 0 ? 1 : 0
        bytes.appendLittleEndian(identifier)
        bytes.append(isInput ? Event.completion.rawValue : Event.submission.rawValue)
        bytes.append(transfer.rawValue)
        bytes.append(endpoint & 0x0F | (isInput ? 0x80 : 0))
        bytes.append(device & 0x7F)
        bytes.appendLittleEndian(bus)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(data.isEmpty ? UInt8(ascii: isInput ? "<" : ">") : 0)
        bytes.appendLittleEndian(UInt64(bitPattern: seconds - borrow))
        bytes.appendLittleEndian(UInt32(truncatingIfNeeded: (nanoseconds + borrow * 1_000_000_000) / 1000))
        bytes.appendLittleEndian(UInt32(bitPattern: isInput ? 0 : inProgress))
        bytes.appendLittleEndian(count)
        bytes.appendLittleEndian(count)
        // No setup packet; interval, start frame, flags and descriptors are for other transfers.
        for _ in 0..<3 { bytes.appendLittleEndian(UInt64(0)) }
        bytes.append(data)
    }
}
