// SPDX-License-Identifier: GPL-3.0-or-later

/// The two ends of a connection, as the machine that recorded it sees them.
enum Side: UInt8, Sendable, BitwiseCopyable {
    case host
    case peer

    var other: Side {
        switch self {
        case .host: .peer
        case .peer: .host
        }
    }
}

/// One connection of one adapter. The controller reuses handles after a disconnection.
package struct ConnectionID: Hashable, Sendable, BitwiseCopyable {
    package var adapter: UInt16
    /// 12 bits.
    package var handle: UInt16

    package init(adapter: UInt16, handle: UInt16) {
        self.adapter = adapter
        self.handle = handle
    }
}

extension ConnectionID: CustomStringConvertible {
    package var description: String { "\(adapter)/\(handle)" }
}
