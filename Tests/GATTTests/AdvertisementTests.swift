// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import GATT
import Measurement
import Testing

@Suite struct AdvertisementTests {
    @Test func advertisementsNameASensor() {
        var talk = Conversation()
        // Legacy: flags and the heart-rate service; the name comes in the scan response.
        //          code len sub n type addr        data                        RSSI
        talk.event("3E  13  02  01 00  00 01A000F512C4 07 020106 03030D18 C8")
        talk.event("3E  16  02  01 04  00 01A000F512C4 0A 09 09 506F6C6172204837 C8")
        var information = SensorInformation()
        information.services = .heartRate
        var named = information
        named.name = "Polar H7"
        #expect(
            talk.events == [
                .sensorInfo(GATTDecoderTests.strap, information), .sensorInfo(GATTDecoderTests.strap, named),
            ])
        // Said again: nothing new.
        talk.event("3E  16  02  01 04  00 01A000F512C4 0A 09 09 506F6C6172204837 C8")
        #expect(talk.events.count == 2)
        talk.connect()
        #expect(talk.events.last == .sensorInfo(GATTDecoderTests.strap, named))
    }

    @Test func aNameHeardDuringAConnectionReachesIt() {
        var talk = Conversation()
        talk.connect()
        talk.event("3E  16  02  01 04  00 01A000F512C4 0A 09 09 506F6C6172204837 C8")
        var information = SensorInformation()
        information.name = "Polar H7"
        #expect(talk.events.last == .sensorInfo(GATTDecoderTests.strap, information))
    }

    @Test func anExtendedAdvertisementAndSeveralReportsAtOnce() {
        var talk = Conversation()
        //   two reports: type(2) addr PHYs sid power RSSI period direct(7) len data
        talk.event(
            """
            3E 46 0D 02
            1000 01 0102030405C6 01 00 FF 7F C8 0000 00 000000000000 08 03031418 03085374
            0000 01 0202030405C6 01 00 FF 7F C8 0000 00 000000000000 0C 0B 09 486561647068 6F6E6573
            """)
        var information = SensorInformation()
        information.services = .runningSpeedAndCadence
        information.name = "St"
        guard case .sensorInfo(let sensor, let got)? = talk.events.first else {
            Issue.record("no information")
            return
        }
        #expect(sensor == .bluetooth(address: 0xC605_0403_0201))
        #expect(got.services == information.services && got.name == information.name)
        // The headphones are not announced.
        #expect(talk.events.count == 1)
        // The whole name replaces the short one, not the reverse.
        talk.event("3E 19 02 01 04 01 0102030405C6 0D 07 09 537472796420 04 08 537472 C8")
        guard case .sensorInfo(_, let whole)? = talk.events.last else {
            Issue.record("no information")
            return
        }
        #expect(whole.name == "Stryd")
        talk.event("3E 12 02 01 04 01 0102030405C6 06 03 08 5374 00 00 C8")
        #expect(talk.events.count == 2)
        #expect(talk.faults.isEmpty)
    }

    @Test func anAnonymousOrGarbledAdvertisementIsSkipped() {
        var talk = Conversation()
        talk.event("3E 10 02 01 00 FF 000000000000 04 03030D18 C8")
        #expect(talk.events.isEmpty)
        // The second structure claims 9 bytes and has 1.
        talk.event("3E 12 02 01 00 00 01A000F512C4 06 03030D18 0909 C8")
        #expect(talk.events.count == 1)
        #expect(talk.decoder.counters.badAdvertisements == 1)
        // The event itself lies about its data's length.
        talk.event("3E 10 02 01 00 00 01A000F512C4 1F 03030D18 C8")
        #expect(talk.faults == [.hci(.event, .truncated(field: "advertising data", offset: 13))])
    }
}
