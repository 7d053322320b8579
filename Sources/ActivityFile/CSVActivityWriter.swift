// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Measurement
import Segmentation

/// An activity as comma-separated values, one row a second, in the columns that this program reads; `effort` and `phase`, which it
/// works out itself, come behind them.
package struct CSVActivityWriter {
    /// What the comment begins with in which the time of `t_s` = 0 stands.
    package static let startComment = "# start "

    private let activity: Activity

    package init(_ activity: Activity) { self.activity = activity }

    package func write<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var text = TextPieces()
        text += "\(Self.startComment)\(DateText.make(unixMilliseconds: activity.start &* 1000))\n"
        text += "t_s,hr_bpm,speed_mps,cadence_spm,distance_m,effort,phase\n"
        let basis = activity.effortBasis
        var cursor = Activity.PhaseCursor(activity.document.phases)
        for point in activity.track.points {
            text += "\(point.second),\(TextPieces.number(point.heartRate, decimals: 1)),"
            text += TextPieces.number(point.speed, decimals: 3) + ","
            text += TextPieces.number(point.cadence, decimals: 1) + ","
            text += TextPieces.number(point.distance, decimals: 2) + ","
            text += TextPieces.number(basis?.effort(point), decimals: 3) + ","
            text += (cursor.phase(at: point.second)?.kind.rawValue ?? "") + "\n"
            try text.drainIfLarge(body)
        }
        try text.drain(body)
    }
}
