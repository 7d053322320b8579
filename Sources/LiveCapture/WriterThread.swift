// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import ProcessIO
import RingBuffer
import SessionStore
import Transport

/// Does all work with the disk, so that a disk that stalls stops no radio: the ring before it holds what comes meanwhile.
final class WriterThread {
    /// How many records are taken between two looks at the clock.
    private static let batch = 256

    private var ring: SPSCConsumer<LogRecord>
    private let orders: OrderQueue
    private let doorbell: Doorbell
    private let logs: SessionLogs
    private let events: EventFan
    private let recovery: SessionRecovery
    /// Sessions of processes that died, the next one last.
    private var unfinished: [String]
    private var popped: UInt64 = 0
    private let outcome: Outcome
    private let counters: EngineCounters
    private let pulse: EnginePulse?
    private let isStopping: @Sendable () -> Bool

    /// What the reports came to.
    final class Outcome {
        var isWhole = true
    }

    init(
        ring: consuming SPSCConsumer<LogRecord>, orders: OrderQueue, doorbell: Doorbell, events: EventFan,
        lock: StateLock, files: any FileSystem, policy: CommitPolicy, wallOffset: @escaping @Sendable () -> Int64,
        unfinished: [String], counters: EngineCounters, pulse: EnginePulse?, isStopping: @escaping @Sendable () -> Bool
    ) {
        self.ring = ring
        self.orders = orders
        self.doorbell = doorbell
        self.events = events
        self.unfinished = unfinished.reversed()
        self.counters = counters
        self.pulse = pulse
        self.isStopping = isStopping
        // Who ends the program does not wait for the dead: what is interrupted is done again by the next start.
        recovery = SessionRecovery(lock, files: PosixFileSystem(isInterrupted: isStopping))
        let outcome = Outcome()
        self.outcome = outcome
        logs = SessionLogs(
            state: lock.state, files: files, policy: policy,
            // The true clocks: only a step of the wall clock may change their difference, whatever the simulated clock does.
            wallOffset: wallOffset
        ) { report in
            if let storage = report.storage { events.post(LiveReport.storage(storage)) }
            if case .abandoned = report { outcome.isWhole = false }
            if case .stored(let folder) = report {
                events.post(LiveEvent.sessionStored(folder: folder))
            } else {
                events.post(LiveEvent.trouble(report.text))
            }
        }
    }

    /// Returns when the pipeline's end of the ring has gone and everything is stored.
    func run() {
        while true {
            pulse?.writerBegins()
            let isFinished = ring.isFinished
            let isIdle = !take()
            let now = MonotonicClock.now
            if isIdle || logs.nextWork.map({ $0 <= now }) ?? false { logs.work(now: now) }
            guard isIdle else { continue }
            if isFinished { break }
            guard !recoverOne() else { continue }
            let timeout = logs.nextWork.map { Duration.nanoseconds(max(0, $0.nanoseconds(since: MonotonicClock.now))) }
            pulse?.writerSleeps()
            _ = doorbell.sleep(timeout: timeout) {
                !ring.isEmpty || orders.nextPlace != nil || ring.isFinished
            }
        }
        logs.close(now: MonotonicClock.now)
        counters.set(writerTime: MonotonicClock.threadTime)
        events.post(LiveEvent.ended(isWhole: outcome.isWhole))
    }

    /// - Returns: whether there was anything to take.
    private func take() -> Bool {
        // The ring first, see `OrderQueue.nextPlace`.
        let waiting = min(ring.count, Self.batch)
        if let place = orders.nextPlace, place <= popped + UInt64(waiting) {
            takeRecords(Int(place - popped))
            if let order = orders.take() { follow(order) }
            return true
        }
        takeRecords(waiting)
        return waiting > 0
    }

    private func takeRecords(_ count: Int) {
        guard count > 0 else { return }
        let now = MonotonicClock.now
        let logs = logs
        popped += UInt64(
            ring.pop(upTo: count) { records in
                for index in records.indices {
                    guard case .frame(let frame) = records[index].slot.content else { continue }
                    logs.append(
                        frame, records[index].slot.bytes, drops: records[index].drops, to: records[index].session,
                        now: now)
                }
            })
        counters.set(written: popped)
    }

    private func follow(_ order: LogOrder) {
        let now = MonotonicClock.now
        switch order {
        case .open(let session, let opening, let context):
            logs.open(session, opening, now: now)
            for slot in context {
                guard case .frame(let frame) = slot.content else { continue }
                logs.append(frame, slot.bytes, drops: 0, to: session, now: now)
            }
        case .comment(let session, let text, let time): logs.comment(text, at: time, to: session)
        case .finish(let session, let analysis, let drops): logs.finish(session, analysis: analysis, drops: drops)
        }
    }

    /// - Returns: whether there was one to recover.
    private func recoverOne() -> Bool {
        guard let name = unfinished.popLast() else { return false }
        do throws(SessionError) {
            if let text = try recovery.recover(name).text(session: name) { events.post(LiveEvent.recovery(text)) }
        } catch {
            guard !isStopping() else { return true }
            events.post(LiveEvent.recovery("\(name) is not recovered: \(error)"))
        }
        return true
    }
}

extension LogReport {
    /// Where what is recorded is from here on; `nil` where that has not changed.
    var storage: LiveReport.Storage? {
        switch self {
        case .failed: .memory
        case .full, .abandoned: .failed
        case .resumed: .disk
        case .stored, .astray: nil
        }
    }
}
