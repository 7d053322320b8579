// SPDX-License-Identifier: GPL-3.0-or-later
package import Segmentation

/// The signs of a report, with stand-ins in ASCII.
package struct Glyphs: Sendable {
    let unicode: Bool

    package init(unicode: Bool) { self.unicode = unicode }

    package var separator: String { unicode ? " · " : ", " }
    package var times: String { unicode ? "×" : "x" }
    package var range: String { unicode ? "–" : "-" }
    package var absent: String { unicode ? "–" : "-" }
    package var tick: String { unicode ? "╵" : "|" }
    /// Points down at a column.
    package var pointer: String { unicode ? "▾" : "v" }
    /// Two columns each.
    package var reached: String { unicode ? "✓ " : "ok" }
    package var missed: String { unicode ? "✗ " : "no" }

    /// A cell of the time-line; each kind has its own, so that it reads without colour too.
    package func cell(_ kind: PhaseKind) -> String {
        switch kind {
        case .rest: unicode ? "·" : "."
        case .warmup: unicode ? "░" : ":"
        case .sprint: unicode ? "█" : "#"
        case .interval: unicode ? "▓" : "%"
        case .recovery: unicode ? "▁" : "_"
        case .steady: unicode ? "▒" : "="
        case .cooldown: unicode ? "░" : ":"
        }
    }

    /// A cell filled from below.
    ///
    /// - Parameter eighths: 0...8.
    package func column(eighths: Int) -> String {
        if unicode {
            let levels = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
            return levels[min(max(eighths, 0), 8)]
        }
        return eighths >= 4 ? "#" : " "
    }

    /// A bar that grows to the right in half cells: what is filled, and what is left of `cells`.
    ///
    /// - Parameter share: clamped to 0...1; not-a-number is 0.
    package func bar(
        _ share: Double, cells: Int, rounding: FloatingPointRoundingRule = .toNearestOrAwayFromZero
    ) -> (filled: String, rest: String) {
        guard cells > 0 else { return ("", "") }
        let clamped = share > 0 ? min(share, 1) : 0
        let halves = Int((clamped * Double(cells) * 2).rounded(rounding))
        let filled =
            unicode
            ? String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
            : String(repeating: "#", count: (halves + 1) / 2)
        return (filled, String(repeating: unicode ? "─" : ".", count: cells - filled.unicodeScalars.count))
    }
}
