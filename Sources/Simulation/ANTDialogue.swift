// SPDX-License-Identifier: GPL-3.0-or-later

/// The host's start-up talk with an ANTUSB2 stick, paced as in a real capture: an exchange takes about 0.1 s, the
/// reset 0.56 s.
///
/// Source: message ids and fields from "ANT Message Protocol and Usage" (D00000652), section 9.5; capabilities,
/// version and the pauses from a usbmon capture of an ANTUSB2 (firmware AP2USB1.05).
struct ANTDialogue {
    /// The ANT+ network key that every open ANT+ host program carries.
    private static let networkKey: [UInt8] = [0xB9, 0xA5, 0x21, 0xFB, 0xBD, 0x72, 0xC3, 0x45]

    struct Channel {
        var number: UInt8
        var deviceNumber: UInt32
        var deviceType: UInt8
        var transmissionType: UInt8
        /// In 1/32768 s.
        var period: UInt16
    }

    private(set) var frames: [PreparedFrame] = []
    /// Seconds at which the next thing happens.
    private(set) var time: Double
    private var random: SplitMix64

    init(at time: Double, random: SplitMix64) {
        self.time = time
        self.random = random
    }

    private mutating func send(_ id: UInt8, _ payload: [UInt8]) {
        frames.append(
            PreparedFrame(
                time: time, link: .usb(fromStick: false),
                bytes: ANTFraming.message(id, payload, toStick: true)))
    }

    private mutating func receive(_ id: UInt8, _ payload: [UInt8], after seconds: Double) {
        time += seconds
        frames.append(
            PreparedFrame(
                time: time, link: .usb(fromStick: true),
                bytes: ANTFraming.message(id, payload, toStick: false)))
        time += random.uniform(0.002...0.009)
    }

    private mutating func request(_ id: UInt8, reply: [UInt8]) {
        send(0x4D, [0, id])
        receive(id, reply, after: random.uniform(0.085...0.1))
    }

    /// Sends a setting of `payload[0]`'s channel; the stick answers "no error".
    private mutating func set(_ id: UInt8, _ payload: [UInt8]) {
        send(id, payload)
        receive(ANTFraming.channelResponse, [payload[0], id, 0], after: random.uniform(0.085...0.1))
    }

    private mutating func reset() {
        send(0x4A, [0])
        // 0x20: reset by command.
        receive(0x6F, [0x20], after: 0.0005)
        time += 0.55
        // 8 channels, 3 networks; advanced options 0xBA, 0x36 (extended messages, scan mode), 0.
        send(0x4D, [0, 0x54])
        receive(0x54, [8, 3, 0, 0xBA, 0x36, 0], after: 0.0005)
        request(0x3E, reply: Array("AP2USB1.05".utf8) + [0])
        request(0x61, reply: (0..<4).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        set(0x46, [0] + Self.networkKey)
    }

    /// - Parameter extendedFlags: what each message carries: 0x80 channel id, 0x40 signal strength, 0x20 time; 0 for
    ///   nothing.
    mutating func open(_ channels: [Channel], extendedFlags: UInt8) {
        reset()
        if extendedFlags != 0 { set(0x6E, [0, extendedFlags]) }
        for channel in channels {
            let number = channel.number
            // Assign: bidirectional slave on network 0.
            set(0x42, [number, 0x00, 0])
            set(
                0x51,
                [
                    number, UInt8(truncatingIfNeeded: channel.deviceNumber),
                    UInt8(truncatingIfNeeded: channel.deviceNumber >> 8), channel.deviceType,
                    channel.transmissionType,
                ])
            // Search for ever.
            set(0x44, [number, 0xFF])
            let period = channel.period
            set(0x43, [number, UInt8(truncatingIfNeeded: period), UInt8(truncatingIfNeeded: period >> 8)])
            // 2457 MHz.
            set(0x45, [number, 57])
            set(0x4B, [number])
        }
    }

    mutating func scan(extendedFlags: UInt8) {
        reset()
        // Assign channel 0: receive only, on network 0; any device.
        set(0x42, [0, 0x40, 0])
        set(0x51, [0, 0, 0, 0, 0])
        set(0x45, [0, 57])
        set(0x6E, [0, extendedFlags])
        set(0x5B, [0])
    }
}
