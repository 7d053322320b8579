// SPDX-License-Identifier: GPL-3.0-or-later

/// Why the input is no FIT file at all. What is wrong inside one is dropped, counted and noted instead, since
/// everything before it is sound.
package struct FITError: Error, Equatable, Sendable {
    package enum Problem: Equatable, Sendable {
        /// There is not one byte.
        case empty
        /// The input ends inside the file header.
        case headerCutShort
        /// The header's own size is below the smallest there is, 12 bytes.
        case headerSize(UInt8)
        /// The letters `.FIT` are not where they belong.
        case noSignature
    }
    package var problem: Problem
    /// Where the offending bytes start, from the start of the input.
    package var offset: Int

    package init(_ problem: Problem, offset: Int) {
        self.problem = problem
        self.offset = offset
    }
}

extension FITError: CustomStringConvertible {
    package var description: String { "byte \(offset): \(reason)" }

    /// What is wrong, without the place.
    package var reason: String {
        switch problem {
        case .empty: "the input is empty, not a FIT file"
        case .headerCutShort: "the input ends inside the FIT file header"
        case .headerSize(let size): "not a FIT file: its header claims \(size) bytes, fewer than 12"
        case .noSignature: "not a FIT file: \".FIT\" is missing from its header"
        }
    }
}
