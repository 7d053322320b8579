// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
package import Pipeline
package import Transport

/// What happens in a live session, for whoever shows it or passes it on.
package enum LiveEvent: Sendable {
    /// - Parameters:
    ///   - start: on the frames' clock: the times of its phases count from here.
    ///   - configuration: what efforts are shares of, and the plan.
    case sessionStarted(athlete: Int, start: Timestamp, configuration: AthleteConfiguration)
    /// A phase or an ended bout; never `.fused`, of which ``EventQueue/wait()`` gives the last.
    case pipeline(athlete: Int, PipelineEvent)
    /// - Parameter duration: seconds from the first frame to the last.
    case sessionEnded(athlete: Int, duration: Double)
    /// The session lies whole in this folder.
    case sessionStored(folder: String)
    /// Of a device or a sensor.
    case notice(TransportNotice, String)
    /// Something that a person should know: frames dropped, a disk that fails or works again. One line.
    case trouble(String)
    /// What was done about a session of a process that died. One line.
    case recovery(String)
    /// Who is recorded has changed. From here on an athlete's number is a place in this list; `nil` where nobody is any more.
    case members([LivePipeline.Member?])
    /// The configuration was read anew and holds from now on.
    ///
    /// - Parameter remarks: what of it needs a restart or waits for the end of a session, a line each.
    case reloaded(remarks: [String])
    /// The configuration was read anew and is wrong: the old one holds.
    ///
    /// - Parameter reason: one line.
    case refused(reason: String)
    /// The last event: everything is stored, or as much of it as can be.
    ///
    /// - Parameter isWhole: whether all that was recorded is on the disk.
    case ended(isWhole: Bool)
}

extension LiveEvent {
    var isLast: Bool {
        switch self {
        case .ended: true
        case .sessionStarted, .pipeline, .sessionEnded, .sessionStored, .notice, .trouble, .recovery, .members,
            .reloaded, .refused:
            false
        }
    }
}
