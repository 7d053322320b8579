// SPDX-License-Identifier: GPL-3.0-or-later
import AthleteFile
import Configuration
import Scoring
import SocketProtocol

/// An athlete's file, a plan or bindings: whatever it is, all three readers get it.
enum AthleteParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        let fromBytes = try? AthleteFile.athlete(input)
        do throws(AthleteFileError) {
            let text = try AthleteFile.text(input)
            _ = try? PlanFile.plan(text)
            if let bindings = try? Bindings(text: text) { look(at: bindings) }
            let athlete = try AthleteFile.athlete(text)
            demand(fromBytes == athlete, "bytes and their text are read differently")
            try setFigures(in: text)
        } catch {
            _ = error.description
        }
    }

    private static func look(at bindings: Bindings) {
        demand((try? Bindings(text: bindings.text)) == bindings, "bindings are not read back as they were written")
        var athletes = [Athlete()]
        athletes[0].name = "Ada"
        _ = bindings.apply(to: &athletes)
    }

    private static func setFigures(in text: String) throws(AthleteFileError) {
        let figures: [AthleteFile.Figure] = [
            .init(key: "max_speed_mps", value: "7.25"), .init(key: "max_hr_bpm", value: "190"),
        ]
        let raised = try AthleteFile.setting(figures, in: text)
        do throws(AthleteFileError) {
            let athlete = try AthleteFile.athlete(raised)
            demand(athlete.maxSpeed == 7.25, "the figure is not where it belongs")
        } catch {
            demand(false, "cannot read what was written: \(error)")
        }
    }
}

/// `sprintd.toml`. It may name files, which are then read: the script lets it run in an empty folder.
enum ConfigurationParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        let file = ConfigurationFile(input, path: "sprintd.toml")
        _ = try? file.checked()
        demand(file.problems.count <= input.count + 1, "more problems than bytes")
    }
}

/// What comes over the local socket, at either end.
enum SocketParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        let whole = lines(of: input, in: [0..<input.count], limit: SocketLimits.outputLine)
        for limit in [64, 4096] {
            let whole = lines(of: input, in: [0..<input.count], limit: limit)
            demand(whole == lines(of: input, in: pieces(of: input), limit: limit), "cuts matter")
        }
        for case .line(let line) in whole {
            if let command = try? SocketCommand.read(line.span) {
                demand((try? SocketCommand.read(trimmed(command.line).span)) == command, "\(command) is not read back")
            }
            guard let message = try? SocketMessage.read(line.span) else { continue }
            // Numbers are rounded once: what was written is read and written again as it is.
            look(at: message)
            let written = trimmed(message.line)
            do throws(SocketFault) {
                let again = try SocketMessage.read(written.span)
                demand(again.map { trimmed($0.line) } == written, "\(message) changes when it is read")
            } catch {
                demand(false, "\(message) cannot be read back: \(error)")
            }
        }
    }

    /// What the daemon makes of the same values is the same message.
    private static func look(at message: SocketMessage) {
        switch message {
        case .phase(let phase):
            demand(PhaseMessage(phase.event, athlete: phase.athlete, phase: phase.phase) == phase, "another phase")
        case .sprint(let read):
            let made = SprintMessage(athlete: read.athlete, kind: read.kind, isFinal: read.isFinal, sprint: read.sprint)
            demand(made == read, "another sprint")
        case .status(let status):
            for read in status.devices {
                let made = DeviceStatus(name: read.name, kind: read.kind, state: read.state, message: read.message)
                demand(made == read, "another device")
            }
        case .version, .sensors, .session, .now, .notice, .trouble, .configuration, .done, .error, .bye: break
        }
    }

    private static func trimmed(_ line: [UInt8]) -> [UInt8] { line.last == 0x0A ? line.dropLast() : line }

    private static func lines(of input: [UInt8], in parts: [Range<Int>], limit: Int) -> [LineBuffer.Event] {
        var buffer = LineBuffer(limit: limit)
        var events: [LineBuffer.Event] = []
        for part in parts { buffer.take(input.span.extracting(part)) { events.append($0) } }
        return events
    }
}
