// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser

struct AthleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "athlete",
        abstract: "Show what is known of an athlete, and measure maxima.",
        subcommands: [AthleteShowCommand.self, AthleteCalibrateCommand.self])
}
