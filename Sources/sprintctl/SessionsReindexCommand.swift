// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO

struct SessionsReindexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex", abstract: "Make the index of the sessions again.",
        discussion: "The index is brought up to date by every command that asks it; this one reads every analysis.")

    @OptionGroup var state: SessionsCommand.State

    func run() throws { _ = try state.index(fromScratch: true) }
}
