// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring

/// How an athlete's observed maxima grew from session to session.
package struct ObservedHistory: Equatable, Sendable {
    /// A session that raised a maximum, and the maxima from then on.
    package struct Version: Equatable, Sendable {
        package var session: String
        /// Seconds since 1970-01-01 00:00 UTC.
        package var start: Int64
        package var maxima: ObservedMaxima
    }

    /// Oldest first.
    package private(set) var versions: [Version] = []

    /// - Parameters:
    ///   - digests: of any athletes, in any order.
    ///   - athlete: whose sessions count; `nil` for those of nobody in particular.
    package init(_ digests: [SessionDigest], athlete: String?) {
        var maxima = ObservedMaxima()
        let own = digests.filter { $0.athlete == athlete && $0.start != nil }
        for digest in own.sorted(by: { ($0.start ?? 0, $0.name) < ($1.start ?? 0, $1.name) }) {
            let raised = maxima.take(
                session: digest.name, sprints: digest.sprints, bestSpeed: digest.bestSpeed,
                bestHeartRate: digest.bestHeartRate)
            if raised { versions.append(Version(session: digest.name, start: digest.start ?? 0, maxima: maxima)) }
        }
    }

    /// What was known when a session began: the best of those that began before it.
    ///
    /// - Parameter start: seconds since 1970-01-01 00:00 UTC; `nil` for what is known by now.
    package func maxima(before start: Int64?) -> ObservedMaxima {
        guard let start else { return versions.last?.maxima ?? ObservedMaxima() }
        return versions.last { $0.start < start }?.maxima ?? ObservedMaxima()
    }
}
