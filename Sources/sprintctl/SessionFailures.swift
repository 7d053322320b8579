// SPDX-License-Identifier: GPL-3.0-or-later
internal import ProcessIO

/// What went wrong with single sessions, of which the ones after them are none the worse.
struct SessionFailures {
    private var count = 0
    private var first: CommandFailure?

    /// Says it on the error output at once.
    ///
    /// - Throws: where the reader of the output has gone away, so that nothing more is worth doing.
    mutating func add(_ name: String, _ failure: CommandFailure) throws(CommandFailure) {
        guard !failure.isClosedPipe else { throw failure }
        _ = CommandFailure(failure.status, "\(name): \(failure.message)").report(program: "sprintctl")
        count += 1
        first = first ?? failure
    }

    /// - Throws: with the status of the first failure, if there was any.
    func end(of total: Int, _ what: String) throws(CommandFailure) {
        guard let first else { return }
        throw CommandFailure(first.status, "\(count) of \(total) sessions \(what)")
    }
}
