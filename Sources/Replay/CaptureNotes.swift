// SPDX-License-Identifier: GPL-3.0-or-later
import Capture

/// Gathers what a person should know of a capture, one line each.
struct CaptureNotes: Sendable {
    /// A hostile file may name any number of link types.
    private static let limit = 20

    private(set) var lines: [String] = []
    private var isClosed = false

    mutating func take(_ event: CaptureEvent) {
        switch event {
        case .comment: return
        case .unsupportedInterface(let link):
            let line = "frames of link type \(link) are not read"
            if lines.count < Self.limit, !lines.contains(line) { lines.append(line) }
        case .broken(let breakage): lines.append(breakage.description)
        }
    }

    /// Adds what is known at the end only.
    mutating func close(_ reader: borrowing CaptureReader) {
        guard !isClosed else { return }
        isClosed = true
        if reader.skippedFrames > 0 { lines.append("\(reader.skippedFrames) packets were passed over") }
    }
}
