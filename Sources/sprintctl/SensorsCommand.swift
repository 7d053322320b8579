// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import ANTSession
internal import ArgumentParser
internal import ProcessIO

struct SensorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sensors", abstract: "Tell what the ANT+ sensors in the air say of themselves.",
        discussion: """
            Opens the stick itself, so it is for a time when no sprintd has it. The last line is for an athlete's file. \
            Sensors tell their maker and battery about once a minute.
            """)

    @Option(help: ArgumentHelp("How long to listen.", valueName: "s"))
    var seconds = 20.0

    func validate() throws {
        guard (0.1...86_400).contains(seconds) else { throw ValidationError("--seconds must be 0.1 to 86400.") }
    }

    func run() throws {
        StopSignal.install()
        let listener = try StickListener()
        listener.listen(seconds: seconds)
        listener.stop()
        let entries = SensorTable.sorted(listener.registry)
        guard !entries.isEmpty else { throw ScanCommand.silence(listener) }
        var text = ""
        for entry in entries {
            text += "\(entry.sensor)  \(SensorTable.kind(entry.sensor))\n"
            let info = entry.info
            let facts: [(String, String?)] = [
                ("signal", entry.signalStrength.map { "\($0) dBm" }),
                ("battery", SensorTable.battery(entry)),
                ("manufacturer", info.manufacturer.map { "\($0)" }), ("model", info.model.map { "\($0)" }),
                ("serial number", info.serialNumber.map { "\($0)" }),
                ("software", info.softwareVersion.map { "\($0)" }),
                ("hardware", info.hardwareVersion.map { "\($0)" }),
            ]
            for (name, value) in facts {
                guard let value, value != "-" else { continue }
                text += "  \(name): \(value)\n"
            }
        }
        let list = entries.map { "\"\($0.sensor)\"" }.joined(separator: ", ")
        try StandardStream.output.write(text + "\nsensors = [\(list)]\n")
    }
}
