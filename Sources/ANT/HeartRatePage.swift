// SPDX-License-Identifier: GPL-3.0-or-later

/// One message of an ANT+ heart rate sensor (device type 120), in the wire's units.
///
/// Layout: byte 0 page number with the toggle in bit 7; bytes 1–3 belong to the page; bytes 4–5 time of the last beat
/// in 1/1024 s, byte 6 beat count, byte 7 heart rate, on every page and on sensors that know no pages.
///
/// Source: public vendor sample code (nRF5 SDK, ant_hrm) and public decoders.
package struct HeartRatePage: Hashable, Sendable, BitwiseCopyable {
    /// Flips every fourth message on sensors that know pages.
    package var toggle: Bool
    /// 0...127. Means nothing until the toggle was seen to change.
    package var number: UInt8
    package var content: Content
    /// 1/1024 s, wraps every 64 s; 0 is a time like any other.
    package var beatTime: UInt16
    /// Wraps at 256.
    package var beatCount: UInt8
    /// Beats per minute as the sensor computed it; `nil` when it has none (0 on the wire).
    package var beatsPerMinute: UInt8?

    /// Bytes 1–3, as the page number gives them meaning.
    package enum Content: Hashable, Sendable, BitwiseCopyable {
        /// Page 0: nothing more.
        case none
        /// Page 1, in units of 2 s.
        case operatingTime(UInt32)
        /// Page 2. The serial number's lower half is the device number.
        case manufacturer(id: UInt8, serialNumberUpperHalf: UInt16)
        /// Page 3.
        case product(hardwareVersion: UInt8, softwareVersion: UInt8, model: UInt8)
        /// Page 4: time of the beat before the last, 1/1024 s. Some straps set it to the last beat's own time as soon
        /// as the last beat has been sent once.
        case previousBeat(time: UInt16)
        /// Page 5, beats per minute.
        case swimInterval(average: UInt8, maximum: UInt8, sessionAverage: UInt8)
        /// Page 6: bit 0 running, 1 cycling, 2 swimming, 6 and 7 the maker's own.
        case capabilities(supported: UInt8, enabled: UInt8)
        /// Page 7. Level in percent; `nil` when the sensor does not say.
        case battery(level: UInt8?, ANTBattery)
        /// Any other page, such as page 51 of old Garmin straps.
        case unknown
    }

    @inline(__always)
    package init(_ page: ANTPage) {
        toggle = page.byte(0) & 0x80 != 0
        number = page.byte(0) & 0x7F
        beatTime = page.uint16(4)
        beatCount = page.byte(6)
        let rate = page.byte(7)
        beatsPerMinute = rate == 0 ? nil : rate
        switch number {
        case 0: content = .none
        case 1: content = .operatingTime(page.uint24(1))
        case 2: content = .manufacturer(id: page.byte(1), serialNumberUpperHalf: page.uint16(2))
        case 3:
            content = .product(hardwareVersion: page.byte(1), softwareVersion: page.byte(2), model: page.byte(3))
        case 4: content = .previousBeat(time: page.uint16(2))
        case 5: content = .swimInterval(average: page.byte(1), maximum: page.byte(2), sessionAverage: page.byte(3))
        case 6: content = .capabilities(supported: page.byte(2), enabled: page.byte(3))
        case 7:
            let level = page.byte(1)
            content = .battery(
                level: level <= 100 ? level : nil,
                ANTBattery(fraction: page.byte(2), descriptor: page.byte(3)))
        default: content = .unknown
        }
    }

    /// 1/1024 s between the last two beats, if this message alone tells it.
    @inline(__always)
    package var rrInterval: UInt16? {
        guard case .previousBeat(let time) = content, time != beatTime else { return nil }
        return beatTime &- time
    }
}

extension HeartRatePage: CustomStringConvertible {
    package var description: String {
        let rate = beatsPerMinute.map { "\($0) bpm" } ?? "no heart rate"
        return "heart rate page \(number): \(rate), beat \(beatCount)" + contentDescription
    }

    private var contentDescription: String {
        switch content {
        case .none: ""
        case .operatingTime(let time): ", running for \(UInt64(time) * 2) s"
        case .manufacturer(let id, let serial): ", manufacturer \(id), serial number upper half \(serial)"
        case .product(let hardware, let software, let model):
            ", hardware \(hardware), software \(software), model \(model)"
        case .previousBeat: rrInterval.map { ", RR \($0)/1024 s" } ?? ""
        case .swimInterval(let average, let maximum, let session):
            ", interval \(average) bpm (at most \(maximum)), session \(session) bpm"
        case .capabilities(let supported, let enabled):
            ", features \(hexadecimal(supported)), enabled \(hexadecimal(enabled))"
        case .battery(let level, let battery): ", \(battery)" + (level.map { " \($0) %" } ?? "")
        case .unknown: ""
        }
    }
}
