// SPDX-License-Identifier: GPL-3.0-or-later

/// How many columns text takes in a terminal, and how foreign text is made fit to be shown in one.
package enum DisplayWidth {
    package static func columns(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
    }

    /// The longest beginning that takes no more than `columns`.
    package static func prefix(of text: String, columns: Int) -> String {
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            let next = used + self.columns(of: scalar)
            if next > columns { break }
            used = next
            result.append(scalar)
        }
        return String(result)
    }

    /// Text from outside (a device's name, an athlete's) with nothing left in it that could steer a terminal: control
    /// and format characters go, everything outside ASCII too where it cannot be shown.
    package static func printable(_ text: String, unicode: Bool) -> String {
        // As nearly all is: nothing to look at twice.
        guard text.utf8.contains(where: { !(0x20...0x7E).contains($0) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                result.append(" ")
            case .format, .surrogate, .privateUse, .unassigned:
                continue
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
                .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
                .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
                .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol, .spaceSeparator:
                // Variation selectors change how wide the character before them is drawn.
                if (0xFE00...0xFE0F).contains(scalar.value) { continue }
                result.append(unicode || scalar.isASCII ? scalar : "?")
            @unknown default:
                continue
            }
        }
        return String(result)
    }

    /// Source: Unicode Standard Annex #11, "East Asian Width": wide and full-width characters take two columns; marks
    /// take none.
    package static func columns(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        let category = scalar.properties.generalCategory
        return category == .nonspacingMark || category == .enclosingMark ? 0 : 1
    }
}
