// SPDX-License-Identifier: GPL-3.0-or-later
internal import JSON
import Measurement

extension SimulatedSession {
    /// What truly happened, as JSON text, schema `sprintd.truth/1`; complete once ``run(_:)`` has returned.
    ///
    /// Time 0 is the first frame; times in s, speeds in m/s, rates in bpm, distances in m, all rounded to 1/1000. A
    /// sprint's `start_s` is where the runner begins to accelerate, `end_s` where the slowing begins; its working part
    /// runs from `work_start_s` (3 s after the start, or a fifth of a short bout) to `end_s`, and `effort` is the mean
    /// speed over it as a share of `max_speed_mps`.
    package func truth() -> String {
        var json = JSONWriter(pretty: false)
        json.object {
            $0.text("schema", "sprintd.truth/1")
            $0.text("plan", configuration.planName)
            $0.text("workout", configuration.plan.name)
            $0.text("seed", String(configuration.seed))
            $0.number("duration_s", duration)
            $0.integer("frames", frames)
            $0.array("athletes") { athletes in
                for index in profiles.indices {
                    athletes.object { write(athlete: index, to: &$0) }
                }
            }
        }
        return json.text + "\n"
    }

    private func write(athlete index: Int, to json: inout JSONWriter) {
        let profile = profiles[index]
        let record = records[index]
        json.integer("index", index + 1)
        json.number("max_speed_mps", profile.maxSpeed)
        json.number("max_hr_bpm", profile.maxHeartRate)
        json.number("resting_hr_bpm", profile.restingHeartRate)
        json.number("walk_speed_mps", profile.walkSpeed)
        json.number("jog_speed_mps", profile.jogSpeed)
        json.number("best_5s_mps", record.bestFiveSeconds)
        json.number("peak_hr_bpm", record.peakHeartRate)
        json.number("distance_m", record.distance)
        json.integer("beats", record.beats)
        json.array("sensors") { sensors in
            for sensor in self.sensors(of: index) {
                sensors.object { write(sensor, to: &$0) }
            }
        }
        json.integer("phases_omitted", record.omitted)
        json.array("phases") { phases in
            for phase in record.phases {
                phases.object {
                    $0.text("kind", phase.activity.rawValue)
                    $0.number("start_s", phase.start)
                    $0.number("end_s", phase.end)
                }
            }
        }
        json.array("sprints") { sprints in
            for (number, bout) in record.bouts.enumerated() {
                sprints.object {
                    $0.integer("index", number + 1)
                    write(bout, to: &$0)
                }
            }
        }
    }

    private func write(_ sensor: SensorRecord, to json: inout JSONWriter) {
        json.text("id", sensor.id.description)
        json.text("kind", sensor.kind.name)
        json.text("radio", sensor.radio.rawValue)
        json.text("same_as", sensor.sameAs?.description)
        json.number("first_s", sensor.first)
        json.number("last_s", sensor.last)
        json.integer("sent", sensor.sent)
        json.integer("dropped", sensor.dropped)
        switch sensor.kind {
        case .heartRate: json.integer("beats", sensor.beats)
        case .footpod: json.number("distance_m", sensor.distance)
        }
        json.integer("spikes", sensor.spikes)
        json.integer("outages_omitted", sensor.outagesOmitted)
        json.array("outages") { outages in
            for outage in sensor.outages {
                outages.object {
                    $0.number("start_s", outage.start)
                    $0.number("end_s", outage.end)
                }
            }
        }
    }

    private func write(_ bout: AthleteRecord.Bout, to json: inout JSONWriter) {
        json.text("kind", bout.activity.rawValue)
        json.number("start_s", bout.start)
        json.number("end_s", bout.end)
        json.number("work_start_s", bout.workStart)
        json.number("mean_speed_mps", bout.meanSpeed)
        json.number("work_speed_mps", bout.workSpeed)
        json.number("peak_speed_mps", bout.peakSpeed)
        json.number("effort", bout.effort)
        json.boolean("on_target", bout.effort >= 0.8)
        json.number("peak_hr_bpm", bout.peakHeartRate)
        json.number("peak_hr_s", bout.peakHeartRateTime)
        json.boolean("clipped", bout.clipped)
    }
}

/// Members in one call each, because here every value has a name; numbers are worth three decimals throughout.
extension JSONWriter {
    fileprivate mutating func array(_ name: StaticString, _ elements: (inout JSONWriter) -> Void) {
        key(name)
        array(elements)
    }

    fileprivate mutating func text(_ name: StaticString, _ value: String?) {
        key(name)
        string(value)
    }

    fileprivate mutating func integer(_ name: StaticString, _ value: Int) {
        key(name)
        integer(value)
    }

    fileprivate mutating func boolean(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    fileprivate mutating func number(_ name: StaticString, _ value: Double?) {
        key(name)
        number(value, decimals: 3)
    }
}
