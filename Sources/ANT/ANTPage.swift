// SPDX-License-Identifier: GPL-3.0-or-later

/// The 8 bytes that an ANT+ sensor sends at a time, byte 0 in the low bits: one load from the frame, no array.
@usableFromInline
package struct ANTPage: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline package var bits: UInt64

    @inlinable
    package init(bits: UInt64) {
        self.bits = bits
    }

    /// Byte `index`, which only the constants 0...7 of the page layouts name.
    @inline(__always)
    package func byte(_ index: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: bits &>> (index &* 8))
    }

    /// Bytes `index` and `index + 1`, little-endian.
    @inline(__always)
    package func uint16(_ index: UInt64) -> UInt16 {
        UInt16(truncatingIfNeeded: bits &>> (index &* 8))
    }

    /// Bytes `index` to `index + 2`, little-endian.
    @inline(__always)
    package func uint24(_ index: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: bits &>> (index &* 8)) & 0xFF_FFFF
    }

    /// Bytes `index` to `index + 3`, little-endian.
    @inline(__always)
    package func uint32(_ index: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: bits &>> (index &* 8))
    }
}
