// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO

struct Sprintctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sprintctl",
        abstract: "Look into recordings of sprint sessions: phases, efforts, scores.",
        version: "sprintctl \(Version.text)",
        subcommands: [
            AnalyzeCommand.self, SimulateCommand.self, InspectCommand.self, SessionsCommand.self, AthleteCommand.self,
            PlansCommand.self, WeekCommand.self, TrendCommand.self, ExportCommand.self, ImportCommand.self,
            PlotCommand.self, ScanCommand.self, SensorsCommand.self, DoctorCommand.self, LiveCommand.self,
            StatusCommand.self, StartCommand.self, StopCommand.self, BindCommand.self, UnbindCommand.self,
        ])
}
