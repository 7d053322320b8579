// SPDX-License-Identifier: GPL-3.0-or-later
import GATT
import Measurement

/// One sensor that a ``Central`` wants.
struct CentralSensor: Sendable {
    enum State: Equatable, Sendable, BitwiseCopyable {
        /// To be connected as soon as it is heard.
        case awaited
        /// Not before this time.
        case resting(until: Timestamp)
        /// Heard; to be connected over this adapter when its turn comes.
        case queued(adapter: UInt16)
        case connecting(LinkID, adapter: UInt16, deadline: Timestamp)
        /// The link is up, the sensor's services are being looked through.
        case preparing(LinkID, adapter: UInt16)
        case live(LinkID, adapter: UInt16)
    }

    var address: DeviceAddress
    /// The kind of address is a guess: it was never heard, only written down.
    var isGuess: Bool
    var information = SensorInformation()
    var strength: Int8?
    var state = State.awaited
    /// Since it was last live.
    var failures = 0
    /// Attempts that ended without an answer, of those.
    var unanswered = 0
    var hasBeenLive = false
    var isFound = false
    /// Since when it has been missing; `nil` once that was said, and while it is there.
    var missingSince: Timestamp?
    /// It was let go of; when it was last heard since.
    var released: Timestamp?
    /// When its last advertisement was passed on.
    var reported: Timestamp?

    init(address: DeviceAddress, isGuess: Bool) {
        self.address = address
        self.isGuess = isGuess
    }

    var id: SensorID { .bluetooth(address: address.value) }

    var link: LinkID? {
        switch state {
        case .awaited, .resting, .queued: nil
        case .connecting(let link, _, _), .preparing(let link, _), .live(let link, _): link
        }
    }

    /// The adapter that it is queued for or linked through.
    var adapter: UInt16? {
        switch state {
        case .awaited, .resting: nil
        case .queued(let adapter), .connecting(_, let adapter, _), .preparing(_, let adapter), .live(_, let adapter):
            adapter
        }
    }

    var isConnecting: Bool {
        switch state {
        case .connecting: true
        case .awaited, .resting, .queued, .preparing, .live: false
        }
    }

    var isLinked: Bool {
        switch state {
        case .preparing, .live: true
        case .awaited, .resting, .queued, .connecting: false
        }
    }

    var isLive: Bool {
        switch state {
        case .live: true
        case .awaited, .resting, .queued, .connecting, .preparing: false
        }
    }

    /// Its name, where it has said one, and its address.
    var label: String {
        let address = SensorBinding.text(address.value)
        return information.name.map { "\($0) (\(address))" } ?? address
    }
}
