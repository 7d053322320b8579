// SPDX-License-Identifier: GPL-3.0-or-later

/// What keeps Bluetooth from working, and what a person can do about it. None of it ends anything: it is tried again.
package enum BluetoothObstacle: Error, Equatable, Sendable {
    case noAdapter
    case adapterOff(UInt16)
    /// Switched off by a key, or by software through rfkill.
    case adapterBlocked(UInt16)
    /// The process may not switch an adapter on.
    case mayNotPower(UInt16)
    /// The process may not scan.
    case mayNotScan(UInt16)
    /// The controller refuses the scan with this status; `nil`: it does not answer.
    case scanRefused(UInt16, status: UInt8?)
    /// A program on this machine is connected to the sensor.
    case sensorInUseHere(String)
    /// The sensor is chosen, and is not heard.
    case sensorNotHeard(String)
    case sensorNeedsPairing(String)
    /// Sensors are heard, but connecting to them always fails.
    case connectionsFail(UInt16)
    /// A system call failed with something that has no entry of its own.
    case system(String)

    /// What is wrong.
    package var problem: String {
        switch self {
        case .noAdapter: "there is no Bluetooth adapter"
        case .adapterOff(let index): "Bluetooth adapter hci\(index) is off"
        case .adapterBlocked(let index): "Bluetooth adapter hci\(index) is blocked by rfkill"
        case .mayNotPower(let index): "no permission to switch Bluetooth adapter hci\(index) on"
        case .mayNotScan(let index): "no permission to scan with Bluetooth adapter hci\(index)"
        case .scanRefused(let index, nil): "Bluetooth adapter hci\(index) does not answer"
        // Command Disallowed: Core 5.4, Vol 1 Part F, 2.12.
        case .scanRefused(let index, 0x0C?):
            "another program (bluetoothd, most likely) scans with Bluetooth adapter hci\(index)"
        case .scanRefused(let index, let status?):
            "Bluetooth adapter hci\(index) refuses to scan: HCI error 0x" + Self.hexadecimal(status)
        case .sensorInUseHere(let address): "another program on this machine is connected to \(address)"
        case .sensorNotHeard(let sensor):
            "\(sensor) is not heard: it is not worn, out of reach, without battery, or connected to a phone or watch"
        case .sensorNeedsPairing(let address): "\(address) wants to be paired first"
        case .connectionsFail(let index): "connections over Bluetooth adapter hci\(index) keep failing"
        case .system(let text): text
        }
    }

    /// What to type, or to do where typing does not help; `nil` when there is nothing.
    package var remedy: String? {
        switch self {
        case .noAdapter: "lsusb; dmesg | grep -i bluetooth"
        case .adapterOff: "bluetoothctl power on"
        case .adapterBlocked: "rfkill unblock bluetooth"
        case .mayNotPower, .mayNotScan:
            #"sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v sprintd)""#
        case .scanRefused(_, 0x0C?): "bluetoothctl scan off"
        case .scanRefused(let index, _), .connectionsFail(let index): "sudo hciconfig hci\(index) reset"
        case .sensorInUseHere(let address): "bluetoothctl disconnect \(address)"
        case .sensorNotHeard: "put it on, and disconnect it from other devices"
        case .sensorNeedsPairing(let address): "bluetoothctl pair \(address)"
        case .system: nil
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

extension BluetoothObstacle: CustomStringConvertible {
    package var description: String { remedy.map { "\(problem); try: \($0)" } ?? problem }
}
