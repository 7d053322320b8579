// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The colours of a picture.
package enum PlotTheme: String, Sendable, CaseIterable {
    case light
    case dark

    var background: String { self == .light ? "#ffffff" : "#0d1117" }
    var panel: String { self == .light ? "#f6f8fa" : "#151b23" }
    var ink: String { self == .light ? "#1f2328" : "#f0f6fc" }
    var faint: String { self == .light ? "#656d76" : "#8b949e" }
    var grid: String { self == .light ? "#d8dee4" : "#2b323b" }
    var speed: String { self == .light ? "#0969da" : "#58a6ff" }
    var heartRate: String { self == .light ? "#cf222e" : "#ff7b72" }
    var target: String { self == .light ? "#bc4c00" : "#ffa657" }
    var reached: String { self == .light ? "#1a7f37" : "#3fb950" }
    var missed: String { self == .light ? "#9a6700" : "#d29922" }

    /// Bands behind the curves.
    func phase(_ kind: PhaseKind) -> String {
        switch kind {
        case .sprint: self == .light ? "#fb8f44" : "#f0883e"
        case .interval: self == .light ? "#e16fb0" : "#db61a2"
        case .warmup: self == .light ? "#d4a72c" : "#bb8009"
        case .recovery: self == .light ? "#54aeff" : "#388bfd"
        case .cooldown: self == .light ? "#8c7bd8" : "#8957e5"
        case .steady: self == .light ? "#4ac26b" : "#2ea043"
        case .rest: self == .light ? "#afb8c1" : "#6e7681"
        }
    }

    /// How much of a band shows behind the curves.
    func shade(_ kind: PhaseKind) -> Double {
        kind.isWork ? (self == .light ? 0.24 : 0.3) : (self == .light ? 0.1 : 0.14)
    }
}
