// SPDX-License-Identifier: GPL-3.0-or-later

/// What the place that text is written to can show.
package struct TextStyle: Equatable, Sendable {
    package enum Color: Equatable, Sendable, CaseIterable {
        /// No escape sequence at all.
        case none
        /// The sixteen colours of ECMA-48 terminals, in the user's own palette.
        case ansi16
        /// xterm's 256 colours.
        case ansi256
    }

    /// Columns; below 20 counts as 20.
    package var width: Int
    package var color: Color
    /// Whether characters outside ASCII can be shown.
    package var unicode: Bool

    package init(width: Int, color: Color, unicode: Bool) {
        self.width = max(width, 20)
        self.color = color
        self.unicode = unicode
    }
}

extension TextStyle {
    /// Text from outside, as an athlete's name, with nothing left in it that could steer a terminal.
    package func printable(_ text: String) -> String { DisplayWidth.printable(text, unicode: unicode) }
}
