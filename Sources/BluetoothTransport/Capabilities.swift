// SPDX-License-Identifier: GPL-3.0-or-later
internal import CLinux

/// The rights that Bluetooth asks for.
///
/// Source: capabilities(7); the numbers from <linux/capability.h>, the file's form from its `struct vfs_cap_data`.
struct Capabilities: OptionSet, Equatable, Sendable {
    let rawValue: UInt64

    /// CAP_NET_ADMIN.
    static let networkAdministration = Capabilities(rawValue: 1 << 12)
    /// CAP_NET_RAW.
    static let rawNetwork = Capabilities(rawValue: 1 << 13)

    static var ofThisProcess: Capabilities {
        effective(in: BluetoothCheck.contents("/proc/self/status", limit: 8192))
    }

    /// The `CapEff` line of a status file: 16 hexadecimal digits.
    static func effective(in status: [UInt8]) -> Capabilities {
        let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("CapEff:") }) else { return [] }
        let digits = line.dropFirst("CapEff:".count).filter { $0.isHexDigit }
        return Capabilities(rawValue: UInt64(digits, radix: 16) ?? 0)
    }

    /// What a program gets from its file's attribute.
    ///
    /// - Returns: `nil` when the file has none.
    static func ofFile(_ path: String) -> Capabilities? {
        var value = [UInt8](repeating: 0, count: 64)
        // SAFETY: getxattr writes at most as many bytes as the buffer has; path and name are copies that live for the call.
        let count = unsafe getxattr(path, "security.capability", &value, value.count)
        return count > 0 ? ofAttribute(Array(value.prefix(count))) : nil
    }

    /// ```
    /// revision and flags: uint32 | permitted, low: uint32 | inheritable, low | permitted, high | inheritable, high | ...
    /// ```
    static func ofAttribute(_ value: [UInt8]) -> Capabilities? {
        func word(_ offset: Int) -> UInt64 {
            (0..<4).reduce(0) { $0 | UInt64(value[offset + $1]) << (8 * UInt64($1)) }
        }
        guard value.count >= 12 else { return nil }
        // Without the "effective" flag a program would have to raise them itself, which sprintd does not.
        guard word(0) & 1 != 0 else { return [] }
        return Capabilities(rawValue: word(4) | (value.count >= 20 ? word(12) << 32 : 0))
    }
}
