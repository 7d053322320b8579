// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Simulation

/// What the Bluetooth sensors of a simulated session notify, whether or not anybody is connected.
struct SensorNotifications {
    struct Notification {
        /// Nanoseconds from the session's start.
        var time: Int64
        /// The peripheral's place in ``SimulatedSession/peripherals``.
        var sensor: Int
        /// An ATT PDU.
        var message: [UInt8]
    }

    private var session: SimulatedSession
    private var waiting: ArraySlice<Notification> = []
    let peripherals: [SimulatedPeripheral]

    init(_ configuration: SimulatedSession.Configuration) {
        session = SimulatedSession(configuration)
        peripherals = session.peripherals
    }

    /// The next in order of time; `nil` when the session is over.
    mutating func next() -> Notification? {
        while waiting.isEmpty {
            var said: [Notification] = []
            let peripherals = peripherals
            let goesOn = session.step { frame, bytes in
                // ACL: handle and flags(2) length(2), L2CAP: length(2) channel(2), ATT: 1B for a notification
                guard case .bluetooth(type: 2, fromController: true) = frame.link, bytes.count > 11, bytes[8] == 0x1B
                else { return }
                let handle = (UInt16(bytes[0]) | UInt16(bytes[1]) << 8) & 0xFFF
                guard let sensor = peripherals.firstIndex(where: { $0.handle == handle }) else { return }
                said.append(
                    Notification(
                        time: frame.time.nanoseconds, sensor: sensor, message: (8..<bytes.count).map { bytes[$0] }))
            }
            waiting = said[...]
            if said.isEmpty, !goesOn { return nil }
        }
        return waiting.popFirst()
    }
}
