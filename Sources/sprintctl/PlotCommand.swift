// SPDX-License-Identifier: GPL-3.0-or-later
internal import ActivityFile
internal import ArgumentParser
internal import AthleteFile
internal import Foundation
internal import Plot
internal import ProcessIO
internal import Scoring
internal import SessionStore

struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw a session or a recording: speed, heart rate, phases, efforts.",
        discussion: "Writes SVG, or PNG with the help of rsvg-convert, by the name's end.")

    enum Theme: String, ExpressibleByArgument, CaseIterable {
        case light
        case dark
    }

    @OptionGroup var state: SessionsCommand.State

    @Argument(help: "The session's name or folder, or a recording.")
    var session: String

    @Option(help: ArgumentHelp("The picture to write, .svg or .png.", valueName: "file"))
    var out: String

    @Option(help: "Its colours.")
    var theme: Theme = .light

    @Option(help: ArgumentHelp("What is known of the athlete (TOML).", valueName: "file"))
    var athlete: String?

    @Option(help: ArgumentHelp("The plan that the session is held against: a name or a file.", valueName: "plan"))
    var plan: String?

    private var isPNG: Bool { out.lowercased().hasSuffix(".png") }

    func validate() throws {
        guard isPNG || out.lowercased().hasSuffix(".svg") else {
            throw ValidationError("--out must end in .svg or .png.")
        }
    }

    func run() throws {
        let known = try athlete.map { path throws(CommandFailure) in try AthleteFile.athlete(atPath: path) }
        let planned = try plan.map { plan throws(CommandFailure) in try PlanFile.plan(plan, .usage) }
        let input = try SessionOrRecording.resolve(session, in: state.folders)
        let activity = try Connection.activity(of: input, athlete: known, plan: planned)
        let svg = Array(SessionPlot(activity, theme: theme == .dark ? .dark : .light).svg.utf8)
        try WholeFile.replace(out, with: isPNG ? try Self.png(svg) : svg)
    }

    /// At twice the size, for screens with small pixels.
    private static func png(_ svg: [UInt8]) throws(CommandFailure) -> [UInt8] {
        let program = (Environment.process["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/rsvg-convert" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else {
            throw CommandFailure(
                .unavailable, "a PNG needs rsvg-convert: install librsvg2-bin (Debian, Ubuntu), or write an SVG")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sprintctl-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("plot.svg")
        let target = folder.appendingPathComponent("plot.png")
        let process = Process()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(svg).write(to: source)
            process.executableURL = URL(filePath: program)
            process.arguments = ["--zoom", "2", "--output", target.path, source.path]
            try process.run()
        } catch {
            throw CommandFailure(.unavailable, "\(program): \(error.localizedDescription)")
        }
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw CommandFailure(.unavailable, "\(program) could not draw the picture")
        }
        return try WholeFile.read(target.path, limit: 256 << 20)
    }
}
