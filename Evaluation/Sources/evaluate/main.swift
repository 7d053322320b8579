// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation

do {
    let options = try Options(Array(CommandLine.arguments.dropFirst()))
    if options.isAskingForHelp {
        print(Options.usage)
    } else {
        try evaluate(options)
    }
} catch {
    FileHandle.standardError.write(Data("evaluate: \(error)\n".utf8))
    exit(error is Options.Refused ? 64 : 70)
}
