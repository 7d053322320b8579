// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import FileIO
import ProcessIO
import SessionStore

/// Holds what lies on the disk against what happened.
struct Verdict {
    private(set) var failures: [String] = []
    private(set) var sessions = 0
    /// Folders that a failing disk let nobody take back: without a frame. The next start sets them aside.
    private(set) var leftovers = 0
    private(set) var sprints = 0
    private(set) var hitSprints = 0
    /// Hit sprints that were found all the same.
    private(set) var foundThough = 0
    /// Seconds, and m/s.
    private(set) var worstStart = 0.0
    private(set) var worstEnd = 0.0
    private(set) var worstSpeed = 0.0

    /// Those of the system test.
    private static let startLimit = 2.5
    private static let endLimit = 3.0
    private static let effortLimit = 0.06

    private let maxSpeed: Double

    /// - Parameter maxSpeed: what efforts are shares of, m/s.
    init(maxSpeed: Double) { self.maxSpeed = maxSpeed }

    private struct Key: Hashable {
        var outing: Int
        var name: String
    }

    mutating func judge(state: String, _ outings: [Outing]) throws {
        let files = PosixFileSystem()
        let folders = SessionFolders(state: state, files: files)
        var seen: [Key: Int] = [:]
        for name in try folders.names() {
            let folder = "\(state)/sessions/\(name)"
            let capture = "\(folder)/capture.pcapng"
            let scan = try CaptureScan(capture, files: files)
            if scan.frames == 0, !folders.isFinished(name) {
                leftovers += 1
                continue
            }
            sessions += 1
            guard let kept = try? WholeFile.read("\(folder)/analysis.json", limit: 1 << 24) else {
                failures.append("\(name): unfinished")
                continue
            }
            if let fault = scan.fault { failures.append("\(name): \(fault)") }
            guard let document = try SessionAnalysis.document(ofCapture: capture, files: files) else {
                failures.append("\(name): no frame")
                continue
            }
            if Array((document.json(pretty: true) + "\n").utf8) != kept {
                failures.append("\(name): its analysis is not that of its capture")
            }
            let drops = document.quality.droppedFrames
            if drops != 0 { failures.append("\(name): \(drops) frames dropped") }
            guard let start = try Self.start(of: capture, files),
                let athlete = document.athlete.name,
                let index = outings.firstIndex(where: {
                    $0.start - 1 <= start && start <= $0.end + 1 && $0.participants.contains { $0.name == athlete }
                }), let truth = outings[index].participants.first(where: { $0.name == athlete })
            else {
                failures.append("\(name): nobody was out")
                continue
            }
            seen[Key(outing: index, name: athlete), default: 0] += 1
            compare(name, document, start, truth)
        }
        for (index, outing) in outings.enumerated() {
            for participant in outing.participants {
                let count = seen[Key(outing: index, name: participant.name)] ?? 0
                if count != 1 { failures.append("\(participant.name) at \(Int(outing.start)) s: \(count) sessions") }
            }
        }
    }

    private mutating func compare(
        _ name: String, _ document: AnalysisDocument, _ start: Double, _ truth: Outing.Participant
    ) {
        var unmatched = document.sprints
        for sprint in truth.sprints {
            sprints += 1
            if sprint.isHit { hitSprints += 1 }
            let place = unmatched.firstIndex {
                abs(start + $0.start - sprint.start) <= Self.startLimit
                    && abs(start + $0.end - sprint.end) <= Self.endLimit
            }
            guard let place else {
                if !sprint.isHit {
                    failures.append("\(name): no sprint from \(sprint.start - start) to \(sprint.end - start) s")
                }
                continue
            }
            let found = unmatched.remove(at: place)
            if sprint.isHit {
                foundThough += 1
                continue
            }
            worstStart = max(worstStart, abs(start + found.start - sprint.start))
            worstEnd = max(worstEnd, abs(start + found.end - sprint.end))
            let error = found.externalEffort.map { abs($0 * maxSpeed - sprint.speed) } ?? .infinity
            worstSpeed = max(worstSpeed, error)
            if error > Self.effortLimit * maxSpeed {
                failures.append("\(name): sprint at \(found.start) s: speed wrong by \(error) m/s")
            }
        }
        // What is left may be what a fault has left of a sprint, and nothing else.
        for found in unmatched {
            let range = start + found.start...start + max(found.start, found.end)
            let isRest =
                truth.sprints.contains { $0.isHit && range.overlaps($0.start - 15...$0.end + 15) }
                || truth.outages.contains { range.overlaps($0.lowerBound - 15...$0.upperBound + 15) }
            if !isRest { failures.append("\(name): a sprint from \(found.start) to \(found.end) s that nobody ran") }
        }
    }

    /// The first packet's own time stamp, which no wall clock moves: seconds of the soak.
    private static func start(of capture: String, _ files: PosixFileSystem) throws(FileError) -> Double? {
        let file = try files.open(capture)
        defer { files.close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 17)
        let count = try files.read(file, at: 0, into: &bytes)
        func word(_ offset: Int) -> UInt64 { bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        var offset = 0
        while offset + 20 <= count {
            // Enhanced packet block: type 6; type, length and interface lie before the time's upper half.
            if word(offset) == 6 { return Double(word(offset + 12) << 32 | word(offset + 16)) / 1e9 }
            offset += max(12, Int(word(offset + 4)))
        }
        return nil
    }
}
