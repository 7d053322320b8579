// SPDX-License-Identifier: GPL-3.0-or-later

extension CalendarDate {
    /// Days from 1970-01-01 to a day of the Gregorian calendar.
    ///
    /// - Returns: `nil` for a day that there is not, or a year out of 1...9999.
    package static func dayNumber(year: Int, month: Int, day: Int) -> Int? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        // By years that begin on 1 March, so that the leap day is a year's last.
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let days =
            365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * monthFromMarch + 2) / 5 + day - 1
        let number = days - 719_468
        let back = CalendarDate(unixSeconds: Int64(number) * 86_400)
        return back.month == Int64(month) && back.day == Int64(day) ? number : nil
    }

    /// - Parameter dayNumber: days from 1970-01-01.
    package init(dayNumber: Int) {
        self.init(unixSeconds: Int64(min(max(dayNumber, -1_000_000), 4_000_000)) * 86_400)
    }

    /// `YYYY-MM-DD`, the extended format of ISO 8601.
    package var extendedDate: String {
        Self.pad(year, 4) + "-" + Self.pad(month, 2) + "-" + Self.pad(day, 2)
    }

    /// - Parameter digits: at most nine.
    /// - Returns: `nil` when any of them is none.
    package static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count <= 9 else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// Reads the extended format.
    ///
    /// - Returns: days from 1970-01-01; `nil` for what is no such day.
    package static func dayNumber(extendedDate text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        guard let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
        else { return nil }
        return dayNumber(year: year, month: month, day: day)
    }
}
