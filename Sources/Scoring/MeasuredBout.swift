// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// A sprint or an interval of a session, with its place in it.
package struct MeasuredBout: Equatable, Sendable {
    package var trace: SprintTrace
    package var isInterval: Bool
    /// Among those of its kind, from 0.
    package var index: Int
    /// Seconds to the next bout, measured or not; `nil` as long as none has begun.
    package var rest: Double?
}
