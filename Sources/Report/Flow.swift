// SPDX-License-Identifier: GPL-3.0-or-later

/// Breaks text into lines of a width.
enum Flow {
    /// Items side by side, as many as a line takes; an item is never broken.
    static func lines(_ items: [StyledText], style: TextStyle, indent: Int, gap: Int) -> [StyledText] {
        var lines: [StyledText] = []
        var line = StyledText()
        for item in items {
            if line.columns > 0, line.columns + gap + item.columns > style.width {
                lines.append(line)
                line = StyledText()
            }
            line.pad(to: line.columns == 0 ? indent : line.columns + gap)
            line.add(item)
        }
        if line.columns > 0 { lines.append(line) }
        return lines
    }

    /// Items with a separator between, broken between items where possible; a line never starts with the separator.
    ///
    /// - Parameters:
    ///   - first: what stands before the first line; further lines start as far right as the text after it.
    static func list(
        _ items: [(text: String, ink: Ink)], separator: String, after first: StyledText, style: TextStyle
    ) -> [StyledText] {
        let indent = min(first.columns, style.width / 2)
        var lines: [StyledText] = []
        var line = first
        var isEmpty = true
        for (text, ink) in items where !text.isEmpty {
            let needed = DisplayWidth.columns(of: text)
            if !isEmpty, line.columns + DisplayWidth.columns(of: separator) + needed > style.width {
                lines.append(line)
                line = StyledText(String(repeating: " ", count: indent))
                isEmpty = true
            }
            if !isEmpty { line.add(separator, .faint) }
            if line.columns + needed > style.width {
                lines += paragraph(text, ink: ink, after: line, style: style)
                line = lines.removeLast()
            } else {
                line.add(text, ink)
            }
            isEmpty = false
        }
        if !isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }

    /// Running text, broken at blanks, or within a word that is longer than a line.
    ///
    /// - Parameters:
    ///   - first: what stands before the first line; further lines start as far right as the text after it.
    static func paragraph(
        _ text: String, ink: Ink = .plain, after first: StyledText = StyledText(), style: TextStyle
    ) -> [StyledText] {
        let indent = min(first.columns, style.width / 2)
        var lines: [StyledText] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            var word = String(word)
            if !isEmpty, line.columns + 1 + DisplayWidth.columns(of: word) > style.width {
                lines.append(line)
                line = StyledText(String(repeating: " ", count: indent))
                isEmpty = true
            }
            if !isEmpty { line.add(" ", ink) }
            while DisplayWidth.columns(of: word) > style.width - line.columns {
                let piece = DisplayWidth.prefix(of: word, columns: style.width - line.columns)
                if piece.isEmpty && line.columns <= indent { return lines }
                line.add(piece, ink)
                lines.append(line)
                line = StyledText(String(repeating: " ", count: indent))
                word = String(word.unicodeScalars.dropFirst(piece.unicodeScalars.count))
            }
            line.add(word, ink)
            isEmpty = false
        }
        if !isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }
}
