// SPDX-License-Identifier: GPL-3.0-or-later

/// Where frames come from: a radio with a thread of its own.
///
/// Whatever goes wrong after the start (no stick yet, unplugged, adapter down) is a state to work through and a
/// ``TransportNotice``, never the end of the thread.
package protocol Transport: AnyObject, Sendable {
    /// `usb`, `bluetooth`: for people.
    var name: String { get }

    /// Starts the thread. Called once.
    ///
    /// - Parameter sink: given to the thread.
    /// - Throws: when the transport can never work on this machine.
    func start(_ sink: consuming FrameSink) throws(TransportError)

    /// Says whether anybody is recorded now: told at the start, and whenever it changes. Never waits.
    func note(isRecording: Bool)

    /// Asks the thread to end, and returns when it has: devices are released and the sink is gone. May be called twice, and without
    /// a start.
    func stop()
}

extension Transport {
    package func note(isRecording: Bool) {}
}

/// Why a transport cannot start.
package struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line for a person: what is wrong, and what would mend it.
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
