// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import Measurement
import TestSupport
import Testing

private func frame(_ link: LinkType, interface: UInt32 = 0) -> CapturedFrame {
    CapturedFrame(time: .zero, link: link, interface: interface, originalLength: 0)
}

/// A packet whose bytes may outlive the frame's.
struct DecodedUSB {
    var identifier: UInt64
    var event: USBPacket.Event
    var transfer: USBPacket.Transfer
    var endpoint: UInt8
    var isInput: Bool
    var bus: UInt16
    var device: UInt8
    var status: Int32
    var length: UInt32
    var setup: USBPacket.Setup?
    var payload: [UInt8]
    var carriesData: Bool
    var deviceDescriptor: USBDeviceDescriptor?

    init(_ frame: CapturedFrame, _ bytes: [UInt8]) throws(DecodeError) {
        let packet = try USBPacket(frame, bytes.span)
        identifier = packet.identifier
        event = packet.event
        transfer = packet.transfer
        endpoint = packet.endpoint
        isInput = packet.isInput
        bus = packet.bus
        device = packet.device
        status = packet.status
        length = packet.length
        setup = packet.setup
        payload = packet.payload.indices.map { packet.payload[$0] }
        carriesData = packet.carriesData
        deviceDescriptor = packet.deviceDescriptor
    }
}

@Suite struct HCIPacketTests {
    private func decode(
        _ link: LinkType, _ bytes: [UInt8]
    ) -> Result<(HCIPacketType, FrameDirection?, [UInt8]), DecodeError> {
        do throws(DecodeError) {
            let packet = try HCIPacket(frame(link, interface: 70_000), bytes.span)
            let adapter = packet.adapter
            #expect(adapter == .max)
            return .success(
                (packet.type, packet.direction, packet.payload.indices.map { packet.payload[$0] }))
        } catch {
            return .failure(error)
        }
    }

    @Test func readsTypeDirectionAndPayload() throws {
        let sent = try decode(.bluetoothHCIH4WithDirection, SmallRecording.packets[0]).get()
        #expect(sent == (.command, .sent, [0x03, 0x0C, 0x00]))
        let received = try decode(.bluetoothHCIH4WithDirection, SmallRecording.packets[1]).get()
        #expect(received.0 == .event && received.1 == .received)
        let unknown = try decode(.bluetoothHCIH4, [5]).get()
        #expect(unknown.0 == .iso && unknown.1 == nil && unknown.2.isEmpty)
    }

    @Test func refusesWhatIsNoPacket() {
        func fault(_ link: LinkType, _ bytes: [UInt8]) -> DecodeError? {
            guard case .failure(let error) = decode(link, bytes) else { return nil }
            return error
        }
        #expect(fault(.bluetoothHCIH4, []) == .truncated(field: "packet type", offset: 0))
        #expect(fault(.bluetoothHCIH4, [9]) == .invalid(field: "packet type", offset: 0))
        #expect(fault(.bluetoothHCIH4WithDirection, [0, 0, 0]) == .truncated(field: "direction", offset: 0))
        #expect(fault(.bluetoothHCIH4WithDirection, [0, 0, 0, 0]) == .truncated(field: "packet type", offset: 4))
        #expect(fault(.bluetoothHCIH4WithDirection, [1, 0, 0, 0, 1]) == .invalid(field: "direction", offset: 0))
        #expect(fault(.usbLinux, [1]) == .invalid(field: "link type", offset: 0))
    }
}

@Suite struct USBPacketTests {
    /// A submission on bus 1, device 6, endpoint 1 out, of 7 bytes, all captured, as 0x53 bulk.
    static func header(
        event: UInt8 = 0x53, transfer: UInt8 = 3, endpoint: UInt8 = 0x01, setupFlag: UInt8 = 0x2D,
        dataFlag: UInt8 = 0, length: UInt32 = 7, captured: UInt32 = 7, setup: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0],
        descriptors: UInt32 = 0, bigEndian: Bool = false
    ) -> [UInt8] {
        let file = FileBuilder(bigEndian: bigEndian)
        return file.integer(UInt64(0xFFFF_913A_A167_BD80)) + [event, transfer, endpoint, 6]
            + file.integer(UInt16(1)) + [setupFlag, dataFlag]
            + file.integer(Int64(1_647_322_958)) + file.integer(Int32(206_164))
            + file.integer(Int32(-115)) + file.integer(length) + file.integer(captured) + setup
            + file.integer(Int32(0)) + file.integer(Int32(0)) + file.integer(UInt32(0x200))
            + file.integer(descriptors)
    }
    static let request: [UInt8] = [0xA4, 0x01, 0x4A, 0x00, 0xEF, 0x00, 0x00]

    private func payload(_ link: LinkType, _ bytes: [UInt8]) -> [UInt8]? {
        try? DecodedUSB(frame(link), bytes).payload
    }

    private func carriesData(_ bytes: [UInt8]) throws -> Bool {
        try DecodedUSB(frame(.usbLinuxMmapped), bytes).carriesData
    }

    @Test func readsEveryField() throws {
        let bytes = Self.header() + Self.request
        let packet = try DecodedUSB(frame(.usbLinuxMmapped), bytes)
        #expect(packet.identifier == 0xFFFF_913A_A167_BD80)
        #expect(packet.event == .submission)
        #expect(packet.transfer == .bulk)
        #expect(packet.endpoint == 1)
        #expect(!packet.isInput)
        #expect(packet.bus == 1)
        #expect(packet.device == 6)
        #expect(packet.status == -115)
        #expect(packet.length == 7)
        #expect(packet.setup == nil)
        #expect(packet.carriesData)
        #expect(payload(.usbLinuxMmapped, bytes) == Self.request)
    }

    @Test func readsTheShortHeader() {
        let bytes = Array(Self.header().prefix(48)) + Self.request
        #expect(payload(.usbLinux, bytes) == Self.request)
    }

    @Test func readsASetupPacket() throws {
        // GET_DESCRIPTOR, device, 18 bytes: USB 2.0 specification, table 9-3.
        let setup: [UInt8] = [0x80, 6, 0, 1, 0, 0, 18, 0]
        let bytes = Self.header(
            transfer: 2, endpoint: 0x80, setupFlag: 0, dataFlag: 0x3C, length: 18, captured: 0, setup: setup)
        let packet = try DecodedUSB(frame(.usbLinuxMmapped), bytes)
        #expect(
            packet.setup.map { [$0.requestType, $0.request] } == [0x80, 6])
        #expect(packet.setup.map { [$0.value, $0.index, $0.length] } == [0x0100, 0, 18])
        #expect(!packet.carriesData)
    }

    @Test func findsTheDevicesIdentity() throws {
        // An ANTUSB-m: 0FCF:1009.
        let descriptor: [UInt8] = [18, 1, 0, 2, 0, 0, 0, 64, 0xCF, 0x0F, 0x09, 0x10, 0, 1, 1, 2, 3, 1]
        func identity(_ data: [UInt8], event: UInt8 = 0x43) throws -> USBDeviceDescriptor? {
            let count = UInt32(data.count)
            let bytes =
                Self.header(event: event, transfer: 2, endpoint: 0x80, length: count, captured: count)
                + data
            return try DecodedUSB(frame(.usbLinuxMmapped), bytes).deviceDescriptor
        }
        #expect(try identity(descriptor) == USBDeviceDescriptor(vendor: 0x0FCF, product: 0x1009))
        #expect(try identity(Array(descriptor.prefix(8))) == nil)
        #expect(try identity(descriptor, event: 0x53) == nil)
        // A string descriptor of the same length.
        #expect(try identity([18, 3] + descriptor.dropFirst(2)) == nil)
    }

    @Test func dataCountsWhereItCrossedTheBus() throws {
        let data = Self.request
        #expect(try carriesData(Self.header(event: 0x53, endpoint: 0x01) + data))
        #expect(try carriesData(Self.header(event: 0x43, endpoint: 0x81) + data))
        #expect(try !carriesData(Self.header(event: 0x43, endpoint: 0x01) + data))
        #expect(try !carriesData(Self.header(event: 0x53, endpoint: 0x81) + data))
        #expect(try !carriesData(Self.header(event: 0x45, endpoint: 0x81) + data))
        #expect(try !carriesData(Self.header(event: 0x43, endpoint: 0x81, dataFlag: 0x3C)))
    }

    @Test func skipsIsochronousDescriptors() throws {
        let descriptors = [UInt8](repeating: 0xDD, count: 32)
        let long =
            Self.header(event: 0x43, transfer: 0, endpoint: 0x81, captured: 39, descriptors: 2)
            + descriptors + Self.request
        #expect(payload(.usbLinuxMmapped, long) == Self.request)
        let short =
            Array(
                Self.header(
                    event: 0x43, transfer: 0, endpoint: 0x81, captured: 39, setup: [0, 0, 0, 0, 2, 0, 0, 0]
                ).prefix(48)) + descriptors + Self.request
        #expect(payload(.usbLinux, short) == Self.request)
        // More descriptors than bytes.
        for count: UInt32 in [3, 128, .max] {
            let bytes = Self.header(transfer: 0, captured: 39, descriptors: count) + descriptors + Self.request
            #expect(throws: DecodeError.truncated(field: "isochronous descriptors", offset: 64)) {
                _ = try DecodedUSB(frame(.usbLinuxMmapped), bytes).event
            }
        }
    }

    @Test func takesNoMoreThanWasCaptured() {
        #expect(payload(.usbLinuxMmapped, Self.header(captured: .max) + Self.request) == Self.request)
        #expect(payload(.usbLinuxMmapped, Self.header(captured: 3) + Self.request) == [0xA4, 0x01, 0x4A])
    }

    @Test func everyPrefixThrowsOrDecodes() {
        let bytes = Self.header() + Self.request
        for link in [LinkType.usbLinux, .usbLinuxMmapped] {
            let header = link == .usbLinux ? 48 : 64
            for count in 0...bytes.count {
                let prefix = Array(bytes.prefix(count))
                #expect((payload(link, prefix) == nil) == (count < header))
            }
        }
    }

    @Test func refusesUnknownEventsTransfersAndLinks() {
        #expect(throws: DecodeError.invalid(field: "usbmon event", offset: 8)) {
            _ = try DecodedUSB(frame(.usbLinuxMmapped), Self.header(event: 0x58)).event
        }
        #expect(throws: DecodeError.invalid(field: "transfer type", offset: 9)) {
            _ = try DecodedUSB(frame(.usbLinuxMmapped), Self.header(transfer: 4)).event
        }
        #expect(throws: DecodeError.invalid(field: "link type", offset: 0)) {
            _ = try DecodedUSB(frame(.bluetoothHCIH4), Self.header()).event
        }
    }

    @Test func survivesRandomBytes() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5000 {
            var bytes = (0..<Int.random(in: 0..<160, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if bytes.count > 9, Bool.random(using: &random) {
                bytes[8] = 0x43
                bytes[9] &= 3
            }
            for link in [LinkType.usbLinux, .usbLinuxMmapped] {
                let count = payload(link, bytes)?.count ?? 0
                #expect(count <= bytes.count)
            }
        }
    }

    @Test(arguments: [UInt16(189), 220]) func convertsABigEndianMachinesHeaders(_ link: UInt16) {
        let isShort = link == 189
        func record(bigEndian: Bool, transfer: UInt8) -> [UInt8] {
            let file = FileBuilder(bigEndian: bigEndian)
            // Errors 0x01020304 and 1 descriptor, or a setup packet that has no byte order of its own.
            let setup =
                transfer == 0
                ? file.integer(UInt32(0x0102_0304)) + file.integer(UInt32(1)) : [0x80, 6, 0, 1, 0, 0, 18, 0]
            let descriptor =
                transfer == 0
                ? file.integer(Int32(-18)) + file.integer(UInt32(64)) + file.integer(UInt32(7))
                    + [9, 9, 9, 9] : []
            let header = Self.header(
                event: 0x43, transfer: transfer, endpoint: 0x81, length: 7,
                captured: 7 + UInt32(descriptor.count), setup: setup,
                descriptors: transfer == 0 ? 1 : 0, bigEndian: bigEndian)
            return Array(header.prefix(isShort ? 48 : 64)) + descriptor + Self.request
        }
        for transfer: UInt8 in 0..<4 {
            var file = FileBuilder(bigEndian: true)
            file.section()
            file.interface(link)
            file.packet(ticks: 1, record(bigEndian: true, transfer: transfer))
            // Too short to be converted.
            file.packet(ticks: 2, [1, 2, 3])
            let reading = Outcome(file.bytes)
            #expect(
                reading.frames.map(\.bytes) == [record(bigEndian: false, transfer: transfer), [1, 2, 3]])
        }
    }
}
