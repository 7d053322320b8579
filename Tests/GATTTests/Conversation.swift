// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import GATT
import Measurement
import TestSupport

/// A hand-made recording: each call is one packet, a tenth of a second after the one before.
struct Conversation {
    var decoder: GATTDecoder
    var events: [GATTEvent] = []
    var time = 0.0
    var adapter: UInt16 = 0
    /// Whether packets carry their direction.
    var hasDirection = true
    private(set) var packets: [(type: HCIPacketType, bytes: [UInt8], sentByHost: Bool?, time: Timestamp)] = []

    init(reportsPDUs: Bool = false) {
        decoder = GATTDecoder(reportsPDUs: reportsPDUs)
    }

    mutating func packet(_ type: HCIPacketType, _ bytes: [UInt8], sentByHost: Bool?) {
        time += 0.1
        let stamp = Timestamp(seconds: time)
        packets.append((type, bytes, sentByHost, stamp))
        decoder.receive(
            bytes.span, type: type, sentByHost: sentByHost, adapter: adapter, at: stamp
        ) { events.append($0) }
    }

    mutating func event(_ hex: String) {
        packet(.event, bytes(hex), sentByHost: hasDirection ? false : nil)
    }

    /// One ACL packet, its header made to fit.
    mutating func acl(_ handle: UInt16, boundary: UInt16, _ data: [UInt8], fromHost: Bool) {
        let field = handle | boundary << 12
        let header = [field, UInt16(data.count)].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        packet(.acl, header + data, sentByHost: hasDirection ? fromHost : nil)
    }

    static func l2cap(_ payload: [UInt8], channel: UInt16 = 4) -> [UInt8] {
        [UInt16(payload.count), channel].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } + payload
    }

    mutating func host(_ handle: UInt16, _ hex: String) {
        acl(handle, boundary: 0, Self.l2cap(bytes(hex)), fromHost: true)
    }

    mutating func peer(_ handle: UInt16, _ hex: String) {
        acl(handle, boundary: 2, Self.l2cap(bytes(hex)), fromHost: false)
    }

    /// LE Connection Complete, as central, to public C4:12:F5:00:A0:01 unless told.
    mutating func connect(_ handle: String = "4000", address: String = "00 01A000F512C4") {
        //     code len sub st                      interval latency time-out accuracy
        event("3E   13  01  00 \(handle) 00 \(address) 1800    0000    2A00     00")
    }

    /// What a host finds on a strap that has heart rate at 0x0010 (configuration 0x0011) and battery at 0x0020.
    mutating func discoverStrap(_ handle: UInt16) {
        host(handle, "10 0100 FFFF 0028")
        //                len start end uuid
        peer(handle, "11 06 0E00 1300 0D18  1E00 2100 0F18")
        host(handle, "08 0E00 1300 0328")
        //                len decl props value uuid
        peer(handle, "09 07 0F00 10 1000 372A  1200 02 1300 382A")
        host(handle, "08 1E00 2100 0328")
        peer(handle, "09 07 1F00 12 2000 192A")
        host(handle, "04 1100 1100")
        peer(handle, "05 01 1100 0229")
        host(handle, "12 1100 0100")
        peer(handle, "13")
    }

    var samples: [Reading] {
        events.compactMap { if case .sample(let sample) = $0 { sample.reading } else { nil } }
    }

    var faults: [GATTFault] {
        events.compactMap { if case .bad(let fault) = $0 { fault } else { nil } }
    }

    var lines: [String] {
        events.compactMap { if case .pdu(let pdu) = $0 { pdu.description } else { nil } }
    }
}

func rate(_ beatsPerMinute: Double?, contact: Bool? = nil) -> Reading {
    .heartRate(HeartRateReading(beatsPerMinute: beatsPerMinute, skinContact: contact))
}

func interval(_ ticks: UInt16, gap: Bool = false) -> Reading {
    .rrInterval(RRInterval(ticks: ticks, followsGap: gap))
}

func stride(_ speed: Double, _ cadence: Double, _ distance: Double? = nil) -> Reading {
    .stride(
        StrideReading(
            speed: speed, cadence: Cadence(perMinute: cadence, convention: .unknown), distance: distance))
}
