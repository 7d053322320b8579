// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture
package import RingBuffer

/// A transport's end of the ring to the pipeline thread. It belongs to the transport's thread alone; when it goes, the pipeline knows that
/// nothing more will come.
package struct FrameSink: ~Copyable, Sendable {
    private var producer: WakingProducer<FrameSlot>

    package init(_ producer: consuming WakingProducer<FrameSlot>) {
        self.producer = producer
    }

    /// Never waits. A full ring drops the frame and counts it.
    ///
    /// - Parameter bytes: at most ``FrameSlot/byteLimit``.
    package mutating func frame(_ frame: CapturedFrame, _ bytes: Span<UInt8>) {
        _ = producer.push(FrameSlot(.frame(frame), bytes))
    }

    /// Never waits. A full ring drops the notice and counts it.
    package mutating func notice(_ notice: TransportNotice, _ text: String) {
        _ = producer.push(FrameSlot(.notice(notice), Array(text.utf8).span))
    }
}
