// SPDX-License-Identifier: GPL-3.0-or-later
package import Segmentation

/// What a piece of text means; the colour follows from it.
package enum Ink: Equatable, Sendable {
    case plain
    case heading
    case faint
    case good
    case bad
    case caution
    case heart
    case phase(PhaseKind)

    /// The SGR parameters (ECMA-48, 8.3.117) that switch the ink on; `nil` where none are needed.
    package func parameters(_ color: TextStyle.Color) -> String? {
        switch color {
        case .none: nil
        case .ansi16: sixteen
        case .ansi256: many
        }
    }

    private var sixteen: String? {
        switch self {
        case .plain: nil
        case .heading: "1"
        case .faint: "90"
        case .good: "32"
        case .bad: "31"
        case .caution: "33"
        case .heart: "35"
        case .phase(let kind):
            switch kind {
            case .rest: "90"
            case .warmup: "33"
            case .sprint: "91"
            case .interval: "95"
            case .recovery: "34"
            case .steady: "32"
            case .cooldown: "36"
            }
        }
    }

    private var many: String? {
        switch self {
        case .plain: nil
        case .heading: "1"
        case .faint: "38;5;245"
        case .good: "38;5;78"
        case .bad: "38;5;203"
        case .caution: "38;5;221"
        case .heart: "38;5;211"
        case .phase(let kind):
            switch kind {
            case .rest: "38;5;244"
            case .warmup: "38;5;179"
            case .sprint: "38;5;208"
            case .interval: "38;5;170"
            case .recovery: "38;5;68"
            case .steady: "38;5;107"
            case .cooldown: "38;5;73"
            }
        }
    }
}
