// SPDX-License-Identifier: GPL-3.0-or-later
public import CDoorbell

/// A barrier for the compiler alone: no access moves across it, and no instruction comes of it.
@usableFromInline
enum CompilerFence {
    @inlinable
    @inline(__always)
    static func execute() {
        cdoorbell_compiler_fence()
    }
}
