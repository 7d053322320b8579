// SPDX-License-Identifier: GPL-3.0-or-later
package import JSON
internal import Scoring
internal import Segmentation

extension AnalysisDocument {
    /// The document as `sprintctl analyze --format json` prints it and `analysis.json` holds it, without a line end
    /// after it.
    ///
    /// Keys are stable and stand in a fixed order: those of the contract first, later additions after them. Absent
    /// values are `null`. The same document gives the same bytes.
    ///
    /// - Parameter pretty: whether it is laid out for reading; otherwise it is one line.
    package func json(pretty: Bool) -> String {
        var writer = JSONWriter(pretty: pretty)
        writer.object { root in
            root.key("schema")
            root.string(Self.schema)
            root.key("source")
            source.write(to: &root)
            root.key("athlete")
            athlete.write(to: &root)
            root.key("phases")
            root.array { for phase in phases { phase.write(to: &$0) } }
            root.key("sprints")
            root.array { for sprint in sprints { sprint.write(to: &$0) } }
            root.key("score")
            score.write(to: &root)
            root.key("quality")
            quality.write(to: &root)
            root.key("intervals")
            root.array { for interval in intervals { interval.write(to: &$0) } }
            root.key("best")
            best.write(to: &root)
            root.key("load")
            if let load { load.write(to: &root) } else { root.null() }
        }
        return writer.text
    }
}

/// How many decimals each quantity is worth: finer than any sensor's resolution.
extension JSONWriter {
    /// Seconds; frames are stamped finer, but nothing is decided finer than a millisecond.
    fileprivate mutating func seconds(_ value: Double?) { number(value, decimals: 3) }
    /// Shares: an effort, a confidence, a compliance.
    fileprivate mutating func share(_ value: Double?) { number(value, decimals: 4) }
    /// Metres per second; both radios send 1/256 m/s.
    fileprivate mutating func speed(_ value: Double?) { number(value, decimals: 3) }
    /// Beats or steps per minute.
    fileprivate mutating func rate(_ value: Double?) { number(value, decimals: 1) }
    /// Metres; footpods send 1/16 m at best.
    fileprivate mutating func distance(_ value: Double?) { number(value, decimals: 1) }
    /// Kilograms.
    fileprivate mutating func mass(_ value: Double?) { number(value, decimals: 2) }
    /// Points of a score.
    fileprivate mutating func points(_ value: Double?) { number(value, decimals: 2) }
}

extension AnalysisDocument.Source {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("kind")
            object.string(kind)
            object.key("duration_s")
            object.seconds(duration)
            object.key("sensors")
            object.array { for sensor in sensors { sensor.write(to: &$0) } }
        }
    }
}

extension AnalysisDocument.Sensor {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("id")
            object.string(id)
            object.key("kind")
            object.string(kind)
            object.key("name")
            object.string(name)
            object.key("used")
            object.bool(used)
            object.key("battery_percent")
            object.integer(battery)
            object.key("cadence_convention")
            object.string(cadenceConvention)
            object.key("same_as")
            object.string(sameAs)
        }
    }
}

extension AnalysisDocument.AthleteMaxima {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("max_speed_mps")
            if let maxSpeed {
                object.object { maximum in
                    maximum.key("value")
                    maximum.speed(maxSpeed.value)
                    maximum.key("basis")
                    maximum.string(maxSpeed.basis.rawValue)
                    maximum.key("origin")
                    maximum.string(maxSpeed.origin)
                }
            } else {
                object.null()
            }
            object.key("max_hr_bpm")
            if let maxHeartRate {
                object.object { maximum in
                    maximum.key("value")
                    maximum.rate(maxHeartRate.value)
                    maximum.key("basis")
                    maximum.string(maxHeartRate.basis.rawValue)
                    maximum.key("origin")
                    maximum.string(maxHeartRate.origin)
                }
            } else {
                object.null()
            }
            object.key("name")
            object.string(name)
            object.key("resting_hr_bpm")
            object.rate(restingHeartRate)
            object.key("mass_kg")
            object.mass(mass)
        }
    }
}

extension AnalysisDocument.Best {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("speed_5s_mps")
            object.speed(speed)
            object.key("speed_end_s")
            object.seconds(speedEnd)
            object.key("hr_5s_bpm")
            object.rate(heartRate)
            object.key("hr_end_s")
            object.seconds(heartRateEnd)
        }
    }
}

extension AnalysisDocument.Load {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("zone_scheme")
            object.string("edwards_percent_of_max_hr")
            object.key("zones_s")
            object.array { for zone in zones { $0.seconds(zone) } }
            object.key("below_zones_s")
            object.seconds(belowZones)
            object.key("edwards_trimp")
            object.rate(edwards)
            object.key("banister_trimp")
            object.rate(banister)
            object.key("rest")
            if let rest { rest.write(to: &object) } else { object.null() }
        }
    }
}

extension AnalysisDocument.Rest {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("rmssd_ms")
            object.rate(rmssd)
            object.key("mean_rr_ms")
            object.rate(meanInterval)
            object.key("differences")
            object.integer(differences)
            object.key("artefacts")
            object.integer(artefacts)
            object.key("start_s")
            object.seconds(start)
            object.key("end_s")
            object.seconds(end)
            object.key("before_work")
            object.bool(isBeforeWork)
        }
    }
}

extension AnalysisDocument.Phase {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0, isOpen: false) }
    }

    /// Writes keys and values without the braces around them.
    ///
    /// - Parameter isOpen: whether the phase goes on: its end is then `null`.
    package func writeMembers(to object: inout JSONWriter, isOpen: Bool) {
        object.key("kind")
        object.string(kind.rawValue)
        object.key("start_s")
        object.seconds(start)
        object.key("end_s")
        object.seconds(isOpen ? nil : end)
        object.key("decided_s")
        object.seconds(decided)
        object.key("evidence")
        object.string(evidence.rawValue)
        object.key("confidence")
        object.share(confidence)
        object.key("mean_speed_mps")
        object.speed(meanSpeed)
        object.key("max_speed_mps")
        object.speed(maxSpeed)
        object.key("mean_hr_bpm")
        object.rate(meanHeartRate)
        object.key("peak_hr_bpm")
        object.rate(peakHeartRate)
        object.key("cadence_spm")
        object.rate(cadence)
        object.key("distance_m")
        object.distance(distance)
        object.key("became_interval_s")
        object.seconds(becameInterval)
    }
}

extension AnalysisDocument.Sprint {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    /// Writes keys and values without the braces around them.
    package func writeMembers(to object: inout JSONWriter) {
        object.key("index")
        object.integer(index)
        object.key("start_s")
        object.seconds(start)
        object.key("end_s")
        object.seconds(end)
        object.key("effort")
        object.share(effort)
        object.key("effort_basis")
        object.string(effortBasis?.rawValue)
        object.key("on_target")
        object.bool(onTarget)
        object.key("time_on_target_s")
        object.seconds(timeOnTarget)
        object.key("peak_hr_bpm")
        object.rate(peakHeartRate)
        object.key("hr_recovery_bpm")
        object.object { recovery in
            recovery.key("30")
            recovery.rate(recovery30)
            recovery.key("60")
            recovery.rate(recovery60)
            recovery.key("90")
            recovery.rate(recovery90)
        }
        object.key("external_effort")
        object.share(externalEffort)
        object.key("internal_effort")
        object.share(internalEffort)
        object.key("hr_reserve_share")
        object.share(heartRateReserve)
        object.key("mean_speed_mps")
        object.speed(meanSpeed)
        object.key("max_speed_mps")
        object.speed(maxSpeed)
        object.key("target")
        object.share(target)
        object.key("rest_s")
        object.seconds(rest)
    }
}

extension AnalysisDocument.Score {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("target")
            object.share(target)
            object.key("value")
            object.points(value)
            object.key("sprints")
            object.integer(sprints)
            object.key("on_target")
            object.integer(onTarget)
            object.key("plan")
            if let plan { plan.write(to: &object) } else { object.null() }
            object.key("components")
            object.array { array in
                for component in components {
                    array.object { object in
                        object.key("name")
                        object.string(component.name)
                        object.key("points")
                        object.points(component.points)
                        object.key("of")
                        object.points(component.of)
                    }
                }
            }
            object.key("fade")
            object.share(fade)
            object.key("consistency")
            object.share(consistency)
            object.key("intervals")
            object.integer(intervals)
            object.key("intervals_on_target")
            object.integer(intervalsOnTarget)
        }
    }
}

extension AnalysisDocument.PlanResult {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("name")
            object.string(name)
            object.key("compliance")
            object.share(compliance)
            object.key("steps")
            object.array { array in
                for step in steps {
                    array.object { object in
                        object.key("kind")
                        object.string(step.kind.rawValue)
                        object.key("planned_s")
                        object.seconds(step.planned)
                        object.key("done_s")
                        object.seconds(step.done)
                        object.key("target")
                        object.share(step.target)
                        object.key("sprint")
                        object.integer(step.sprint)
                        object.key("interval")
                        object.integer(step.interval)
                    }
                }
            }
            object.key("source")
            object.string(source)
            object.key("skipped")
            object.integer(skipped)
            object.key("added")
            object.integer(added)
            object.key("work_rest")
            if let workRest {
                object.object { object in
                    object.key("planned")
                    object.share(workRest.planned)
                    object.key("done")
                    object.share(workRest.done)
                    object.key("compliance")
                    object.share(workRest.compliance)
                }
            } else {
                object.null()
            }
        }
    }
}

extension AnalysisDocument.Quality {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("frames")
            object.integer(frames)
            object.key("bad_frames")
            object.integer(badFrames)
            object.key("dropped_frames")
            object.integer(droppedFrames)
            object.key("gaps")
            object.array { array in
                for gap in gaps {
                    array.object { object in
                        object.key("sensor")
                        object.string(gap.sensor)
                        object.key("start_s")
                        object.seconds(gap.start)
                        object.key("end_s")
                        object.seconds(gap.end)
                    }
                }
            }
            object.key("lost_messages")
            object.integer(lostMessages)
            object.key("hr_artefacts")
            object.integer(heartRateArtefacts)
            object.key("speed_outliers")
            object.integer(speedOutliers)
            object.key("notes")
            object.array { for note in notes { $0.string(note) } }
        }
    }
}
