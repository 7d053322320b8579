// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import ProcessIO
import RingBuffer
import Synchronization
import Transport

/// The pipeline's way to the writer and to whoever watches.
struct ThreadOutput: ~Copyable, LiveOutput {
    private var ring: WakingProducer<LogRecord>
    private let orders: OrderQueue
    private let events: EventFan
    private let doorbell: Doorbell
    private(set) var pushed: UInt64 = 0

    init(_ ring: consuming WakingProducer<LogRecord>, _ orders: OrderQueue, _ events: EventFan, _ doorbell: Doorbell) {
        self.ring = ring
        self.orders = orders
        self.events = events
        self.doorbell = doorbell
    }

    mutating func record(_ record: borrowing LogRecord) -> Bool {
        guard ring.push(copy record) else { return false }
        pushed += 1
        return true
    }

    mutating func order(_ order: LogOrder) {
        orders.append(order, after: pushed)
        doorbell.ring()
    }

    mutating func tell(_ event: LiveEvent) { events.post(event) }

    mutating func status(_ sample: FusedSample, of athlete: Int) { events.post(sample, of: athlete) }

    var takesReports: Bool { events.takesReports }

    mutating func report(_ report: LiveReport) { events.post(report) }

    func show(_ sensors: [HeardSensor]) { events.post(sensors) }
}

/// Drains the transports' rings in order of time, and runs the pipeline. Sleeps when there is nothing to do.
final class PipelineThread {
    private var receivers: Receivers
    /// What is to take their place when no session is running.
    private var successors: (@Sendable () -> [any Transport])?
    /// Of receivers that have ended.
    private var earlierLate = 0
    /// Whether it goes on though nobody could send anything: a new configuration may come.
    private var staysAlone = false
    /// What the transports know.
    private var knownRecording: Bool?
    private var pipeline: LivePipeline
    private var output: ThreadOutput
    private let doorbell: Doorbell
    private let wishes: PipelineWishes
    private let clock: EngineClock
    private let counters: EngineCounters
    private let pulse: EnginePulse?
    /// When the sensors are to be shown again; a second lies between.
    private var nextShow = Timestamp.zero

    init(
        receivers: Receivers, pipeline: LivePipeline, output: consuming ThreadOutput, doorbell: Doorbell,
        wishes: PipelineWishes, clock: EngineClock, counters: EngineCounters,
        pulse: EnginePulse?
    ) {
        self.receivers = receivers
        self.pipeline = pipeline
        self.output = output
        self.doorbell = doorbell
        self.wishes = wishes
        self.clock = clock
        self.counters = counters
        self.pulse = pulse
    }

    /// Returns when it was asked to stop, or every transport has ended. The writer knows that nothing more comes when this object goes.
    func run() {
        while true {
            let wait = drain()
            noteDrops()
            // A session may be over though no frame came. What waits was stamped before now, and is asked first.
            if wait == nil { pipeline.advance(to: clock.now, output: &output) }
            for wish in wishes.take() { follow(wish) }
            replaceReceivers()
            noteRecording()
            showSensors()
            count()
            pulse?.pipelineWentAround()
            if wishes.isStopping || !receivers.window.hasLiveSource && !staysAlone { break }
            sleep(until: wait)
        }
        stopReceivers()
        count()
        pipeline.finish(output: &output)
        counters.set(pipelineTime: MonotonicClock.threadTime)
    }

    private func count() {
        counters.set(recorded: output.pushed)
        counters.set(frames: pipeline.frames, drops: pipeline.drops, late: earlierLate + receivers.window.late)
    }

    private func stopReceivers() {
        receivers.stop()
        // What they sent before they ended; the window waits for nobody who has.
        _ = drain()
        noteDrops()
    }

    /// What is heard differs for a moment only while nobody is recorded.
    private func replaceReceivers() {
        guard let make = successors, !pipeline.isRecording else { return }
        successors = nil
        stopReceivers()
        earlierLate += receivers.window.late
        receivers = Receivers(make(), doorbell)
        for complaint in receivers.complaints { output.tell(.trouble(complaint)) }
        staysAlone = true
        knownRecording = nil
    }

    private func noteRecording() {
        guard knownRecording != pipeline.isRecording else { return }
        knownRecording = pipeline.isRecording
        receivers.note(isRecording: pipeline.isRecording)
    }

    private func showSensors() {
        guard output.takesReports else { return }
        let now = clock.now
        guard now >= nextShow else { return }
        nextShow = now.advanced(bySeconds: clock.rate)
        output.show(pipeline.sensors)
    }

    private func follow(_ wish: PipelineWishes.Wish) {
        switch wish {
        case .command(let command, let member):
            let clock = clock
            // A session must not begin later than frames that still wait to be ordered.
            let time = clock.now.advanced(bySeconds: -OrderWindow.defaultWidth)
            for index in pipeline.memberIndices where member ?? index == index {
                pipeline.take(command, of: index, at: time, wall: { clock.wallOffset }, output: &output)
            }
        case .reload(let reload):
            let waiting = pipeline.replace(members: reload.members, rule: reload.rule, output: &output)
            let remarks = waiting.map {
                "\($0 ?? "the athlete"): the new figures hold when the running session has ended"
            }
            output.tell(.reloaded(remarks: reload.remarks + remarks))
            if let transports = reload.transports { successors = transports }
        }
    }

    /// Takes all that may be taken.
    ///
    /// - Returns: when more may be taken though nothing new came.
    private func drain() -> Timestamp? {
        let clock = clock
        while true {
            // One reading of the clock does for a ring that is never empty: what it decides is how long others are waited for.
            let now = clock.now
            for _ in 0..<64 {
                for index in receivers.sources.indices where receivers.window.wants(index) { show(index, now) }
                switch receivers.window.next(now: now) {
                case .empty: return nil
                case .wait(let until): return until
                case .take(let source):
                    guard let slot = receivers.sources[source].head else { continue }
                    receivers.sources[source].head = nil
                    pipeline.take(slot, wall: { clock.wallOffset }, output: &output)
                }
            }
        }
    }

    private func show(_ index: Int, _ now: Timestamp) {
        // Before the ring is looked at: what the transport sent before it ended is then there.
        let isFinished = receivers.sources[index].isFinished
        if let slot = receivers.sources[index].pop() {
            receivers.sources[index].head = slot
            receivers.window.show(slot.time, of: index, now: now)
        } else if isFinished {
            receivers.window.end(index)
        }
    }

    private func noteDrops() {
        for source in receivers.sources {
            let count = source.newDrops()
            guard count > 0 else { continue }
            pipeline.lost(count, output: &output)
            output.tell(.trouble("\(count) frames were dropped: the pipeline was too slow"))
        }
    }

    private func sleep(until time: Timestamp?) {
        let deadlines = [time, pipeline.deadline].compactMap { $0 }
        let timeout = [deadlines.min().map(clock.wait), pulse?.longestSleep].compactMap { $0 }.min()
        _ = doorbell.sleep(timeout: timeout) {
            wishes.isWaiting
                || receivers.sources.indices.contains { receivers.window.wants($0) && hasNews(receivers.sources[$0]) }
        }
    }

    private func hasNews(_ source: FrameSource) -> Bool { !source.isEmpty || source.isFinished }
}
