// SPDX-License-Identifier: GPL-3.0-or-later
internal import ProcessIO
internal import SessionIndex

extension SessionsCommand.State {
    /// Analyses from which on the reading of them is worth telling of.
    private static let worthTelling = 200

    /// The index, brought up to date. How far a long reading is goes to the error output.
    func index(fromScratch: Bool = false) throws(CommandFailure) -> SessionIndex {
        let errors = StandardStream.error
        let lineStart = errors.isTerminal ? "\r" : ""
        let lineEnd = errors.isTerminal ? "" : "\n"
        var told = false
        do throws(SessionIndexError) {
            let index = try SessionIndex(state: path)
            try index.update(fromScratch: fromScratch) { done, total in
                guard total >= Self.worthTelling, done % max(total / 20, 1) == 0 || done == total else { return }
                errors.writeIgnoringFailure("\(lineStart)reading sessions: \(done) of \(total)\(lineEnd)")
                told = true
            }
            if told, errors.isTerminal { errors.writeIgnoringFailure("\n") }
            return index
        } catch {
            throw CommandFailure(.inputOutput, error.description)
        }
    }

    /// - Parameters: as of the index's own function.
    func indexed(
        from: Int64? = nil, until: Int64? = nil, athlete: String? = nil, last: Int? = nil
    ) throws(CommandFailure) -> [IndexedSession] {
        let index = try index()
        do throws(SessionIndexError) {
            return try index.sessions(from: from, until: until, athlete: athlete, last: last)
        } catch {
            throw CommandFailure(.inputOutput, error.description)
        }
    }
}
