// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a maximum comes from. The raw value is the contract's spelling.
package enum Basis: String, Sendable {
    /// The athlete measured it: a calibration or a laboratory.
    case measured
    /// The best seen in earlier sessions.
    case observed
    /// A formula or a population's figure: provisional.
    case estimated
}
