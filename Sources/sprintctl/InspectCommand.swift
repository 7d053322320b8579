// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import Measurement
internal import ProcessIO
internal import Report

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print what every frame of a recording says, one line each.")

    @Argument(help: "The recording.")
    var file: String

    @Option(help: ArgumentHelp("Only this sensor, as ant:120:16815.", valueName: "id"))
    var sensor: String?

    @Option(help: ArgumentHelp("Only messages of this name.", valueName: "name"))
    var message: String?

    func validate() throws {
        if let sensor, SensorID(sensor) == nil {
            throw ValidationError("'\(sensor)' is no sensor: write ant:TYPE:NUMBER or ble:ADDRESS.")
        }
    }

    func run() throws {
        let output = StandardStream.output
        // Comments and names are anybody's words.
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: nil)
        // Gathered, so that a recording of a million frames is not a million system calls.
        var gathered = ""
        do throws(CommandFailure) {
            try Connection.inspect(file: file, sensor: sensor.flatMap { SensorID($0) }, message: message) {
                line throws(CommandFailure) in
                gathered += style.printable(line) + "\n"
                guard gathered.utf8.count >= 65_536 else { return }
                try output.write(gathered)
                gathered = ""
            }
        } catch {
            // What was read before the fault is still worth reading.
            if !error.isClosedPipe, !gathered.isEmpty { try output.write(gathered) }
            throw error
        }
        if !gathered.isEmpty { try output.write(gathered) }
    }
}
