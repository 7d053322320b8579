// SPDX-License-Identifier: GPL-3.0-or-later

/// What tells a stride of the warm-up, or any pace that is only touched, from a bout whose start was slow.
///
/// A stride is built up evenly over most of its length and eased off at its top; a bout is a pace that is held. So where the rise was no
/// step, nothing is believed until the pace has been held for as long as it was built up.
enum BuildUp {
    /// By how much, as a natural logarithm, a step that takes some seconds has to be likelier than a build-up.
    static let stepOdds = 1.5
    /// Seconds after which a sprint's start has nine tenths of its height and has long ceased to look like a straight line: whoever cannot be
    /// told from one by then, with the odds of any other step, is building up his pace.
    static let settledStep = 3.0
    /// Seconds after which a step that was not known is none.
    static let latestStep = 6.0
    /// Seconds over which strides are looked at.
    static let longest = 16.0

    /// The share of a rise's time that may be missing, at its level: of D seconds of build-up and H at the level it is ½ D / (D + H), a quarter
    /// where both are the same.
    private static let mostMissing = 0.25
    /// While a pace is held, this share of its height of a moment ago is left: who eases off a stride loses it within a second or so.
    private static let leastLeft = 0.9
    /// Seconds: a moment, and what a level is averaged over, two or three strides.
    private static let moment = 4.0
    private static let levelling = 2.5

    /// - Parameter base: the level that the rise is measured from.
    /// - Returns: the seconds since the signal rose above `base` if what it rose to is being held.
    static func held(_ recent: RecentValues, above base: Double) -> Double? {
        guard let rise = recent.rise(above: base, levelling: levelling, moment: moment),
            rise.missing <= mostMissing * rise.seconds, rise.left >= leastLeft
        else { return nil }
        return rise.seconds
    }
}
