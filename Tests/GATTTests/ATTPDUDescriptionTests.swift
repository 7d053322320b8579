// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import GATT
import Measurement
import TestSupport
import Testing

@Suite struct ATTPDUDescriptionTests {
    @Test func pdusDescribeThemselves() {
        var talk = Conversation(reportsPDUs: true)
        talk.connect()
        talk.host(0x40, "02 F700")
        talk.peer(0x40, "03 1700")
        talk.discoverStrap(0x40)
        talk.peer(0x40, "1B 1000 10 43 7203 8A03")
        talk.host(0x40, "0A 1300")
        talk.peer(0x40, "0B 01")
        talk.host(0x40, "0A 9900")
        talk.peer(0x40, "01 0A 9900 01")
        talk.peer(0x40, "1B 9900 00 40")
        talk.peer(0x40, "77 01")
        talk.peer(0x40, "1B 10")
        #expect(
            talk.lines == [
                "Exchange MTU Request: 247 bytes",
                "Exchange MTU Response: 23 bytes",
                "Read By Group Type Request Primary Service: 0x0001-0xFFFF",
                "Read By Group Type Response Primary Service: 0x000E-0x0013 Heart Rate, 0x001E-0x0021 Battery",
                "Read By Type Request Characteristic: 0x000E-0x0013",
                "Read By Type Response Characteristic: 0x0010 Heart Rate Measurement, 0x0013 Body Sensor Location",
                "Read By Type Request Characteristic: 0x001E-0x0021",
                "Read By Type Response Characteristic: 0x0020 Battery Level",
                "Find Information Request: 0x0011-0x0011",
                "Find Information Response: 0x0011 Client Characteristic Configuration",
                "Write Request 0x0011 Client Characteristic Configuration of Heart Rate Measurement: notifications on",
                "Write Response 0x0011 Client Characteristic Configuration of Heart Rate Measurement",
                "Handle Value Notification 0x0010 Heart Rate Measurement: 67 bpm, RR 882 906 /1024 s",
                "Read Request 0x0013 Body Sensor Location",
                "Read Response 0x0013 Body Sensor Location: chest",
                "Read Request 0x0099",
                "Error Response: Read Request 0x0099: invalid handle",
                "Handle Value Notification 0x0099: 00 40",
                "Unknown opcode 0x77 01",
                "Handle Value Notification: malformed 10",
            ])
        #expect(talk.decoder.counters.unknownOpcodes == 1)
        #expect(talk.faults == [.attribute(opcode: 0x1B, .truncated(field: "handle", offset: 1))])
    }

    /// Formats 1 and 2 are 16 and 128 bits; there is no third.
    @Test func aListOfAnUnknownFormatIsMalformed() {
        var talk = Conversation(reportsPDUs: true)
        talk.connect()
        talk.peer(0x40, "05 02 1000 FB349B5F80000080 00100000 372A0000")
        talk.peer(0x40, "05 03 1000 FB349B5F80000080 00100000 372A0000")
        #expect(
            talk.lines == [
                "Find Information Response: 0x0010 Heart Rate Measurement",
                "Find Information Response: malformed 03 10 00 FB 34 9B 5F 80 00 00 80 00 10 00 00 37 2A 00 00",
            ])
    }
}
