// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import GATT
import Measurement
import TestSupport
import Testing

@Suite struct GATTDecoderTests {
    static let strap = SensorID.bluetooth(address: 0xC412_F500_A001)

    // MARK: A session

    @Test func aSessionFromConnectionToDisconnection() throws {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        talk.events.removeAll { if case .sensorInfo = $0 { true } else { false } }
        talk.peer(0x40, "1B 1000 16 3C 1104")
        talk.peer(0x40, "1B 1000 10 43 7203 8A03")
        talk.peer(0x40, "1B 2000 5F")
        //           code len st handle reason
        talk.event("05   04  00 4000   13")
        func sample(_ seconds: Double, _ reading: Reading) -> GATTEvent {
            .sample(Sample(time: Timestamp(seconds: seconds), sensor: Self.strap, reading: reading))
        }
        // Connection at 0.1 s, ten packets of discovery to 1.1 s.
        let times = talk.packets.suffix(4).map(\.time.seconds)
        #expect(
            talk.events == [
                .connected(
                    ConnectionID(adapter: 0, handle: 0x40), DeviceAddress(value: 0xC412_F500_A001, kind: .public)),
                sample(times[0], rate(60, contact: true)),
                sample(times[0], interval(1041, gap: true)),
                sample(times[1], rate(67)),
                sample(times[1], interval(882)),
                sample(times[1], interval(906)),
                sample(times[2], .battery(percent: 95)),
                .disconnected(ConnectionID(adapter: 0, handle: 0x40), Self.strap, reason: 0x13),
            ])
        #expect(talk.decoder.counters.bad == 0)
        #expect(talk.decoder.counters.samples == 6)
        #expect(talk.decoder.counters.notifications == 3)
    }

    @Test func aReconnectedDeviceKeepsItsHandlesAndItsOdometer() {
        var talk = Conversation()
        talk.connect()
        talk.host(0x40, "08 0100 FFFF 0328")
        talk.peer(0x40, "09 07 0F00 10 1000 372A  1100 10 1200 532A")
        talk.peer(0x40, "1B 1000 10 3C 0004")
        talk.peer(0x40, "1B 1200 02 0003 B4 10270000")
        talk.peer(0x40, "1B 1200 02 0003 B4 13270000")
        talk.event("05 04 00 4000 08")
        talk.connect("4100")
        talk.peer(0x41, "1B 1000 10 3D 0104")
        talk.peer(0x41, "1B 1200 02 0003 B4 18270000")
        #expect(
            talk.samples == [
                rate(60), interval(1024, gap: true), stride(3, 180, 0), stride(3, 180, 0.3),
                rate(61), interval(1025, gap: true), stride(3, 180, 0.8),
            ])
        // Another device on the same handle knows nothing of it.
        talk.event("05 04 00 4100 08")
        talk.connect("4100", address: "01 020304050607")
        let before = talk.samples.count
        talk.peer(0x41, "1B 1000 10 3D 0104")
        #expect(talk.samples.count == before)
        #expect(talk.decoder.counters.unidentifiedNotifications == 1)
    }

    @Test func anUnrecordedEndIsInferred() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        talk.events = []
        talk.connect("4100")
        #expect(talk.events.first == .disconnected(.init(adapter: 0, handle: 0x40), Self.strap, reason: nil))
        talk.peer(0x41, "1B 1000 00 40")
        #expect(talk.samples == [rate(64)])
        talk.events = []
        // Reset: Command Complete of 0x0C03, status 0.
        talk.event("0E 04 01 030C 00")
        #expect(talk.events == [.disconnected(.init(adapter: 0, handle: 0x41), Self.strap, reason: nil)])
    }

    @Test func adaptersAreKeptApart() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        talk.adapter = 1
        talk.peer(0x40, "1B 1000 00 40")
        #expect(talk.samples.isEmpty)
        talk.event("0E 04 01 030C 00")
        talk.adapter = 0
        talk.peer(0x40, "1B 1000 00 40")
        #expect(talk.samples == [rate(64)])
    }

    @Test(arguments: [
        // plain, random address
        ("3E 13 01 00 4000 00 01 0102030405C6 1800 0000 2A00 00", DeviceAddress.Kind.random),
        // enhanced [v1], random identity that the controller resolved
        (
            "3E 1F 0A 00 4000 00 03 0102030405C6 000000000000 A1A2A3A4A56A 1800 0000 2A00 00",
            .random
        ),
        // enhanced [v1], public identity
        ("3E 1F 0A 00 4000 00 02 0102030405C6 000000000000 000000000000 1800 0000 2A00 00", .public),
        // enhanced [v2]
        (
            "3E 22 29 00 4000 00 00 0102030405C6 000000000000 000000000000 1800 0000 2A00 00 FF FFFF",
            .public
        ),
    ])
    func everyKindOfConnectionEventNamesThePeer(_ hex: String, _ kind: DeviceAddress.Kind) {
        var talk = Conversation()
        talk.event(hex)
        let address = DeviceAddress(value: 0xC605_0403_0201, kind: kind)
        #expect(talk.events == [.connected(.init(adapter: 0, handle: 0x40), address)])
        // Cut short by one byte, with the length field made to agree.
        var cut = bytes(hex).dropLast()
        cut[1] -= 1
        var other = Conversation()
        other.packet(.event, Array(cut), sentByHost: false)
        #expect(other.events.count == 1 && other.faults.count == 1)
    }

    @Test func aFailedConnectionIsNone() {
        var talk = Conversation()
        talk.event("3E 13 01 3E 0000 00 00 010203040506 0000 0000 0000 00")
        #expect(talk.events.isEmpty)
    }

    // MARK: Discovery

    /// Read By Type Response of an iPhone, in fragments of 27, 27 and 15 bytes as `hcidump` printed them; quoted in
    /// github.com/noble/node-bluetooth-hci-socket issue 23. The UUIDs are those of Apple's notification service.
    @Test(arguments: [true, false])
    func aRealFragmentedResponseIsPutTogether(hasDirection: Bool) {
        let response = bytes(
            """
            09 15
            1F00 88 2000 D9D9AAFDBD9B2198A849E145F3D8D169
            2200 10 2300 BD1DA299E625588CD94201630D12BF9F
            2500 10 2600 FB7B7CCE6AB344BEB54BD624E9C6EA22
            """)
        let frame = Conversation.l2cap(response)
        #expect(frame.count == 27 + 27 + 15)
        var talk = Conversation(reportsPDUs: true)
        talk.hasDirection = hasDirection
        talk.connect()
        talk.host(0x40, "08 1F00 FFFF 0328")
        talk.acl(0x40, boundary: 2, Array(frame[..<27]), fromHost: false)
        talk.acl(0x40, boundary: 1, Array(frame[27..<54]), fromHost: false)
        // The peer is a client, too, and asks in the middle of it; so does the thread's recording.
        talk.acl(0x40, boundary: 1, Array(frame[54...]), fromHost: false)
        talk.peer(0x40, "10 0F00 FFFF 0028")
        talk.host(0x40, "08 2700 2700 0328")
        talk.host(0x40, "01 10 0F00 0A")
        talk.peer(0x40, "01 08 2700 0A")
        #expect(
            talk.lines == [
                "Read By Type Request Characteristic: 0x001F-0xFFFF",
                "Read By Type Response Characteristic: 0x0020 69D1D8F3-45E1-49A8-9821-9BBDFDAAD9D9, "
                    + "0x0023 9FBF120D-6301-42D9-8C58-25E699A21DBD, 0x0026 22EAC6E9-24D6-4BB5-BE44-B36ACE7C7BFB",
                "Read By Group Type Request Primary Service: 0x000F-0xFFFF",
                "Read By Type Request Characteristic: 0x0027-0x0027",
                "Error Response: Read By Group Type Request 0x000F: attribute not found",
                "Error Response: Read By Type Request 0x0027: attribute not found",
            ])
        #expect(talk.decoder.counters.bad == 0)
        #expect(talk.decoder.counters.unmatchedResponses == 0)
    }

    @Test(arguments: [
        // characteristic declarations, 16 and 128 bits
        ["08 0100 FFFF 0328", "09 07 0F00 10 1000 372A"],
        ["08 0100 FFFF 0328", "09 15 0F00 10 1000 FB349B5F 8000 0080 0010 0000 372A0000"],
        // the type asked for in 128 bits
        ["08 0100 FFFF FB349B5F 8000 0080 0010 0000 03280000", "09 07 0F00 10 1000 372A"],
        // Find Information names the value's type itself, also without its request
        ["04 1000 1000", "05 01 1000 372A"],
        ["05 01 1000 372A"],
        ["04 1000 1000", "05 02 1000 FB349B5F 8000 0080 0010 0000 372A0000"],
        // asked for by its own type; read not permitted is no obstacle to the next
        ["08 0100 FFFF 372A", "01 08 1000 02", "04 1000 1000", "05 01 1000 372A"],
    ])
    func everyWayOfDiscoveryIsLearnedFrom(_ exchange: [String]) {
        var talk = Conversation()
        talk.connect()
        for hex in exchange {
            let isServer = ATTOpcode(rawValue: bytes(hex)[0])?.role == .response
            if isServer { talk.peer(0x40, hex) } else { talk.host(0x40, hex) }
        }
        talk.peer(0x40, "1B 1000 00 40")
        #expect(talk.samples == [rate(64)])
        #expect(talk.faults.isEmpty)
    }

    @Test func servicesAreToldBeforeTheirValues() {
        for exchange in [
            ["10 0100 FFFF 0028", "11 06 0E00 1300 1418"],
            ["06 0100 FFFF 0028 1418", "07 0E00 1300"],
        ] {
            var talk = Conversation()
            talk.connect()
            talk.host(0x40, exchange[0])
            talk.peer(0x40, exchange[1])
            var information = SensorInformation()
            information.services = .runningSpeedAndCadence
            #expect(talk.events.last == .sensorInfo(Self.strap, information))
        }
    }

    @Test func whatAServerOnOurSideSaysIsNotThePeers() {
        var talk = Conversation()
        talk.connect()
        // The peer discovers the host, which serves a heart rate itself.
        talk.peer(0x40, "08 0100 FFFF 0328")
        talk.host(0x40, "09 07 0F00 10 1000 372A")
        talk.host(0x40, "1B 1000 00 40")
        talk.peer(0x40, "1B 1000 00 41")
        #expect(talk.samples.isEmpty)
        #expect(talk.decoder.counters.unidentifiedNotifications == 1)
    }

    @Test func withoutDirectionTheOpcodeTellsWhereTheFlagsDoNot() {
        var talk = Conversation()
        talk.hasDirection = false
        talk.connect()
        // Everything starts with flag 2, as some hosts and all their imitators do.
        for hex in ["08 0100 FFFF 0328", "09 07 0F00 10 1000 372A", "1B 1000 00 40"] {
            talk.acl(0x40, boundary: 2, Conversation.l2cap(bytes(hex)), fromHost: false)
        }
        #expect(talk.samples == [rate(64)])
    }

    @Test func serviceChangedForgetsItsHandles() {
        var talk = Conversation()
        talk.connect()
        talk.host(0x40, "08 0100 FFFF 0328")
        talk.peer(0x40, "09 07 0200 20 0300 052A  0F00 10 1000 372A")
        talk.peer(0x40, "1B 1000 00 40")
        talk.peer(0x40, "1D 0300 0E00 FFFF")
        talk.host(0x40, "1E")
        talk.peer(0x40, "1B 1000 00 41")
        #expect(talk.samples == [rate(64)])
        #expect(talk.faults.isEmpty)
    }

    @Test func whatADeviceSaysOfItselfIsCollected() {
        var talk = Conversation()
        talk.connect()
        talk.host(0x40, "04 0100 0900")
        talk.peer(0x40, "05 01 0300 002A 0400 292A 0500 252A 0600 262A 0700 382A 0800 542A 0900 192A")
        // Read By Type of the device name: "H7"
        talk.host(0x40, "08 0100 FFFF 002A")
        talk.peer(0x40, "09 04 0300 4837")
        talk.host(0x40, "0A 0400")
        // A first part of 22 bytes, then the rest.
        talk.peer(0x40, "0B 506F6C617220456C656374726F204F7920506F6C6172")
        talk.host(0x40, "0C 0400 1600")
        talk.peer(0x40, "0D 2046696E")
        talk.host(0x40, "0A 0500")
        talk.peer(0x40, "0B 3132330000")
        talk.host(0x40, "0A 0600")
        talk.peer(0x40, "01 0A 0600 05")
        talk.host(0x40, "0A 0700")
        talk.peer(0x40, "0B 01")
        talk.host(0x40, "0A 0800")
        talk.peer(0x40, "0B 0300")
        talk.host(0x40, "0A 0900")
        talk.peer(0x40, "0B 57")
        var information = SensorInformation()
        information.name = "H7"
        information.manufacturer = "Polar Electro Oy Polar Fin"
        information.serialNumber = "123"
        information.bodyLocation = .chest
        information.strideFeatures = [.strideLength, .totalDistance]
        let last = talk.events.last { if case .sensorInfo = $0 { true } else { false } }
        #expect(last == .sensorInfo(Self.strap, information))
        #expect(talk.samples == [.battery(percent: 87)])
    }

    // MARK: Values

    @Test func oneNotificationCanCarrySeveralValues() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        //              handle len value    handle len value
        talk.peer(0x40, "23 1000 0400 10 3C 0004  2000 0100 50")
        #expect(talk.samples == [rate(60), interval(1024, gap: true), .battery(percent: 80)])
        talk.peer(0x40, "23 1000 0200 00 3D  2000 0200 50")
        #expect(talk.samples.last == rate(61))
        #expect(talk.faults == [.attribute(opcode: 0x23, .truncated(field: "value", offset: 11))])
    }

    @Test func aZeroIntervalIsNoneAndLeavesAGap() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        talk.peer(0x40, "1B 1000 10 3C 0004 0000 0104 0204")
        talk.peer(0x40, "1B 1000 00 00")
        #expect(
            talk.samples == [
                rate(60), interval(1024, gap: true), interval(1025, gap: true), interval(1026), rate(nil),
            ])
        #expect(talk.decoder.counters.zeroIntervals == 1)
    }

    @Test func intervalsThatStayAwayLeaveAGapAndLateOnesDoNot() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        talk.peer(0x40, "1B 1000 10 3C 0004")
        // 4.9 s later with 1 s of beats: 3.9 s are unexplained, within what straps are late by.
        talk.time += 4.8
        talk.peer(0x40, "1B 1000 10 3C 0004")
        // 7 s later with 1 s of beats: 6 s are unexplained.
        talk.time += 6.9
        talk.peer(0x40, "1B 1000 10 3C 0004")
        // 7 s later with 4 s of beats: all but 3 s are there.
        talk.time += 6.9
        talk.peer(0x40, "1B 1000 10 3C 0004 0004 0004 0004")
        let gaps = talk.samples.compactMap { reading -> Bool? in
            if case .rrInterval(let interval) = reading { interval.followsGap } else { nil }
        }
        #expect(gaps == [true, false, true, false, false, false, false])
    }

    @Test func theOdometerRollsOverAndIsNotFooledByAReset() {
        var talk = Conversation()
        talk.connect()
        talk.host(0x40, "04 1000 1000")
        talk.peer(0x40, "05 01 1000 532A")
        talk.peer(0x40, "1B 1000 02 0003 B4 FAFFFFFF")
        // 6 to the roll-over and 4 beyond: 1 m.
        talk.peer(0x40, "1B 1000 02 0003 B4 04000000")
        // Set back to 0: unknown, then 0.2 m on.
        talk.peer(0x40, "1B 1000 02 0003 B4 00000000")
        talk.peer(0x40, "1B 1000 02 0003 B4 02000000")
        // No distance: none is claimed.
        talk.peer(0x40, "1B 1000 00 0003 B4")
        #expect(
            talk.samples == [
                stride(3, 180, 0), stride(3, 180, 1), stride(3, 180, 1), stride(3, 180, 1.2), stride(3, 180),
            ])
        #expect(talk.decoder.counters.distanceJumps == 1)
    }

    @Test func aValueThatItsFormatForbidsIsCountedAndTheNextIsRead() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        talk.peer(0x40, "1B 1000 01 3C")
        talk.peer(0x40, "1B 2000 65")
        talk.peer(0x40, "1B 1000 00 3C")
        #expect(
            talk.faults == [
                .value(.heartRateMeasurement, handle: 0x10, .truncated(field: "heart rate", offset: 1)),
                .value(.batteryLevel, handle: 0x20, .invalid(field: "battery level", offset: 0)),
            ])
        #expect(talk.samples == [rate(60)])
        #expect(talk.decoder.counters.bad == 2)
    }
}
