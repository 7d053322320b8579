// SPDX-License-Identifier: GPL-3.0-or-later
internal import SocketProtocol
internal import Transport

/// The radios, from what is said of them. Those that have gone are forgotten when there are many.
struct DeviceBoard {
    private static let limit = 16

    private(set) var devices: [DeviceStatus] = []

    /// A stick's number is its bus × 256 + its address, and buses count from 1; an adapter's is its own.
    static func name(_ number: UInt32) -> String {
        number < 256 ? "hci\(number)" : "USB \(number >> 8):\(number & 0xFF)"
    }

    mutating func take(_ notice: TransportNotice, _ text: String) {
        let state: DeviceStatus.State
        switch notice.kind {
        case .deviceArrived: state = .starting
        case .deviceReady: state = .listening
        case .deviceLeft: state = .absent
        case .deviceUnusable: state = .failed
        case .sensorFound, .sensorLost, .sensorBack, .batteryLow, .remark: return
        }
        let device = DeviceStatus(
            name: Self.name(notice.device), kind: notice.device < 256 ? .adapter : .stick, state: state, message: text)
        if let place = devices.firstIndex(where: { $0.name == device.name }) {
            devices[place] = device
            return
        }
        if devices.count >= Self.limit { devices.remove(at: devices.firstIndex { $0.state == .absent } ?? 0) }
        devices.append(device)
    }
}
