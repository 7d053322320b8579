// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import ProcessIO
internal import Synchronization

/// Has the FIT files of finished sessions made, by one `sprintctl` at a time: at the end of a training many sessions end at once, and recording goes on.
///
///     session ends ──► waiting ──► one helper for all that wait ──► its end ──► those that wait by then …
///
/// A failure costs the FIT file only, which `sprintctl sessions export-missing` makes later.
final class ActivityExports: Sendable {
    /// Starts what makes the FIT files of these sessions, and waits for its end.
    typealias Export = @Sendable ([String]) -> Void
    /// Runs a function beside its caller; `false` where it cannot.
    typealias Start = @Sendable (@escaping @Sendable () -> Void) -> Bool

    private struct State: Sendable {
        var waiting: [String] = []
        var isAtWork = false
    }

    private let state = Mutex(State())
    private let export: Export
    private let start: Start

    init(start: @escaping Start, export: @escaping Export) {
        self.start = start
        self.export = export
    }

    /// - Parameters:
    ///   - state: the state folder.
    ///   - tell: takes what a person should know.
    convenience init(state: String, tell: @escaping @Sendable (String) -> Void) {
        self.init(
            start: { body in
                do throws(ErrorNumber) {
                    // Not joined: it may outlive who waits for it.
                    _ = try WorkerThread(name: "exports", body)
                    return true
                } catch {
                    tell("no FIT file is made: \(error.text)")
                    return false
                }
            },
            export: { names in
                do throws(CommandFailure) {
                    _ = try HelperProcess.exportActivities(state: state, sessions: names).waitForEnd()
                } catch {
                    tell("no FIT file is made of \(names.joined(separator: ", ")): \(error.message)")
                }
            })
    }

    /// - Parameter session: by name.
    func add(_ session: String) {
        let mustStart = state.withLock { state in
            state.waiting.append(session)
            defer { state.isAtWork = true }
            return !state.isAtWork
        }
        // Else what waits is taken up with the next session, or at the end.
        if mustStart, !start({ self.work() }) { state.withLock { $0.isAtWork = false } }
    }

    private func work() {
        while true {
            let names = state.withLock { state in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.isAtWork = false }
                return state.waiting
            }
            guard !names.isEmpty else { return }
            export(names)
        }
    }

    /// Whether all that were added are done with.
    var isIdle: Bool { state.withLock { !$0.isAtWork } }

    /// What nobody is at work on, for who cannot wait longer.
    func takeWaiting() -> [String] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}
