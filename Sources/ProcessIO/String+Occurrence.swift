// SPDX-License-Identifier: GPL-3.0-or-later

extension StringProtocol {
    /// Whether a text occurs in this one, byte for byte.
    ///
    /// The standard library's `contains` for a text lies beside its regular expressions, and brings them into the program: a megabyte of it.
    package func holds(_ text: String) -> Bool {
        let sought = Array(text.utf8)
        let bytes = Array(utf8)
        guard bytes.count >= sought.count else { return false }
        return (0...bytes.count - sought.count).contains { start in
            sought.indices.allSatisfy { bytes[start + $0] == sought[$0] }
        }
    }
}
