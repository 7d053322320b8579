// SPDX-License-Identifier: GPL-3.0-or-later

/// One line of text in several inks, which knows how many columns it takes.
struct StyledText: Equatable, Sendable {
    private struct Span: Equatable, Sendable {
        var text: String
        var ink: Ink
    }

    private var spans: [Span] = []
    private(set) var columns = 0

    init() {}

    init(_ text: String, _ ink: Ink = .plain) {
        add(text, ink)
    }

    mutating func add(_ text: String, _ ink: Ink = .plain) {
        guard !text.isEmpty else { return }
        columns += DisplayWidth.columns(of: text)
        if let last = spans.indices.last, spans[last].ink == ink {
            spans[last].text += text
        } else {
            spans.append(Span(text: text, ink: ink))
        }
    }

    mutating func add(_ other: StyledText) {
        for span in other.spans { add(span.text, span.ink) }
    }

    /// Blanks up to `column`, counted from 0; nothing when the line is there already.
    mutating func pad(to column: Int) {
        guard column > columns else { return }
        add(String(repeating: " ", count: column - columns))
    }

    /// Writes `text` so that it ends before the column `end`.
    mutating func add(_ text: String, endingAt end: Int, _ ink: Ink = .plain) {
        pad(to: end - DisplayWidth.columns(of: text))
        add(text, ink)
    }

    /// The line as a terminal takes it, cut where it would pass the width.
    func rendered(_ style: TextStyle) -> String {
        var result = ""
        var room = style.width
        for span in trimmed {
            var text = span.text
            let needed = DisplayWidth.columns(of: text)
            if needed > room { text = DisplayWidth.prefix(of: text, columns: room) }
            room -= min(needed, room)
            if let parameters = span.ink.parameters(style.color), !text.isEmpty {
                result += "\u{1B}[\(parameters)m\(text)\u{1B}[0m"
            } else {
                result += text
            }
        }
        return result
    }

    /// The spans without the blanks at the line's end, which show nothing.
    private var trimmed: [Span] {
        var spans = spans
        while let last = spans.last {
            var text = Substring(last.text)
            while text.last == " " { text.removeLast() }
            if text.isEmpty {
                spans.removeLast()
            } else {
                spans[spans.count - 1].text = String(text)
                break
            }
        }
        return spans
    }
}
