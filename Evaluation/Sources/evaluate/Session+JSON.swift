// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import JSON
import Segmentation

extension Session {
    /// For the pictures and for the methods that see the whole recording: schema `sprintd.evaluation/1`. Times in s, speeds in m/s, rates
    /// per minute.
    ///
    /// - Parameter order: the session's place among all.
    func json(order: Int) -> String {
        var json = JSONWriter(pretty: false)
        json.object {
            $0.key("schema")
            $0.string("sprintd.evaluation/1")
            $0.key("name")
            $0.string(name)
            $0.key("order")
            $0.integer(order)
            $0.key("condition")
            $0.string(condition)
            $0.key("half")
            $0.string(half.rawValue)
            $0.key("duration_s")
            $0.number(duration, decimals: 3)
            $0.key("truth")
            if let truth {
                $0.array { array in
                    for bout in truth { Self.write(bout.bout, effort: bout.externalEffort, to: &array) }
                }
            } else {
                $0.null()
            }
            $0.key("true_phases")
            $0.array { array in
                for phase in truePhases {
                    array.object {
                        $0.key("kind")
                        $0.string(phase.kind)
                        $0.key("start_s")
                        $0.number(phase.start, decimals: 3)
                        $0.key("end_s")
                        $0.number(phase.end, decimals: 3)
                    }
                }
            }
            $0.key("strides")
            $0.array { array in
                for stride in strides { Self.write(Bout(start: stride.start, end: stride.end), to: &array) }
            }
            $0.key("found")
            $0.array { array in for bout in found { Self.write(bout, to: &array) } }
            // How many pairs the rule found here, so that the other reader of these files can be held to it.
            $0.key("matched")
            $0.integer(truth.map { Matching(truth: $0.map(\.bout), found: found).pairs.count })
            $0.key("phases")
            $0.array { array in
                for phase in analysis.phases {
                    array.object {
                        $0.key("kind")
                        $0.string(phase.kind.rawValue)
                        $0.key("start_s")
                        $0.number(phase.start, decimals: 3)
                        $0.key("end_s")
                        $0.number(phase.end, decimals: 3)
                        $0.key("decided_s")
                        $0.number(phase.decided, decimals: 3)
                    }
                }
            }
            $0.key("t_s")
            Self.write(trace.time, to: &$0)
            $0.key("speed_mps")
            Self.write(trace.speed, to: &$0)
            $0.key("cadence_spm")
            Self.write(trace.cadence, to: &$0)
            $0.key("hr_bpm")
            Self.write(trace.heartRate, to: &$0)
        }
        return json.text + "\n"
    }

    private static func write(_ bout: Bout, effort: Double? = nil, to json: inout JSONWriter) {
        json.object {
            if let effort {
                $0.key("effort")
                $0.number(effort, decimals: 4)
            }
            $0.key("kind")
            $0.string(bout.kind.rawValue)
            $0.key("start_s")
            $0.number(bout.start, decimals: 3)
            $0.key("end_s")
            $0.number(bout.end, decimals: 3)
        }
    }

    private static func write(_ values: [Double?], to json: inout JSONWriter) {
        json.array { array in for value in values { array.number(value, decimals: 3) } }
    }

    /// The name as a file's.
    var fileName: String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
    }
}
