// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
package import Scoring
package import Segmentation

/// What one sample led to, in the order in which it became known.
package enum PipelineEvent: Sendable {
    case fused(FusedSample)
    case phase(PhaseChange)
    /// A bout of the kind has just ended. The score is provisional: heart rate has not peaked yet.
    /// Boxed, because it is rare and ten times as large as the others, which are passed on with every sample.
    indirect case boutEnded(PhaseKind, SprintTrace, SprintScore)
}
