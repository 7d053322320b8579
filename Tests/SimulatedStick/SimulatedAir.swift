// SPDX-License-Identifier: GPL-3.0-or-later
internal import Measurement
package import Simulation

/// The sensors of a simulated session, in the air: what a scanning stick heard there, without the stick.
package struct SimulatedAir {
    private var session: SimulatedSession
    private var waiting: ArraySlice<AirMessage> = []

    /// Sessions without ANT+ are silent. Losses are the session's own.
    package init(_ configuration: SimulatedSession.Configuration) {
        var configuration = configuration
        configuration.antMode = .scan
        configuration.signalStrength = .decibels
        configuration.splitTransfers = 0
        configuration.arrivalJitter = 0
        session = SimulatedSession(configuration)
    }

    /// The next message in order of time, in nanoseconds from the session's start; `nil` when the session is over.
    package mutating func next() -> AirMessage? {
        while waiting.isEmpty {
            var heard: [AirMessage] = []
            let goesOn = session.step { frame, bytes in
                guard case .usb(true) = frame.link else { return }
                let bytes = bytes.indices.map { bytes[$0] }
                // A4 length 4E channel page[8] C0 number(2) type transmission-type 20 dBm threshold xor
                guard bytes.count == 21, bytes[2] == 0x4E, bytes[12] == 0xC0 else { return }
                let number =
                    UInt32(bytes[13]) | UInt32(bytes[14]) << 8 | UInt32(bytes[16] >> 4) << 16
                heard.append(
                    AirMessage(
                        time: frame.time.nanoseconds, number: number, deviceType: bytes[15],
                        page: Array(bytes[4..<12]), strength: Int8(bitPattern: bytes[18])))
            }
            waiting = heard[...]
            if heard.isEmpty, !goesOn { return nil }
        }
        return waiting.popFirst()
    }
}
