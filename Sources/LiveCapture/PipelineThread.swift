// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import ProcessIO
import RingBuffer
import Synchronization
import Transport

/// One transport's end of its ring at the pipeline.
final class FrameSource {
    private var ring: SPSCConsumer<FrameSlot>
    /// What the order window knows of.
    var head: FrameSlot?
    private var dropsSeen = 0

    init(_ ring: consuming SPSCConsumer<FrameSlot>) {
        self.ring = ring
    }

    var isEmpty: Bool { ring.isEmpty }
    var isFinished: Bool { ring.isFinished }

    func pop() -> FrameSlot? { ring.pop() }

    /// Elements that the transport had to drop since the last call.
    func newDrops() -> Int {
        let overflow = ring.overflow
        defer { dropsSeen = overflow }
        return overflow - dropsSeen
    }
}

/// The pipeline's way to the writer and to whoever watches.
struct ThreadOutput: ~Copyable, LiveOutput {
    private var ring: WakingProducer<LogRecord>
    private let orders: OrderQueue
    private let events: EventFan
    private let doorbell: Doorbell
    private var pushed: UInt64 = 0

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
    private let sources: [FrameSource]
    private let transports: [any Transport]
    private var window: OrderWindow
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
        sources: [FrameSource], transports: [any Transport], pipeline: LivePipeline, output: consuming ThreadOutput,
        doorbell: Doorbell, wishes: PipelineWishes, clock: EngineClock, counters: EngineCounters,
        pulse: EnginePulse?
    ) {
        self.sources = sources
        self.transports = transports
        self.pipeline = pipeline
        self.output = output
        self.doorbell = doorbell
        self.wishes = wishes
        self.clock = clock
        self.counters = counters
        self.pulse = pulse
        window = OrderWindow(sources: sources.count)
    }

    /// Returns when it was asked to stop, or every transport has ended. The writer knows that nothing more comes when this object goes.
    func run() {
        while true {
            let wait = drain()
            noteDrops()
            // A session may be over though no frame came. What waits was stamped before now, and is asked first.
            if wait == nil { pipeline.advance(to: clock.now, output: &output) }
            for wish in wishes.take() { follow(wish) }
            showSensors()
            counters.set(frames: pipeline.frames, drops: pipeline.drops, late: window.late)
            pulse?.pipelineWentAround()
            if wishes.isStopping || !window.hasLiveSource { break }
            sleep(until: wait)
        }
        for transport in transports { transport.stop() }
        // What they sent before they ended; the window waits for nobody who has.
        _ = drain()
        noteDrops()
        counters.set(frames: pipeline.frames, drops: pipeline.drops, late: window.late)
        pipeline.finish(output: &output)
        counters.set(pipelineTime: MonotonicClock.threadTime)
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
                for index in sources.indices where window.wants(index) { show(index, now) }
                switch window.next(now: now) {
                case .empty: return nil
                case .wait(let until): return until
                case .take(let source):
                    guard let slot = sources[source].head else { continue }
                    sources[source].head = nil
                    pipeline.take(slot, wall: { clock.wallOffset }, output: &output)
                }
            }
        }
    }

    private func show(_ index: Int, _ now: Timestamp) {
        // Before the ring is looked at: what the transport sent before it ended is then there.
        let isFinished = sources[index].isFinished
        if let slot = sources[index].pop() {
            sources[index].head = slot
            window.show(slot.time, of: index, now: now)
        } else if isFinished {
            window.end(index)
        }
    }

    private func noteDrops() {
        for source in sources {
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
            wishes.isWaiting || sources.indices.contains { window.wants($0) && hasNews(sources[$0]) }
        }
    }

    private func hasNews(_ source: FrameSource) -> Bool { !source.isEmpty || source.isFinished }
}
