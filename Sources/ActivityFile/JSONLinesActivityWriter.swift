// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import JSON
import Measurement
import Segmentation

/// An activity as JSON Lines: one object a line, each with its `class`. First `activity`, then `record`s in time order, with the beat intervals
/// of their second; then `phase`s and `sprint`s; the whole analysis stands in the last line.
package struct JSONLinesActivityWriter {
    private let activity: Activity

    package init(_ activity: Activity) { self.activity = activity }

    package func write<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var text = TextPieces()
        text += line { json in
            json.key("class")
            json.string("activity")
            json.key("start")
            json.string(DateText.make(unixMilliseconds: activity.start &* 1000))
            json.key("duration_s")
            json.number(activity.document.source.duration, decimals: 3)
            json.key("athlete")
            json.string(activity.document.athlete.name)
            json.key("program")
            json.string("sprintd \(activity.version)")
        }
        let basis = activity.effortBasis
        var cursor = Activity.PhaseCursor(activity.document.phases)
        var beats = activity.track.beats[...]
        for point in activity.track.points {
            text += line { json in
                json.key("class")
                json.string("record")
                json.key("t_s")
                json.integer(point.second)
                json.key("hr_bpm")
                json.number(point.heartRate, decimals: 1)
                json.key("speed_mps")
                json.number(point.speed, decimals: 3)
                json.key("cadence_spm")
                json.number(point.cadence, decimals: 1)
                json.key("distance_m")
                json.number(point.distance, decimals: 2)
                json.key("effort")
                json.number(basis?.effort(point), decimals: 4)
                json.key("phase")
                json.string(cursor.phase(at: point.second)?.kind.rawValue)
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
                json.key("class")
                json.string("phase")
                json.key("kind")
                json.string(phase.kind.rawValue)
                json.key("start_s")
                json.number(phase.start, decimals: 3)
                json.key("end_s")
                json.number(phase.end, decimals: 3)
            }
        }
        for sprint in activity.document.sprints {
            text += line { json in
                json.key("class")
                json.string("sprint")
                json.key("index")
                json.integer(sprint.index)
                json.key("start_s")
                json.number(sprint.start, decimals: 3)
                json.key("end_s")
                json.number(sprint.end, decimals: 3)
                json.key("effort")
                json.number(sprint.effort, decimals: 4)
                json.key("on_target")
                json.bool(sprint.onTarget)
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
