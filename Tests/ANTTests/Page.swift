// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport

@testable import ANT

/// A page from its eight bytes.
func page(_ text: String) -> ANTPage {
    ANTPage(bits: bytes(text).prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) })
}
