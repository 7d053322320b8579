// SPDX-License-Identifier: GPL-3.0-or-later
internal import Configuration
internal import Glibc
internal import ProcessIO
internal import ServiceIO

@main enum Sprintd {
    static func main() {
        StandardStream.reserveDescriptors()
        StandardStream.takeFailuresAsErrors()
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            exit(report(error))
        }
    }

    private static func report(_ error: CommandFailure) -> Int32 {
        guard Log.form == .journal else { return error.report(program: "sprintd") }
        if !error.isClosedPipe { Log.write(.error, error.message) }
        return error.status.rawValue
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
        case .live(let options):
            // Before anything is read, so that what is wrong with it is told in that form.
            Log.form = options.logForm ?? Log.fittingForm
            try LiveSession.run(options)
        case .check(let options): try check(options)
        case .replay(let options):
            try ReplayedSession.run(options)
        }
    }

    /// Who has no configuration of their own, or names the service's, asks about the service.
    private static func check(_ options: LiveOptions) throws(CommandFailure) {
        var places = Places(.process)
        let asked = Settings.configurationPath(options, places)
        if let ofService = Places.ofService.configuration, options.simulation == nil, asked ?? ofService == ofService {
            places = .ofService
        }
        if let path = Settings.configurationPath(options, places) {
            let problems = try ConfigurationFile(atPath: path).problems
            for problem in problems.dropLast() { StandardStream.error.writeIgnoringFailure("sprintd: \(problem)\n") }
            if let last = problems.last { throw CommandFailure(.configuration, last) }
        }
        let settings = try Settings.load(options, places)
        if options.simulation == nil { _ = try Transports.radios(orWhyNone: settings) }
        try StandardStream.output.write(settings.summary + "\n")
    }
}
