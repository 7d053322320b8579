// SPDX-License-Identifier: GPL-3.0-or-later
public import CDoorbell

/// Time in which a thread does nothing, and leaves the caches alone.
@usableFromInline
enum SpinHint {
    /// Eight hints: 0.2 µs on AMD's Zen 3, at most 0.4 µs on Intel processors, whose `pause` is longer since Skylake (Intel
    /// 64 and IA-32 Architectures Optimization Reference Manual, "Pause Latency in Skylake").
    @inlinable
    static func execute() {
        for _ in 0..<8 { cdoorbell_spin_hint() }
    }
}
