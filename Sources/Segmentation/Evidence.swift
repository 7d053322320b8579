// SPDX-License-Identifier: GPL-3.0-or-later

/// The signal that a phase's edges rest on. The raw value is the contract's spelling.
package enum Evidence: String, Sendable {
    case speed
    case cadence
    case heartRate = "heart_rate"
}
