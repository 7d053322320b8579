// SPDX-License-Identifier: GPL-3.0-or-later
internal import AthleteFile
internal import Configuration
internal import ProcessIO
internal import Scoring

/// Who takes part, and what each is held against.
struct Participants {
    var athletes: [Athlete] = []
    var plans: [Plan?] = []

    /// - Parameters:
    ///   - files: none stands for one athlete of whom nothing is known.
    ///   - plan: goes before those in the files.
    init(files: [String], plan name: String?) throws(CommandFailure) {
        for path in files { athletes.append(try AthleteFile.athlete(atPath: path)) }
        if athletes.isEmpty { athletes = [Athlete()] }
        let planned = try name.map { name throws(CommandFailure) in try PlanFile.plan(name, .usage) }
        for athlete in athletes {
            var intended = planned
            if intended == nil, let name = athlete.plan { intended = try PlanFile.plan(name, .configuration) }
            plans.append(intended)
        }
    }

    /// Athletes of the command line stand in for all of the configuration's.
    init(_ options: LiveOptions, _ configuration: ServiceConfiguration) throws(CommandFailure) {
        if options.athletes.isEmpty, !configuration.participants.isEmpty {
            athletes = configuration.participants.map(\.athlete)
            plans = configuration.participants.map(\.plan)
            if let name = options.plan {
                let plan = try PlanFile.plan(name, .usage)
                plans = plans.map { _ in plan }
            }
        } else {
            self = try Participants(files: options.athletes, plan: options.plan)
        }
        plans = plans.map { $0 ?? configuration.plan }
    }
}
