// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// The running kernel, as far as one defect in it matters.
///
/// Linux 6.1.191 took over "Bluetooth: L2CAP: Fix slab-use-after-free Read in l2cap_send_cmd", which deletes a connection's HCI channel when
/// the last reference to the L2CAP connection goes, but not what mended that in 6.14, "Bluetooth: L2CAP: Fix corrupted list in
/// hci_chan_del". Since 6.1.187 a socket holds such a reference until it is closed. So where a sensor goes out of reach or hangs up, the
/// kernel has freed the channel by the time the socket is closed, and deletes it once more: an oops, which ends the thread that closes.
struct KernelRelease: Equatable, Sendable {
    /// The numbers of 6.1.192: 6, 1, 192.
    let numbers: [Int]

    /// - Parameters:
    ///   - release: as `uname -r` has it, such as `6.1.0-57-amd64` or `6.1.192`.
    ///   - version: as `uname -v` has it. Debian's tells the true number, as in `#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-3 (2026-11-26)`.
    init(release: String, version: String) {
        let words = version.split(separator: " ")
        let debian = words.firstIndex(of: "Debian").map { $0 + 1 }.flatMap { $0 < words.count ? words[$0] : nil }
        numbers = Self.numbers(debian ?? release[...])
    }

    static let running: KernelRelease = {
        var names = utsname()
        // SAFETY: uname fills the structure that it is given and keeps no pointer; its fields are read while it is there.
        guard unsafe uname(&names) == 0 else { return KernelRelease(release: "", version: "") }
        return KernelRelease(
            release: unsafe withUnsafeBytes(of: &names.release) { unsafe text(Array($0)) },
            version: unsafe withUnsafeBytes(of: &names.version) { unsafe text(Array($0)) })
    }()

    private static func text(_ field: [UInt8]) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func numbers(_ text: Substring) -> [Int] {
        text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    }

    /// A later 6.1 may be mended, or not.
    var mayDieOfClosing: Bool { numbers.starts(with: [6, 1]) && numbers.count > 2 && numbers[2] >= 191 }

    /// Seen in its source, and in the system test.
    var diesOfClosing: Bool { mayDieOfClosing && numbers[2] <= 192 }
}
