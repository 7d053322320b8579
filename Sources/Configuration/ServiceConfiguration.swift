// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring
package import ServiceIO

/// What a configuration file says; where it says nothing, what holds then.
package struct ServiceConfiguration: Equatable, Sendable {
    package struct Participant: Equatable, Sendable {
        package var athlete: Athlete
        /// What sessions are held against.
        package var plan: Plan?

        package init(athlete: Athlete, plan: Plan? = nil) {
            self.athlete = athlete
            self.plan = plan
        }
    }

    package struct Session: Equatable, Sendable {
        /// Seconds without heart rate and movement that end a session; `nil`: the usual.
        package var silence: Double?
        /// Whether the first heart rate or movement begins a session, and not a command alone.
        package var startsBySign = true
        /// Seconds between two commits to the disk; `nil`: the usual.
        package var commitInterval: Double?
        /// Whether Bluetooth sensors are let go of between sessions.
        package var releasesSensors = false
    }

    package struct Socket: Equatable, Sendable {
        package var isEnabled = true
        /// `nil`: the usual place.
        package var path: String?
    }

    package struct USB: Equatable, Sendable {
        package var isEnabled = true
    }

    package struct Bluetooth: Equatable, Sendable {
        package var isEnabled = true
        /// The only one to be used; `nil`: all of them.
        package var adapter: UInt16?
    }

    /// Where `sessions/` is kept; `nil`: the usual place.
    package var state: String?
    package var logLevel = Log.Level.info
    package var session = Session()
    package var socket = Socket()
    package var usb = USB()
    package var bluetooth = Bluetooth()
    /// None: one athlete of whom nothing is known.
    package var participants: [Participant] = []
    /// The plan of whoever has none of their own.
    package var plan: Plan?

    package init() {}
}
