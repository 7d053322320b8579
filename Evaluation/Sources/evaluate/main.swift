// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation

let options = try Options(Array(CommandLine.arguments.dropFirst()))
if options.isAskingForHelp {
    print(Options.usage)
} else {
    try evaluate(options)
}
