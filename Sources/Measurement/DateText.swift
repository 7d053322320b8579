// SPDX-License-Identifier: GPL-3.0-or-later

/// Points in time as ISO 8601 writes them in its extended format, which XML Schema's `dateTime` takes over.
package enum DateText {
    /// `2026-11-23T05:27:11Z`, with milliseconds where there are some.
    ///
    /// - Parameter unixMilliseconds: since 1970-01-01 00:00 UTC; clamped to the years 1...9999.
    package static func make(unixMilliseconds: Int64) -> String {
        let fraction = ((unixMilliseconds % 1000) + 1000) % 1000
        let basic = Array(CalendarDate(unixSeconds: (unixMilliseconds &- fraction) / 1000).basicISO8601.utf8)
        var text: [UInt8] = []
        for (index, byte) in basic.enumerated() {
            switch index {
            case 4, 6: text.append(UInt8(ascii: "-"))
            case 11, 13: text.append(UInt8(ascii: ":"))
            case 15 where fraction > 0:
                let digits = Array(String(fraction).utf8)
                text.append(UInt8(ascii: "."))
                text += repeatElement(UInt8(ascii: "0"), count: 3 - digits.count)
                text += digits
            default: break
            }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads `YYYY-MM-DDThh:mm:ss`, with a fraction or without, followed by `Z`, `±hh:mm` or, for UTC, nothing. A second of 60 is taken
    /// for the next minute's first.
    ///
    /// - Returns: nanoseconds since 1970-01-01 00:00 UTC; `nil` for anything else, and for years outside 1900...2261.
    package static func unixNanoseconds(_ text: some Sequence<UInt8>) -> Int64? {
        var cursor = Cursor(bytes: Array(text.prefix(64)))
        guard let year = cursor.digits(4), cursor.take("-"), let month = cursor.digits(2), cursor.take("-"),
            let day = cursor.digits(2), cursor.take("T"), let hour = cursor.digits(2), cursor.take(":"),
            let minute = cursor.digits(2), cursor.take(":"), let second = cursor.digits(2),
            (1900...2261).contains(year),
            let days = CalendarDate.dayNumber(year: Int(year), month: Int(month), day: Int(day)),
            hour < 24 || (hour == 24 && minute == 0 && second == 0), minute < 60, second <= 60
        else { return nil }
        var nanoseconds: Int64 = 0
        if cursor.take(".") {
            guard let fraction = cursor.fraction() else { return nil }
            nanoseconds = fraction
        }
        var offset: Int64 = 0
        if cursor.take("Z") {
        } else if let sign: Int64 = cursor.take("+") ? 1 : cursor.take("-") ? -1 : nil {
            guard let hours = cursor.digits(2), cursor.take(":"), let minutes = cursor.digits(2), hours <= 14,
                minutes < 60
            else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard cursor.isAtEnd else { return nil }
        let seconds = Int64(days) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return seconds * 1_000_000_000 + nanoseconds
    }

    private struct Cursor {
        let bytes: [UInt8]
        var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { offset == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        private mutating func digit() -> Int64? {
            guard offset < bytes.count, (0x30...0x39).contains(bytes[offset]) else { return nil }
            offset += 1
            return Int64(bytes[offset - 1]) - 0x30
        }

        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Digits behind the point, as nanoseconds; those beyond the ninth are read and forgotten.
        mutating func fraction() -> Int64? {
            var value: Int64 = 0
            var unit: Int64 = 100_000_000
            guard let first = digit() else { return nil }
            value += first * unit
            while let next = digit() {
                unit /= 10
                value += next * unit
            }
            return value
        }
    }
}
