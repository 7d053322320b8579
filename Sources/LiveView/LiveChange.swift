// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
package import Segmentation
package import SocketProtocol

/// What a message of the daemon's changed, as far as it is worth a line or a bell. Texts are as they came, fit for no terminal yet.
package enum LiveChange: Equatable, Sendable {
    /// The daemon greeted; `protocolName` is the protocol that it speaks.
    case greeted(program: String, protocolName: String)
    case phaseBegan(athlete: String?, PhaseKind, start: Double, decided: Double?, number: Int?)
    case phaseRelabelled(
        athlete: String?, from: PhaseKind?, to: PhaseKind, start: Double, decided: Double?, number: Int?)
    /// A bout's effort is known; `number` counts the session's bouts from 1.
    case boutScored(athlete: String?, PhaseKind, AnalysisDocument.Sprint, number: Int)
    /// A bout that was known is told again, now with how the heart rate fell after it.
    case boutRecovered(athlete: String?, PhaseKind, AnalysisDocument.Sprint, number: Int)
    case sessionStarted(athlete: String?)
    case sessionEnded(athlete: String?, duration: Double?)
    case sessionStored(athlete: String?, folder: String?)
    case storage(StatusMessage.Storage)
    case notice(String)
    case trouble(String)
    case configurationReloaded
    case configurationRefused(String)
    case done(command: String)
    case refused(command: String?, message: String)
    /// The daemon is about to close the connection.
    case farewell(reason: String)

    /// Whether the athlete should look up.
    package var deservesBell: Bool {
        switch self {
        case .phaseBegan, .sessionStarted, .sessionEnded: true
        case .greeted, .phaseRelabelled, .boutScored, .boutRecovered, .sessionStored, .storage, .notice, .trouble,
            .configurationReloaded, .configurationRefused, .done, .refused, .farewell:
            false
        }
    }

    /// Whose it is; `nil` for what is nobody's, and for the athlete without a name.
    package var athlete: String? {
        switch self {
        case .phaseBegan(let athlete, _, _, _, _), .phaseRelabelled(let athlete, _, _, _, _, _),
            .boutScored(let athlete, _, _, _), .boutRecovered(let athlete, _, _, _), .sessionStarted(let athlete),
            .sessionEnded(let athlete, _), .sessionStored(let athlete, _):
            athlete
        case .greeted, .storage, .notice, .trouble, .configurationReloaded, .configurationRefused, .done, .refused,
            .farewell:
            nil
        }
    }
}
