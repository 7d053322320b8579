// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import JSON
import Measurement
import Segmentation

/// An activity as JSON Lines: one object a line, each with its `class`. First `activity`, then `record`s in time order, with the beat intervals
/// of their second; then `phase`s, `sprint`s and `interval`s; the whole analysis stands in the last line.
package struct JSONLinesActivityWriter {
    private let activity: Activity

    package init(_ activity: Activity) { self.activity = activity }

    package func write<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var text = TextPieces()
        text += line { json in
            json.member("class", "activity")
            json.member("start", DateText.make(unixMilliseconds: activity.start &* 1000))
            json.member("duration_s", activity.document.source.duration, decimals: 3)
            json.member("athlete", activity.document.athlete.name)
            json.member("program", "sprintd \(activity.version)")
        }
        let basis = activity.effortBasis
        var cursor = Activity.PhaseCursor(activity.document.phases)
        var beats = activity.track.beats[...]
        for point in activity.track.points {
            text += line { json in
                json.member("class", "record")
                json.member("t_s", point.second)
                json.member("hr_bpm", point.heartRate, decimals: 1)
                json.member("speed_mps", point.speed, decimals: 3)
                json.member("cadence_spm", point.cadence, decimals: 1)
                json.member("distance_m", point.distance, decimals: 2)
                json.member("effort", basis?.effort(point), decimals: 4)
                json.member("phase", cursor.phase(at: point.second)?.kind.rawValue)
                json.key("rr_s")
                json.array { json in
                    while let beat = beats.first, beat.second <= point.second {
                        json.number(Double(beat.ticks) / 1024, decimals: 4)
                        beats = beats.dropFirst()
                    }
                }
            }
            try text.drainIfLarge(body)
        }
        for phase in activity.document.phases {
            text += line { json in
                json.member("class", "phase")
                json.member("kind", phase.kind.rawValue)
                json.member("start_s", phase.start, decimals: 3)
                json.member("end_s", phase.end, decimals: 3)
            }
        }
        let bouts =
            activity.document.sprints.map { (kind: PhaseKind.sprint, bout: $0) }
            + activity.document.intervals.map { (kind: PhaseKind.interval, bout: $0) }
        for (kind, bout) in bouts {
            text += line { json in
                json.member("class", kind.rawValue)
                json.member("index", bout.index)
                json.member("start_s", bout.start, decimals: 3)
                json.member("end_s", bout.end, decimals: 3)
                json.member("effort", bout.effort, decimals: 4)
                json.member("on_target", bout.onTarget)
            }
            try text.drainIfLarge(body)
        }
        text += "{\"class\":\"analysis\",\"analysis\":" + activity.document.json(pretty: false) + "}\n"
        try text.drain(body)
    }

    private func line(_ members: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(pretty: false)
        writer.object(members)
        return writer.text + "\n"
    }
}
