// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import FileIO
import LiveCapture
import Measurement
import ProcessIO
import Simulation
import SimulatedTransport
import Synchronization
import Transport

/// All sticks of the soak. Time goes on when the engine has taken what was sent: nothing is dropped, on whatever machine.
final class SoakTransport: Transport {
    let name = "soak"
    let truth: TruthFile
    /// Seconds of the soak that have been sent, in nanoseconds.
    let shown = Atomic<Int64>(0)
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)
    private let seed: UInt64
    private let end: Double
    private let names: [[String]]
    private let counters = Mutex<EngineCounters?>(nil)
    /// Told each simulated minute.
    private let minute: @Sendable (Int) -> Void
    /// Told the seconds when everybody has been back for so long that no session is running. Time stands still meanwhile.
    private let rest: @Sendable (Double) -> Void

    /// Seconds that a frame is held back: until every stick has made what is before it.
    private static let hold = 0.2
    /// Seconds after the last sign of anybody that every session has ended: see ``SessionRule/defaultSilence``.
    private static let silence = SessionRule.defaultSilence + 20
    /// Frames between two waits for the engine.
    private static let batch: UInt64 = 256

    init(
        seed: UInt64, seconds: Double, names: [[String]], truth: TruthFile, minute: @escaping @Sendable (Int) -> Void,
        rest: @escaping @Sendable (Double) -> Void
    ) {
        self.seed = seed
        self.names = names
        self.truth = truth
        self.minute = minute
        self.rest = rest
        end = seconds
    }

    /// Called once, before the engine starts.
    func follow(_ counters: EngineCounters) { self.counters.withLock { $0 = counters } }

    func start(_ sink: consuming FrameSink) throws(TransportError) {
        let box = Box(sink)
        do throws(ErrorNumber) {
            let made = try WorkerThread(name: "soak") { [self] in run(box) }
            keep(made)
        } catch {
            throw TransportError("no thread: \(error.text)")
        }
    }

    private func keep(_ made: consuming WorkerThread) {
        var made = Optional(made)
        thread.withLock { $0 = made.take() }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        thread.withLock { $0.take() }?.join()
    }

    private final class Box {
        var sink: FrameSink
        init(_ sink: consuming FrameSink) { self.sink = sink }
    }

    private struct Pending {
        var time: Timestamp
        var event: Ground.Event
        var device: UInt8
    }

    private func run(_ box: Box) {
        guard let counters = counters.withLock({ $0 }) else { return }
        var grounds = names.indices.map {
            Ground(device: UInt8($0 + 1), names: names[$0], seed: seed, end: end)
        }
        var pending: [Pending] = []
        var sent: UInt64 = 0
        var transfers: UInt64 = 0
        var bytes: [UInt8] = []
        var time = 0.0
        var minutes = 0
        var lastOut = 0.0
        var hasRested = true
        while !isStopping.load(ordering: .acquiring) {
            let next = grounds.compactMap(\.next).min()
            if next == nil, pending.isEmpty, time >= end { break }
            // Where nobody is out, time goes in steps that let the engine see it pass.
            let target = max(time + 0.05, min(next ?? .infinity, time + 10))
            if target > time + 0.05 {
                settle(sent, counters)
                MonotonicClock.sleep(nanoseconds: 1_000_000)
            }
            time = target
            for index in grounds.indices {
                let device = grounds[index].device
                let outing = grounds[index].advance(to: time) { event in
                    pending.append(Pending(time: event.time, event: event, device: device))
                }
                if let outing { truth.add(outing) }
            }
            if !grounds.allSatisfy(\.isSilent) {
                lastOut = time
                hasRested = false
            }
            // Before they are sent: a frame is never from the future.
            shown.store(Timestamp(seconds: time).nanoseconds, ordering: .releasing)
            // A frame may be late by a stall of its host, and sticks make theirs in steps: all leave in order.
            pending.sort { $0.time < $1.time }
            var taken = 0
            while taken < pending.count, pending[taken].time.seconds <= time - Self.hold {
                send(pending[taken], transfer: &transfers, &bytes, &box.sink)
                if case .frame = pending[taken].event { sent += 1 }
                taken += 1
                if sent.isMultiple(of: Self.batch) { settle(sent, counters) }
            }
            pending.removeFirst(taken)
            while Double(minutes + 1) * 60 <= time {
                minutes += 1
                minute(minutes)
            }
            if !hasRested, pending.isEmpty, time >= lastOut + Self.silence {
                settle(sent, counters)
                rest(time)
                hasRested = true
            }
        }
    }

    /// Waits until the pipeline has taken all and the writer is not far behind.
    private func settle(_ sent: UInt64, _ counters: EngineCounters) {
        while counters.frames < sent || counters.unwritten > 512, !isStopping.load(ordering: .acquiring) {
            MonotonicClock.sleep(nanoseconds: 50_000)
        }
    }

    private func send(_ pending: Pending, transfer: inout UInt64, _ bytes: inout [UInt8], _ sink: inout FrameSink) {
        switch pending.event {
        case .frame(let frame, let data):
            bytes.removeAll(keepingCapacity: true)
            let link = frame.encode(data.span, transfer: transfer, device: pending.device, into: &bytes)
            transfer &+= 1
            sink.frame(
                CapturedFrame(
                    time: frame.time, link: link, interface: 0, originalLength: UInt32(clamping: bytes.count)),
                bytes.span)
        case .gone(let time):
            sink.notice(
                TransportNotice(time: time, kind: .deviceLeft, device: 256 + UInt32(pending.device)),
                "the stick is gone")
        case .back(let time):
            sink.notice(
                TransportNotice(time: time, kind: .deviceReady, device: 256 + UInt32(pending.device)),
                "the stick receives")
        }
    }
}

extension Ground.Event {
    var time: Timestamp {
        switch self {
        case .frame(let frame, _): frame.time
        case .gone(let time), .back(let time): time
        }
    }
}
