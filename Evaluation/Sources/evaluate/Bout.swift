// SPDX-License-Identifier: GPL-3.0-or-later

/// A stretch of hard running, true or found. Times are seconds from the recording's start.
struct Bout {
    enum Kind: String {
        case sprint, interval
    }
    var kind: Kind
    var start: Double
    var end: Double

    var length: Double { end - start }

    /// The contract of `analysis.json`: up to 60 s a bout is a sprint.
    static let longestSprint = 60.0

    init(kind: Kind, start: Double, end: Double) {
        self.kind = kind
        self.start = start
        self.end = end
    }

    /// A true bout, whose kind its length tells.
    init(start: Double, end: Double) {
        self.init(kind: end - start > Self.longestSprint ? .interval : .sprint, start: start, end: end)
    }
}
