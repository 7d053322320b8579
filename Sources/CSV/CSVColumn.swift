// SPDX-License-Identifier: GPL-3.0-or-later

/// The columns that a recording may have; the raw value is the header's spelling, units included.
enum CSVColumn: String, CaseIterable, Sendable, BitwiseCopyable {
    /// Seconds.
    case time = "t_s"
    /// Beats per minute.
    case heartRate = "hr_bpm"
    /// Metres per second.
    case speed = "speed_mps"
    /// Steps (both feet) per minute.
    case cadence = "cadence_spm"
    /// Metres since the start.
    case distance = "distance_m"
}
