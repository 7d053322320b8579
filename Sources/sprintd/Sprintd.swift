// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
internal import ProcessIO

@main enum Sprintd {
    static func main() {
        StandardStream.reserveDescriptors()
        StandardStream.takeFailuresAsErrors()
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            exit(error.report(program: "sprintd"))
        }
    }

    private static func run(_ arguments: [String]) throws(CommandFailure) {
        let request: Options.Request
        do {
            request = try Options.request(arguments)
        } catch {
            throw CommandFailure(.usage, "\(error.message) (sprintd --help tells more)")
        }
        switch request {
        case .help: try StandardStream.output.write(Options.usage + "\n")
        case .version: try StandardStream.output.write(VersionText.text + "\n")
        case .live(let options): try LiveSession.run(options)
        case .replay(let options):
            try ReplayedSession.run(options)
        }
    }
}
