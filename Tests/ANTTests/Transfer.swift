// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport

/// What went over the USB bus to or from a stick.
struct Transfer {
    var nanoseconds: Int64
    var fromStick: Bool
    var bytes: [UInt8]
}

extension RealRecordings {
    /// The usbmon recording as lines of `seconds direction hex`.
    static func transfers() throws -> [Transfer] {
        try text("ant/antusb2-hrm-usbmon.txt").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 3, fields[1] == "<" || fields[1] == ">", let seconds = Double(fields[0]) else {
                return nil
            }
            return Transfer(
                nanoseconds: Int64((seconds * 1e6).rounded()) * 1000, fromStick: fields[1] == "<",
                bytes: bytes(fields[2]))
        }
    }
}

/// `A4 length id payload xor`.
func frame(_ id: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let body = [0xA4, UInt8(payload.count), id] + payload
    return body + [body.reduce(0, ^)]
}
