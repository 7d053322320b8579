// SPDX-License-Identifier: GPL-3.0-or-later
package import GATT
package import Measurement

/// One connection, or the attempt at one. Numbers are not used twice.
package struct LinkID: Hashable, Sendable, BitwiseCopyable {
    package let number: UInt32

    package init(number: UInt32) {
        self.number = number
    }
}

/// An adapter as the kernel lists it.
package struct AdapterStatus: Equatable, Sendable, BitwiseCopyable {
    /// 0 for `hci0`.
    package var index: UInt16
    package var isUp: Bool

    package init(index: UInt16, isUp: Bool) {
        self.index = index
        self.isUp = isUp
    }
}

/// What a ``Central`` wants done. Whoever does it reports back where a function of the central is named.
package enum CentralAction: Equatable, Sendable {
    /// Open the adapter's HCI socket; then ``Central/opened(_:at:emit:)`` or ``Central/cannotOpen(_:_:at:emit:)``.
    case open(adapter: UInt16)
    /// Close it; its scan is over.
    case close(adapter: UInt16)
    /// Switch the adapter on; ``Central/cannotPower(_:_:at:emit:)`` if that fails.
    case powerOn(adapter: UInt16)
    /// Switch the adapter off and on; ``Central/cannotPower(_:_:at:emit:)`` if that fails.
    case reset(adapter: UInt16)
    case command(adapter: UInt16, HCICommand)
    /// Then ``Central/connected(_:at:emit:)`` or ``Central/lost(_:_:at:emit:)``.
    case connect(LinkID, adapter: UInt16, DeviceAddress)
    /// Close the link, or give up the attempt; nothing is reported of it any more.
    case disconnect(LinkID)
    /// An advertisement of a chosen sensor that tells something new; for the capture.
    case advertisement(adapter: UInt16, DeviceAddress, data: [UInt8], strength: Int8?)
    case notice(CentralNotice)
}

/// Something that a person should hear of.
package struct CentralNotice: Equatable, Sendable {
    package enum Kind: Equatable, Sendable, BitwiseCopyable {
        case adapterArrived, adapterReady, adapterLeft, adapterUnusable
        case sensorFound, sensorLost, sensorBack, remark
    }

    package var kind: Kind
    package var adapter: UInt16
    package var sensor: SensorID?
    package var text: String
}

/// Why a link is over, or was never there.
package enum LinkEnd: Equatable, Sendable {
    /// The radio link is gone: out of reach, or the sensor switched itself off.
    case outOfReach
    /// The sensor ended it.
    case endedBySensor
    /// It did not answer the attempt.
    case noAnswer
    /// A program on this machine has it.
    case inUseHere
    /// The adapter can take no connection now.
    case adapterBusy
    case client(GATTClientFailure)
    case other(String)

    package var text: String {
        switch self {
        case .outOfReach: "out of reach"
        case .endedBySensor: "ended by the sensor"
        case .noAnswer: "does not answer"
        case .inUseHere: "in use by another program on this machine"
        case .adapterBusy: "the adapter is busy"
        case .client(let failure): failure.description
        case .other(let text): text
        }
    }
}
