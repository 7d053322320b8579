// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Make a recording of a session that never was, with its truth beside it.",
        discussion: """
            The same options give the same bytes.

            Plans: \(Connection.simulatedPlans.joined(separator: ", ")), and sprint-<n>x<work>-<recovery>, as \
            sprint-6x45-120.
            """)

    enum Radio: String, ExpressibleByArgument, CaseIterable {
        case ant
        case ble
        case both
    }

    @Option(help: ArgumentHelp("The plan that is run.", valueName: "name"))
    var plan = "sprint-5x30-90"

    @Option(help: ArgumentHelp("Chooses everything random.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The recording to write (pcapng).", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("Where to write what truly happened (JSON).", valueName: "file"))
    var truth: String?

    @Option(
        help: ArgumentHelp(
            "Where to write what a laboratory would know of the athlete (TOML); of several, a.toml becomes a-1.toml, a-2.toml …",
            valueName: "file"))
    var athlete: String?

    @Option(help: ArgumentHelp("How many run side by side, 1 to 64.", valueName: "k"))
    var athletes = 1

    @Option(help: "Which radios the sensors use.")
    var radio: Radio = .ant

    @Option(help: ArgumentHelp("The share of frames that are lost, 0 to 0.9.", valueName: "share"))
    var dropouts = 0.0

    @Flag(help: "Let sensors fall silent for 8 to 40 s, about every 4 minutes.")
    var outages = false

    @Flag(help: "Add heart-rate and speed spikes.")
    var spikes = false

    @Option(
        help: ArgumentHelp("Let the strap slip off the skin for a minute, so many seconds in.", valueName: "seconds"))
    var offSkin: Double?

    @Flag(help: "Let frames arrive irregularly.")
    var jitter = false

    @Option(help: ArgumentHelp("Begin recording so late in the session.", valueName: "seconds"))
    var lateStart = 0.0

    @Option(help: ArgumentHelp("Leave out the n-th sprint.", valueName: "n"))
    var missedSprint: Int?

    @Flag(help: "Run sprints that do not reach the target.")
    var belowTarget = false

    @Option(help: ArgumentHelp("How long steady and fartlek runs last (1800).", valueName: "seconds"))
    var duration: Double?

    func validate() throws {
        guard (1...64).contains(athletes) else { throw ValidationError("--athletes must be 1 to 64.") }
        guard (0...0.9).contains(dropouts) else { throw ValidationError("--dropouts must be a share from 0 to 0.9.") }
        guard (0...86_400).contains(lateStart) else {
            throw ValidationError("--late-start must be 0 to 86400 seconds.")
        }
        if let missedSprint, !(1...100).contains(missedSprint) {
            throw ValidationError("--missed-sprint counts sprints from 1.")
        }
        if let duration, !(60...86_400).contains(duration) {
            throw ValidationError("--duration must be 60 to 86400 seconds.")
        }
        if let offSkin, !(0...86_400).contains(offSkin) {
            throw ValidationError("--off-skin must be 0 to 86400 seconds.")
        }
        // However the names are spelt: the second would overwrite the first.
        let names =
            (athletes == 1 ? [athlete] : (1...athletes).map { index in athlete.map { Self.numbered($0, index) } })
            .compactMap { $0 }
        if let truth, WholeFile.isSame(truth, out) { throw ValidationError("--out and --truth are the same file.") }
        if names.contains(where: { name in
            WholeFile.isSame(name, out) || truth.map { WholeFile.isSame(name, $0) } ?? false
        }) {
            throw ValidationError("--athlete is the same file as another.")
        }
    }

    func run() throws {
        let made = try Connection.simulation(self)
        try WholeFile.replace(out, with: made.recording)
        if let truth { try WholeFile.replace(truth, with: Array(made.truth.utf8)) }
        guard let athlete else { return }
        for (index, text) in made.athletes.enumerated() {
            let path = made.athletes.count == 1 ? athlete : Self.numbered(athlete, index + 1)
            try WholeFile.replace(path, with: Array(text.utf8))
        }
    }

    /// The number goes before the extension, so that the file keeps its kind.
    static func numbered(_ path: String, _ number: Int) -> String {
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[start...].lastIndex(of: "."), dot > start else { return "\(path)-\(number)" }
        return "\(path[..<dot])-\(number)\(path[dot...])"
    }
}
