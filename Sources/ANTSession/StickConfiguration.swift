// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
package import Measurement

/// What a stick is asked to listen to.
package struct StickConfiguration: Equatable, Sendable {
    package enum Mode: Equatable, Sendable {
        /// Continuous scan: every ANT+ sensor in range.
        case scan
        /// A channel for each of these. Number 0 takes the first sensor of its kind that is heard, and stays with it.
        case channels([SensorID])
    }

    package var mode: Mode
    /// The ANT+ network key that every open ANT+ host program carries, first byte in the lowest bits.
    package var networkKey: UInt64 = 0x45C3_72BD_FB21_A5B9
    /// MHz above 2400: ANT+ is at 2457 MHz.
    package var radioFrequency: UInt8 = 57
    /// Seconds without any message after which a stick is asked whether it is still there. A scan with no sensor in the air is
    /// silent too.
    package var silence = 10.0

    package init(mode: Mode) {
        self.mode = mode
    }

    /// Channels for one athlete's known sensors; a scan for a group, or when any sensor may come.
    ///
    /// - Parameters:
    ///   - sensors: those of all athletes; other radios' are left out.
    ///   - firstCome: a lone athlete without sensors gets the first strap and the first footpod that are heard, instead of all.
    package init(sensors: [SensorID], athletes: Int, firstCome: Bool = false) {
        let own = sensors.filter { if case .ant = $0 { true } else { false } }
        if athletes <= 1, !own.isEmpty {
            mode = .channels(own)
        } else if athletes <= 1, firstCome {
            mode = .channels(Self.anyOfEachKind)
        } else {
            mode = .scan
        }
    }

    /// A heart-rate strap and a footpod, whichever come first.
    package static let anyOfEachKind: [SensorID] = [
        .ant(deviceType: HeartRateMonitor.profile.deviceType, number: 0),
        .ant(deviceType: StrideSensor.profile.deviceType, number: 0),
    ]

    var networkKeyBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: networkKey >> (8 * UInt64($0))) }
    }
}
