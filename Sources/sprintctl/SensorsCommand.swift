// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import AthleteFile
internal import ProcessIO

struct SensorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sensors", abstract: "Tell what the sensors in the air say of themselves.",
        discussion: """
            Opens the radios itself, so it is for a time when no sprintd has them; one of them is enough. Bluetooth sensors \
            are connected, asked, and let go of. The last line is for an athlete's file. ANT+ sensors tell their maker and \
            battery about once a minute.
            """)

    @OptionGroup var selection: RadioOptions

    @Option(help: ArgumentHelp("How long to listen.", valueName: "s"))
    var seconds = 20.0

    @Option(help: "Text to read, or a line of JSON for each sensor.")
    var format: AnalyzeCommand.Format = .text

    func validate() throws {
        guard (0.1...86_400).contains(seconds) else { throw ValidationError("--seconds must be 0.1 to 86400.") }
    }

    func run() throws {
        StopSignal.install()
        let listener = try SensorListener(selection.radios)
        listener.listen(seconds: seconds)
        listener.stop()
        try ScanCommand.finish(listener, format) { sightings in
            let list = sightings.map { TOMLDocument.quoted($0.binding) }.joined(separator: ", ")
            return sightings.flatMap(Self.paragraph) + ["", "sensors = [\(list)]"]
        }
    }

    private static func paragraph(_ sighting: SensorSighting) -> [String] {
        let facts: [(String, String?)] = [
            ("name", sighting.name), ("signal", sighting.signal.map { "\($0) dBm" }), ("now", sighting.reading),
            ("battery", sighting.battery), ("worn at", sighting.location), ("manufacturer", sighting.manufacturer),
            ("model", sighting.model), ("serial number", sighting.serialNumber), ("software", sighting.software),
            ("hardware", sighting.hardware),
        ]
        return ["\(sighting.sensor)  \(sighting.kinds.joined(separator: ", "))"]
            + facts.compactMap { name, value in value.map { "  \(name): \($0)" } }
    }
}
