// SPDX-License-Identifier: GPL-3.0-or-later
internal import LiveCapture
internal import Pipeline
internal import Scoring
internal import Segmentation

/// What `systemctl status` says: who is recorded, and in which phase.
struct ServiceStatus {
    private struct Recording {
        var phase: PhaseKind?
        var bouts = 0
    }

    private var names: [String?]
    private let startsBySign: Bool
    private var recordings: [Int: Recording] = [:]

    init(_ members: [LivePipeline.Member], startsBySign: Bool) {
        names = members.map(\.athlete.name)
        self.startsBySign = startsBySign
    }

    /// - Returns: whether the text has changed.
    mutating func take(_ event: LiveEvent) -> Bool {
        switch event {
        case .members(let members): names = members.map { $0?.athlete.name }
        case .sessionStarted(let athlete, _, _): recordings[athlete] = Recording()
        case .sessionEnded(let athlete, _): recordings[athlete] = nil
        case .pipeline(let athlete, .phase(.began(let start))):
            recordings[athlete]?.phase = start.kind
            if start.kind.isWork { recordings[athlete]?.bouts += 1 }
        case .pipeline(let athlete, .phase(.becameInterval)): recordings[athlete]?.phase = .interval
        case .pipeline, .sessionStored, .notice, .trouble, .recovery, .reloaded, .refused, .ended: return false
        }
        return true
    }

    var text: String {
        guard !recordings.isEmpty else {
            return startsBySign ? "listening; nothing is recorded" : "listening; recording begins by command"
        }
        let parts = recordings.sorted { $0.key < $1.key }.map { athlete, recording in
            let name = names.indices.contains(athlete) ? names[athlete] : nil
            return (name.map { "\($0): " } ?? "") + Self.text(recording)
        }
        return "recording " + parts.joined(separator: "; ")
    }

    private static func text(_ recording: Recording) -> String {
        guard let phase = recording.phase else { return "no phase yet" }
        let name = phase.rawValue
        return phase.isWork ? "\(name) \(recording.bouts)" : name
    }
}
