// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Recordings of real devices that are not part of the project: `../shared/real` beside the package, or wherever
/// `SPRINTD_REAL_RECORDINGS` says.
enum RealRecordings {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["SPRINTD_REAL_RECORDINGS"] {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        return URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("../shared/real", isDirectory: true).standardizedFileURL
    }()

    static var available: Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("ant").path)
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }
}

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

/// Hexadecimal digits; anything else between them is ignored.
func bytes(_ text: some StringProtocol) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// `A4 length id payload xor`.
func frame(_ id: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let body = [0xA4, UInt8(payload.count), id] + payload
    return body + [body.reduce(0, ^)]
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
