// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
package import Report
internal import Segmentation
internal import SocketProtocol

/// What happens, one line each, for logs and screen readers: nothing is ever overwritten.
package struct LivePlainText: Sendable {
    private let style: TextStyle
    private var lines: LivePhaseLine
    private let glyphs: Glyphs

    package init(style: TextStyle) {
        self.style = style
        lines = LivePhaseLine(style: style, interactive: false)
        glyphs = Glyphs(unicode: style.unicode)
    }

    /// The line, its end included; `nil` for what needs none.
    ///
    /// - Parameter namesAthlete: whether the line says whose it is.
    package mutating func text(for change: LiveChange, namesAthlete: Bool) -> String? {
        func owned(_ athlete: String?, _ text: String) -> String {
            namesAthlete ? "\(style.printable(athlete ?? "athlete")): \(text)" : text
        }
        switch change {
        case .greeted(let program, _): return line("connected to \(program)")
        case .phaseBegan(let athlete, let kind, let start, let decided, let number):
            return owned(
                athlete,
                lines.text(for: .began(kind, start: start, decided: decided ?? start, number: number)))
        case .phaseRelabelled(let athlete, let from, let to, let start, let decided, let number):
            return owned(
                athlete,
                lines.text(
                    for: .relabelled(from: from ?? to, to: to, start: start, decided: decided ?? start, number: number)
                ))
        case .boutScored(let athlete, let kind, let bout, let number):
            let result = LivePhaseLine.BoutResult(
                kind: kind, number: number, start: bout.start, end: bout.end, effort: bout.effort,
                basis: bout.effortBasis, onTarget: bout.onTarget,
                meanSpeed: bout.meanSpeed, peakHeartRate: bout.peakHeartRate)
            return owned(athlete, lines.text(for: .scored(result, decided: bout.end)))
        case .boutRecovered(let athlete, let kind, let bout, let number):
            guard let text = recovery(bout) else { return nil }
            return owned(athlete, line("          \(Wording.name(kind)) \(number): heart rate \(text)"))
        case .sessionStarted(let athlete): return owned(athlete, line("session started"))
        case .sessionEnded(let athlete, let duration):
            let length = duration.flatMap(Wording.clock).map { " after \($0)" } ?? ""
            return owned(athlete, line("session ended\(length)"))
        case .sessionStored(let athlete, let folder):
            return owned(athlete, line(folder.map { "session written to \($0)" } ?? "session written"))
        case .storage(.disk): return line("the disk takes the session again")
        case .storage(.memory): return line("the disk takes nothing: the session is kept in memory for now")
        case .storage(.failed): return line("the session cannot be stored")
        case .notice(let text), .trouble(let text): return line(text)
        case .configurationReloaded: return line("configuration read again")
        case .configurationRefused(let text): return line("configuration refused: \(text)")
        case .done: return nil
        case .refused(let command, let message): return line((command.map { "\($0): " } ?? "") + message)
        case .farewell(let reason): return line("sprintd closes the connection: \(reason)")
        }
    }

    /// What is so at the moment, a line an athlete.
    ///
    /// - Parameter athlete: the only one to tell of; `nil` for all.
    package func picture(of state: LiveState, athlete: String?) -> String {
        state.athletes.filter { athlete == nil || $0.name == athlete }.map { person in
            guard let session = person.session, session.isRunning else {
                return line("\(person.displayName): no session")
            }
            let phase = person.phase.map { ", \(Wording.name($0.kind))" } ?? ""
            return line(
                "\(person.displayName): session of \(Wording.clock(session.elapsed) ?? "?")\(phase), "
                    + Wording.count(person.omittedBouts + person.bouts.count, "bout"))
        }.joined()
    }

    /// A line about the connection.
    package func line(_ text: String) -> String { style.printable(text) + "\n" }

    /// `19 bpm down after 30 s, 41 after 60 s`.
    private func recovery(_ bout: AnalysisDocument.Sprint) -> String? {
        let parts = zip(["30", "60", "90"], [bout.recovery30, bout.recovery60, bout.recovery90]).compactMap {
            seconds, fall -> String? in
            guard let fall, let text = Wording.number(fall.magnitude, decimals: 0) else { return nil }
            return "\(text) bpm \(fall < 0 ? "up" : "down") after \(seconds) s"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
