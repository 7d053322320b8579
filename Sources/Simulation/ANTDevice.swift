// SPDX-License-Identifier: GPL-3.0-or-later

/// One ANT+ transmitter: its identity, its slots and its pages.
///
/// A page is eight bytes, held as a little-endian `UInt64`: byte n at bits 8n.
struct ANTDevice: Sendable {
    let athlete: Int
    let isStrap: Bool
    /// 20 bits.
    let number: UInt32
    /// The upper four bits of the number in the high nibble; 1 (independent channel) in the low one.
    let transmissionType: UInt8
    let channel: UInt8
    var record: SensorRecord

    /// Losses in a row.
    var missed = 0
    var outageEnd = -Double.infinity
    var random: SplitMix64
    /// Received power, dBm.
    let strength: Int8

    private let slotSeconds: Double
    private let phase: Double
    /// Slots so far.
    private var slots: UInt64
    private var next: Double
    private let mainPage: UInt8
    private let serial: UInt32
    private let manufacturer: UInt8
    private let operatingTime: Double

    var deviceType: UInt8 { isStrap ? 120 : 124 }
    /// In 1/32768 s.
    var period: UInt16 { isStrap ? 8070 : 8134 }

    init(
        athlete: Int, isStrap: Bool, number: UInt32, channel: UInt8, record: SensorRecord, heardFrom start: Double,
        seed: UInt64
    ) {
        self.athlete = athlete
        self.isStrap = isStrap
        self.number = number
        self.channel = channel
        self.record = record
        transmissionType = UInt8(truncatingIfNeeded: number >> 16) << 4 | 1
        random = SplitMix64(seed: seed, stream: isStrap ? 0x414E_5401 : 0x414E_5402, index: athlete)
        strength = Int8(-45 - random.integer(below: 40))
        slotSeconds = Double(isStrap ? 8070 : 8134) / 32768 * (1 + random.uniform(-30...30) * 1e-6)
        phase = random.uniform() * slotSeconds
        // Most straps send page 4, some page 0, as their main page.
        mainPage = random.chance(0.75) ? 4 : 0
        serial = UInt32(truncatingIfNeeded: random.next())
        manufacturer = UInt8(1 + random.integer(below: 120))
        operatingTime = random.uniform(0...2_000_000)
        // The transmitter runs before the host listens; messages before that are not heard.
        slots = UInt64(max(0, ((start - phase) / slotSeconds).rounded(.up)))
        next = phase + Double(slots) * slotSeconds
    }

    /// When the next message is on the air, s.
    var due: Double { next }

    var messagesPerSecond: Double { 1 / slotSeconds }

    mutating func advance() {
        slots += 1
        next = phase + Double(slots) * slotSeconds
    }

    /// The strap's message for the present slot.
    ///
    /// Source: "ANT+ Device Profile – Heart Rate Monitor" (D00000693): bit 7 of byte 0 toggles every fourth message;
    /// one message in 65 is a background page, here in turn 1, 2, 3 and 7 as a real strap was seen to send them.
    func page(of strap: StrapSensor, at time: Double) -> UInt64 {
        let toggle: UInt8 = slots / 4 & 1 == 0 ? 0 : 0x80
        var bytes: UInt64
        if slots % 65 == 64 {
            switch slots / 65 % 4 {
            case 0:
                // Operating time, in 2 s.
                bytes = 1 | operatingTicks(at: time) << 8
            case 1:
                // Manufacturer; upper half of the serial number.
                bytes = 2 | UInt64(manufacturer) << 8 | UInt64(serial >> 16) << 16
            case 2:
                // Hardware, software, model.
                bytes = 3 | 0x04 << 8 | 0x11 << 16 | 0x22 << 24
            default:
                // Battery: percent; 1/256 V; volts and status (1 new ... 5 critical) in bits 4-6.
                let percent = UInt64(Self.battery(after: operatingTime + time))
                bytes = 7 | percent << 8 | 0x80 << 16 | 0x22 << 24
            }
        } else {
            bytes = UInt64(mainPage) | 0xFF << 8
            bytes |= (mainPage == 4 ? UInt64(strap.previousTick) : 0xFFFF) << 16
        }
        bytes |= UInt64(toggle)
        bytes |= UInt64(strap.lastTick) << 32
        bytes |= UInt64(UInt8(truncatingIfNeeded: strap.beats + strap.countOffset)) << 48
        bytes |= UInt64(strap.computedRate) << 56
        return bytes
    }

    /// The footpod's message for the present slot.
    ///
    /// Source: "ANT+ Device Profile – Stride Based Speed and Distance Monitor" (D00000830); the order of pages, two of
    /// a kind and the common pages 80, 81 and 82 twice after 64 others, as in Nordic's nRF5 SDK 15 (`ant_sdm.c`).
    mutating func page(of pod: inout FootpodSensor, at time: Double) -> UInt64 {
        let place = slots % 66
        if place >= 64 {
            switch slots / 66 % 3 {
            case 0:
                // Reserved ×2, hardware revision, manufacturer, model.
                return 80 | 0xFFFF << 8 | 0x03 << 24 | UInt64(manufacturer) << 32 | 0x0102 << 48
            case 1:
                // Reserved, supplemental and main software revision, serial number.
                return 81 | 0xFF << 8 | 0xFF << 16 | 0x15 << 24 | UInt64(serial) << 32
            default:
                // Reserved, no battery number, operating time in 2 s, 1/256 V, and volts 2, status 2 (good), 2 s
                // resolution.
                return 82 | 0xFFFF << 8 | operatingTicks(at: time) << 24 | 0xC0 << 48 | 0xA2 << 56
            }
        }
        let spoken = pod.spokenSpeed(messagesPerSecond: messagesPerSecond)
        // Four bits of whole metres per second, eight of fraction.
        let speed = UInt64(clamped((spoken * 256).rounded(), 0...4095))
        let speedBytes = (speed >> 8) << 32 | (speed & 0xFF) << 40
        guard place / 2 % 2 == 0 else {
            // Strides per minute, in 1/16.
            let cadence = UInt64(clamped((pod.cadence * 16).rounded(), 0...4095))
            // Laces, battery good, health OK, and whether in use.
            let status: UInt64 = 0x10 | (pod.isMoving ? 1 : 0)
            return 2 | 0xFFFF << 8 | (cadence >> 4) << 24 | (cadence & 0xF) << 36 | speedBytes | status << 56
        }
        let latency = pod.latency(at: time)
        let clock = UInt64(clamped((time - latency + pod.clockOffset) * 200, 0...1e18))
        let metres = UInt64(clamped((pod.distance * 16).rounded(.down), 0...1e18)) & 0xFFF
        var bytes: UInt64 = 1 | (clock % 200) << 8 | (clock / 200 % 256) << 16
        bytes |= (metres >> 4) << 24 | (metres & 0xF) << 36 | speedBytes
        bytes |= UInt64(UInt8(truncatingIfNeeded: pod.strides + pod.strideOffset)) << 48
        bytes |= UInt64(clamped((latency * 32).rounded(.down), 0...255)) << 56
        return bytes
    }

    /// In 2 s, 24 bits.
    private func operatingTicks(at time: Double) -> UInt64 {
        UInt64(clamped((operatingTime + time) / 2, 0...1e18)) & 0xFF_FFFF
    }

    /// Percent left of a coin cell that lasts about 4 million seconds in use.
    static func battery(after seconds: Double) -> UInt8 {
        UInt8(clamped(100 - seconds / 40_000, 5...100))
    }
}
