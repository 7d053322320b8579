// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// How an interface counts time, as its `if_tsresol` and `if_tsoffset` options say.
///
/// Source: draft-ietf-opsawg-pcapng, "Interface Description Block": the resolution's top bit tells a power of 2 from
/// one of 10, the other bits are the negative exponent; 6 where the option is absent. The offset is in seconds.
struct CaptureClock: Equatable, Sendable, BitwiseCopyable {
    static let microseconds: UInt8 = 6

    var resolution: UInt8 = microseconds {
        didSet { wholeTick = Self.wholeTick(resolution) }
    }
    /// Seconds to add.
    var offset: Int64 = 0
    /// Nanoseconds of a tick, if they are a whole number and the resolution is one of 10: asked for with every packet.
    private var wholeTick: UInt64? = wholeTick(microseconds)

    /// - Returns: `nil` when the time is out of `Timestamp`'s range.
    func time(_ ticks: UInt64) -> Timestamp? {
        guard let elapsed = nanoseconds(ticks), let moved = Int64(exactly: elapsed) else { return nil }
        if offset == 0 { return Timestamp(exactly: moved) }
        let (shift, tooFar) = offset.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, outside) = moved.addingReportingOverflow(shift)
        return tooFar || outside ? nil : Timestamp(exactly: sum)
    }

    private static func wholeTick(_ resolution: UInt8) -> UInt64? { resolution <= 9 ? power(9 - resolution) : nil }

    @inline(__always)
    private func nanoseconds(_ ticks: UInt64) -> UInt64? {
        guard let wholeTick else { return scaled(ticks) }
        let (nanoseconds, overflow) = ticks.multipliedReportingOverflow(by: wholeTick)
        return overflow ? nil : nanoseconds
    }

    /// As ``nanoseconds(_:)``, where they are no multiple of the ticks.
    private func scaled(_ ticks: UInt64) -> UInt64? {
        if resolution & 0x80 != 0 {
            let scaled = (UInt128(ticks) * 1_000_000_000) >> UInt128(resolution & 0x7F)
            return UInt64(exactly: scaled)
        }
        return resolution - 9 > 19 ? 0 : ticks / Self.power(resolution - 9)
    }

    /// 10 to the power of `exponent`, which is at most 19.
    private static func power(_ exponent: UInt8) -> UInt64 {
        switch exponent {
        case 0: 1
        case 3: 1000
        default: (0..<exponent).reduce(1) { value, _ in value &* 10 }
        }
    }
}
