// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture
import JSON
package import Measurement

/// All live sessions on their way to the disk: what the writer's thread does, without the thread.
///
/// Frames are written when the thread has nothing else to do and committed as the policy says. While the disk fails, all sessions gather in
/// memory, within one limit; writing is tried again after 1, 2, 4 and then every 8 s.
package final class SessionLogs {
    /// Bytes: about two hours of a strap and a footpod.
    package static let defaultMemoryLimit = 8 << 20
    /// A change of the wall clock below this is the reading's own noise, in nanoseconds.
    private static let smallestStep: Int64 = 100_000_000

    /// What was said of disks that fail, and since then.
    private struct Trouble {
        var lostFrames: UInt64 = 0
        var isFull = false
    }

    private let state: String
    private let files: any FileSystem
    private let policy: CommitPolicy
    private let memoryLimit: Int
    private let wallOffset: () -> Int64
    private let report: (LogReport) -> Void
    private var logs: [UInt32: SessionLog] = [:]
    private var held = 0
    private var trouble: Trouble?
    /// At the last look at the clocks.
    private var lastOffset: Int64

    /// - Parameters:
    ///   - memoryLimit: bytes that may wait for a disk that fails.
    ///   - wallOffset: the wall clock less the frames' clock, in nanoseconds.
    package init(
        state: String, files: any FileSystem, policy: CommitPolicy = CommitPolicy(),
        memoryLimit: Int = defaultMemoryLimit, wallOffset: @escaping () -> Int64 = { 0 },
        report: @escaping (LogReport) -> Void
    ) {
        self.state = state
        self.files = files
        self.policy = policy
        self.memoryLimit = memoryLimit
        self.wallOffset = wallOffset
        self.report = report
        lastOffset = wallOffset()
    }

    /// - Parameter now: of every function here: on any clock that does not step.
    package func open(_ id: UInt32, _ opening: SessionOpening, now: Timestamp) {
        let log: SessionLog
        do throws(PcapngWriterError) {
            log = try SessionLog(opening, state: state, files: files, now: now)
        } catch {
            // An athlete file of 64 KiB would be needed for that.
            return report(.failed("session metadata: \(error)"))
        }
        // A step between two sessions is in the later one's name and anchor already.
        if logs.isEmpty { lastOffset = wallOffset() }
        logs[id] = log
        held += log.held
    }

    /// - Parameter drops: frames of this session that were lost on the way here since the one before.
    package func append(_ frame: CapturedFrame, _ bytes: Span<UInt8>, drops: UInt32, to id: UInt32, now: Timestamp) {
        guard let log = logs[id] else { return }
        // A block is at most 60 bytes longer than its frame, and an interface's description is not longer than that again.
        let room = bytes.count + 128
        // Not only while the disk fails: a flood between two commits must not grow without limit either.
        if held + room > memoryLimit, trouble == nil { work(now: now, commits: true) }
        guard held + room <= memoryLimit else {
            log.lose(drops: drops)
            trouble?.lostFrames += 1
            if trouble?.isFull == false {
                trouble?.isFull = true
                report(.full)
            }
            return
        }
        change(log) { $0.append(frame, bytes, drops: drops) }
    }

    package func comment(_ text: String, at time: Timestamp, to id: UInt32) {
        guard let log = logs[id], held + text.utf8.count <= memoryLimit else { return }
        change(log) { $0.comment(text, at: time) }
    }

    package func finish(_ id: UInt32, analysis: String, drops: UInt32) {
        guard let log = logs[id] else { return }
        change(log) { $0.end(analysis: analysis, drops: drops) }
    }

    private func change(_ log: SessionLog, _ body: (SessionLog) -> Void) {
        let before = log.held
        body(log)
        held += log.held - before
    }

    // MARK: Work

    /// When ``work(now:)`` will have something to do for the disk.
    package var nextWork: Timestamp? {
        var next: Timestamp?
        for log in logs.values {
            guard let due = log.retry ?? log.nextCommit(policy.interval) else { continue }
            next = min(next ?? due, due)
        }
        return next
    }

    /// Writes what has gathered, and commits what is due.
    package func work(now: Timestamp) { work(now: now, commits: false) }

    /// - Parameter commits: whether to commit what is not due, too.
    private func work(now: Timestamp, commits: Bool) {
        for (id, log) in logs where log.isDirty && log.retry.map({ $0 <= now }) ?? true {
            let isDue = log.nextCommit(policy.interval).map { $0 <= now } ?? false
            work(log, commits: commits || isDue || log.retry != nil, now)
            endTrouble()
            guard log.isDone else { continue }
            report(.stored(folder: log.path))
            logs[id] = nil
        }
    }

    /// Only a commit proves that a disk works, and takes back a log's wish to be tried again: a write may go no further than the page cache.
    private func endTrouble() {
        guard let ended = trouble, logs.values.allSatisfy({ $0.retry == nil }) else { return }
        trouble = nil
        report(.resumed(lostFrames: ended.lostFrames))
    }

    private func work(_ log: SessionLog, commits: Bool, _ now: Timestamp) {
        let wasAstray = log.isAstray
        defer { if log.isAstray, !wasAstray { report(.astray(session: log.name)) } }
        if commits { noteStep() }
        change(log) { log in
            do throws(FileError) {
                if commits { try log.commit(now: now) } else { try log.write() }
            } catch {
                log.retryLater(now)
                if trouble == nil {
                    trouble = Trouble()
                    report(.failed(error.description))
                }
            }
        }
    }

    /// One last attempt, whenever the next was due. What fails now is left to the next start's recovery.
    package func close(now: Timestamp) {
        for log in logs.values { log.retry = nil }
        work(now: now, commits: true)
        for log in logs.values {
            report(.abandoned(session: log.name, bytes: log.held))
            log.close()
        }
        logs.removeAll()
        held = 0
    }

    // MARK: Clocks

    /// Looks whether the wall clock stepped, and says so in every session's journal.
    private func noteStep() {
        let offset = wallOffset()
        let step = offset &- lastOffset
        guard step.magnitude >= Self.smallestStep.magnitude else { return }
        lastOffset = offset
        for log in logs.values {
            change(log) { $0.comment(Self.text(step: step, offset: offset, at: $0.lastTime), at: nil) }
        }
    }

    private static func text(step: Int64, offset: Int64, at boot: Timestamp) -> String {
        var writer = JSONWriter(pretty: false)
        writer.object { writer in
            writer.key("schema")
            writer.string("sprintd.event/1")
            writer.key("event")
            writer.string("clock_step")
            writer.key("step_s")
            writer.number(Double(step) / 1e9, decimals: 3)
            writer.key("clock")
            writer.object {
                ClockAnchor(boot: boot, unix: Timestamp(nanoseconds: boot.nanoseconds &+ offset)).write(to: &$0)
            }
        }
        return writer.text
    }
}
