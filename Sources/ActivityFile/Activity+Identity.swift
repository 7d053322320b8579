// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import BinaryCoding
import JSON

extension Activity {
    /// Tells this session's file from any other that this program writes, together with the time of its start. Scoring a session anew does
    /// not change it.
    package var serialNumber: UInt32 {
        Self.serialNumber(duration: document.source.duration, frames: document.quality.frames)
    }

    /// - Parameters:
    ///   - duration: of the session, in seconds; milliseconds count.
    ///   - frames: as the analysis counts them.
    /// - Returns: never 0, which is no serial number.
    package static func serialNumber(duration: Double, frames: Int) -> UInt32 {
        let text = "\(FixedDecimal(duration, decimals: 3)?.text ?? "-") \(frames)"
        return max(CRC32.checksum(Array(text.utf8).span), 1)
    }
}
