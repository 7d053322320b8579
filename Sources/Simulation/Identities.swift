// SPDX-License-Identifier: GPL-3.0-or-later

/// The sensors' numbers and addresses, all different.
struct Identities: Sendable {
    /// 20 bits each; the lower 16 are never 0, which is the wildcard.
    private(set) var straps: [UInt32] = []
    private(set) var pods: [UInt32] = []
    /// 48 bits each: static random addresses.
    private(set) var strapAddresses: [UInt64] = []
    private(set) var podAddresses: [UInt64] = []

    init(_ configuration: SimulatedSession.Configuration) {
        var random = SplitMix64(seed: configuration.seed, stream: 0x4944_454E)
        // Also the lower 16 bits differ: some hosts know no more of a sensor.
        var used: Set<UInt32> = [0]
        func number() -> UInt32 {
            while true {
                let number = UInt32(truncatingIfNeeded: random.next() >> 44)
                if used.insert(number & 0xFFFF).inserted { return number }
            }
        }
        for _ in 0..<configuration.athletes {
            straps.append(number())
            pods.append(number())
            // The athlete's place in the low bits keeps the addresses apart.
            let place = UInt64(strapAddresses.count)
            strapAddresses.append(0xC000_0000_0000 | random.next() >> 18 & ~0xFF | place << 1)
            podAddresses.append(0xC000_0000_0000 | random.next() >> 18 & ~0xFF | place << 1 | 1)
        }
    }
}
