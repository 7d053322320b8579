// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation

/// Recordings of real devices that are not part of this project: `../shared/real` beside the package, or wherever
/// `SPRINTD_REAL_RECORDINGS` says.
enum RealRecordings {
    static let folder: URL? = {
        var candidates: [URL] = []
        if let path = ProcessInfo.processInfo.environment["SPRINTD_REAL_RECORDINGS"] {
            candidates.append(URL(filePath: path))
        }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        candidates.append(package.deletingLastPathComponent().appending(path: "shared/real"))
        return candidates.first { FileManager.default.fileExists(atPath: $0.appending(path: "ble").path) }
    }()

    static var available: Bool { folder != nil }

    /// The second column of a file in `ble/`, in order; comment and header lines left out.
    static func hexValues(_ name: String) throws -> [String] {
        guard let folder else { return [] }
        let text = try String(contentsOf: folder.appending(path: "ble/\(name)"), encoding: .utf8)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("device,") }.compactMap {
            let columns = $0.split(separator: ",", omittingEmptySubsequences: false)
            return columns.count > 1 ? String(columns[1]) : nil
        }
    }
}

/// Bytes written as hexadecimal digits; anything else between them is for the eye.
func bytes(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    precondition(digits.count.isMultiple(of: 2), "odd number of digits in \(text)")
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// SplitMix64, so that "random" input is the same on each run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
