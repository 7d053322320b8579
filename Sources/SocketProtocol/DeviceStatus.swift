// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// One radio: an ANT+ stick or a Bluetooth adapter.
package struct DeviceStatus: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case stick
        case adapter
    }

    package enum State: String, Sendable, CaseIterable {
        /// It is there, and is being prepared.
        case starting
        case listening
        /// It was there, and is gone.
        case absent
        /// It is there, and cannot be used; the message says why.
        case failed
    }

    package var name: String
    package var kind: Kind
    package var state: State
    /// What was last said of it.
    package var message: String?

    package init(name: String, kind: Kind, state: State, message: String? = nil) {
        self.name = name
        self.kind = kind
        self.state = state
        self.message = message
    }

    func writeMembers(to object: inout JSONWriter) {
        object.text("name", name)
        object.text("kind", kind.rawValue)
        object.text("state", state.rawValue)
        object.text("message", message)
    }

    init(_ fields: Fields) throws(SocketFault) {
        name = try fields.text("name")
        kind = try fields.choice("kind")
        state = try fields.choice("state")
        message = try fields.optionalText("message")
    }
}
