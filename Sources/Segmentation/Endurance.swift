// SPDX-License-Identifier: GPL-3.0-or-later

/// What share of the maximum speed can be held for how long, and from which share on holding it is work.
///
/// Bundle, Hoyt & Weyand (2003, J. Appl. Physiol. 95:1955): v(t) = v_a + (v_max − v_a) e^(−kt) with k = 0.013 s⁻¹ for all-out runs of 3 to
/// 240 s, v_a being the speed at which the oxygen uptake is at its greatest. It is taken at three fifths of the maximum speed.
enum Endurance {
    private static let rate = 0.013
    private static let aerobicShare = 0.6
    /// A pace is work when it is this share of the fastest that could be held for as long.
    private static let hardShare = 0.64

    /// - Parameter seconds: for how long a pace has been held, 0 or more.
    /// - Returns: the least pace that is work then, as a share of the maximum speed.
    static func hard(for seconds: Double) -> Double {
        // e^(−x) by (1 + x/8)^(−8): the C library's is not for the core.
        let base = 1 + rate * seconds / 8
        let square = base * base
        let fourth = square * square
        return hardShare * (aerobicShare + (1 - aerobicShare) / (fourth * fourth))
    }
}
