// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

extension Summary {
    /// All measures, a record for each condition and half: schema `sprintd.measures/1`. Times in s, efforts in percentage points.
    var json: String {
        var json = JSONWriter(pretty: true)
        json.object {
            $0.key("schema")
            $0.string("sprintd.measures/1")
            $0.key("conditions")
            $0.array { array in
                for condition in conditions {
                    for half in Session.Half.allCases {
                        let measures = measures { $0.condition == condition && $0.half == half }
                        guard measures.sessions > 0 else { continue }
                        array.object { Self.write(condition, half, measures, to: &$0) }
                    }
                }
            }
        }
        return json.text + "\n"
    }

    private static func write(
        _ condition: String, _ half: Session.Half, _ measures: Measures, to json: inout JSONWriter
    ) {
        func number(_ key: StaticString, _ value: Double?) {
            json.key(key)
            json.number(value, decimals: 4)
        }
        func integer(_ key: StaticString, _ value: Int) {
            json.key(key)
            json.integer(value)
        }
        func distribution(_ key: StaticString, _ values: Distribution) {
            json.key(key)
            json.object {
                $0.key("count")
                $0.integer(values.count)
                $0.key("median")
                $0.number(values.median, decimals: 4)
                $0.key("p95")
                $0.number(values.p95, decimals: 4)
                $0.key("median_size")
                $0.number(values.absolute.median, decimals: 4)
                $0.key("p95_size")
                $0.number(values.absolute.p95, decimals: 4)
            }
        }
        json.key("condition")
        json.string(condition)
        json.key("half")
        json.string(half.rawValue)
        integer("sessions", measures.sessions)
        number("hours", measures.hours)
        integer("true", measures.truth)
        integer("found", measures.found)
        integer("matched", measures.matched)
        number("f1", measures.f1)
        number("false_per_hour", measures.falsePerHour)
        number("right_time", measures.rightTime)
        distribution("onset_error_s", measures.onset)
        distribution("end_error_s", measures.end)
        distribution("start_latency_s", measures.startLatency)
        distribution("end_latency_s", measures.endLatency)
        distribution("external_effort_error", measures.external)
        distribution("internal_effort_error", measures.internal)
        integer("verdicts", measures.verdicts)
        integer("right_verdicts", measures.rightVerdicts)
        integer("strides", measures.strides)
        integer("strides_taken", measures.stridesTaken)
    }
}
