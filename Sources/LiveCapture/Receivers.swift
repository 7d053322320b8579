// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import RingBuffer
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

/// The transports that run, each with its ring, and the order of their frames.
struct Receivers {
    let transports: [any Transport]
    let sources: [FrameSource]
    var window: OrderWindow
    /// Why the first of those that cannot start cannot.
    let failure: LiveEngine.Failure?

    /// What is said of those, a line each.
    private(set) var complaints: [String] = []

    /// Starts them. That one cannot start keeps no other from it.
    init(_ wanted: [any Transport], _ doorbell: Doorbell) {
        var sources: [FrameSource] = []
        var started: [any Transport] = []
        var failure: LiveEngine.Failure?
        for transport in wanted {
            let ring = SPSCRing<FrameSlot>(minimumCapacity: LiveEngine.Configuration.transportRing)
            let sink = FrameSink(WakingProducer(ring.producer, doorbell: doorbell))
            do throws(TransportError) {
                try transport.start(sink)
                sources.append(FrameSource(ring.consumer))
                started.append(transport)
            } catch {
                complaints.append("\(transport.name): \(error)")
                failure = failure ?? .transport(name: transport.name, error)
            }
        }
        transports = started
        self.sources = sources
        self.failure = failure
        window = OrderWindow(sources: sources.count)
    }

    var isEmpty: Bool { transports.isEmpty }

    /// Returns when all of their threads have ended; what they sent before is in the rings.
    func stop() {
        for transport in transports { transport.stop() }
    }

    func note(isRecording: Bool) {
        for transport in transports { transport.note(isRecording: isRecording) }
    }
}
