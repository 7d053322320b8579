// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads a capture as its bytes arrive: pcapng, pcap or btsnoop, told apart by content.
///
/// Stops at the first torn or bad block, having delivered every frame before it, and says where, why and how much was
/// dropped: in ``breakage`` at once, and as the last event once the input has ended. Only a file whose header is
/// wrong, or that holds nothing of a link type read here, throws.
///
///     append ──► next ─► .frame / .event … ─► .needsInput ──► append …
///     endOfInput ──► next ─► .frame / .event … ─► .end
package struct CaptureReader: Sendable {
    /// The longest block or record accepted, in bytes.
    package static let blockLimit: UInt32 = 16 << 20

    private var buffer = InputBuffer()
    private var inputEnded = false
    private var failure: CaptureError?
    private var breakReported = false
    /// Whether the input is pcapng, and good so far.
    private var readsPackets = false
    private var pcapng: PcapngDecoder
    private var pcap = PcapDecoder()
    private var btsnoop = BTSnoopDecoder()

    /// `nil` until enough bytes have come to tell.
    package private(set) var format: CaptureFormat?
    /// Where reading stopped, if it did before the end; its count of dropped bytes grows until the input ends.
    package private(set) var breakage: CaptureBreak?
    /// Frames delivered.
    package private(set) var frames: UInt64 = 0
    /// Packets passed over: of a link type that is not read, or monitor records that are no HCI packet.
    package private(set) var skippedFrames: UInt64 = 0

    /// - Parameter requiresChecksums: whether a pcapng packet without a CRC-32 is bad, as it is in what ``PcapngWriter`` writes: a hole of
    ///   zeros that a power cut left over a packet and its options would else pass for a packet.
    package init(requiresChecksums: Bool = false) {
        pcapng = PcapngDecoder(requiresChecksums: requiresChecksums)
    }

    /// Packets that the recorder says it lost.
    package var recorderDrops: UInt64 { pcapng.recorderDrops &+ UInt64(btsnoop.recorderDrops) }

    /// Bytes of the input that were read, from its start.
    package var position: UInt64 { breakage?.position ?? buffer.position }

    /// Takes the next bytes of the input. After a break they are counted and dropped, after an error they are
    /// dropped.
    package mutating func append(_ bytes: Span<UInt8>) {
        guard failure == nil else { return }
        if breakage == nil {
            buffer.append(bytes)
        } else {
            breakage?.droppedBytes &+= UInt64(bytes.count)
        }
    }

    /// Says that no more bytes will come.
    package mutating func endOfInput() { inputEnded = true }

    /// Reads as far as the next frame or event.
    ///
    /// - Parameters:
    ///   - frame: called at most once; its bytes are good during the call only.
    ///   - event: called for each comment and so on.
    /// - Throws: when the input is no capture that can be read; every later call throws the same.
    package mutating func next(
        frame: (CapturedFrame, Span<UInt8>) -> Void, event: (CaptureEvent) -> Void
    ) throws(CaptureError) -> CaptureStep {
        // Nearly every step.
        if readsPackets, let packet = pcapng.plainPacket(in: buffer) {
            frame(packet.frame, buffer.bytes(packet.data))
            buffer.consume(packet.length)
            frames &+= 1
            return .frame
        }
        return try nextBlock(frame, event)
    }

    @inline(never)
    private mutating func nextBlock(
        _ frame: (CapturedFrame, Span<UInt8>) -> Void, _ event: (CaptureEvent) -> Void
    ) throws(CaptureError) -> CaptureStep {
        if let failure { throw failure }
        while true {
            if let breakage { return report(breakage, to: event) }
            guard let format else {
                guard try recognise() else { return .needsInput }
                continue
            }
            let decoded =
                switch format {
                case .pcapng: pcapng.next(in: &buffer, event: event)
                case .pcap: pcap.next(in: &buffer)
                case .btsnoop: btsnoop.next(in: &buffer)
                }
            switch decoded {
            case .frame(let header, let range, let length):
                frame(header, buffer.bytes(range))
                buffer.consume(length)
                frames &+= 1
                return .frame
            case .event(let length):
                buffer.consume(length)
                return .event
            case .passed(let length):
                buffer.consume(length)
            case .skipped(let length):
                buffer.consume(length)
                skippedFrames &+= 1
            case .needsInput:
                guard inputEnded else { return .needsInput }
                try finish(format)
                if breakage == nil { return .end }
            case .bad(let fault):
                stop(for: fault)
            case .refused(let error):
                throw refuse(error)
            }
        }
    }

    /// - Returns: whether the format is known now.
    private mutating func recognise() throws(CaptureError) -> Bool {
        let known = CaptureFormat.recognise(buffer.bytes(0..<min(buffer.count, 8)))
        guard known == nil else {
            format = known
            readsPackets = known == .pcapng
            return true
        }
        guard inputEnded || buffer.count >= 8 else { return false }
        throw refuse(.notACapture)
    }

    /// Judges what is left when the input has ended and no whole block remains.
    private mutating func finish(_ format: CaptureFormat) throws(CaptureError) {
        let headerRead =
            switch format {
            case .pcapng: pcapng.headerRead
            case .pcap: pcap.headerRead
            case .btsnoop: btsnoop.headerRead
            }
        guard headerRead else { throw refuse(.headerCutShort(format)) }
        if let link = pcapng.onlyUnsupportedLink { throw refuse(.unsupportedLinkType(UInt32(link))) }
        if buffer.count > 0 { stop(for: .cutShort) }
    }

    private mutating func stop(for fault: CaptureFault) {
        breakage = CaptureBreak(
            position: buffer.position, fault: fault, droppedBytes: UInt64(buffer.count))
        buffer = InputBuffer()
        readsPackets = false
    }

    private mutating func refuse(_ error: CaptureError) -> CaptureError {
        failure = error
        buffer = InputBuffer()
        readsPackets = false
        return error
    }

    private mutating func report(
        _ breakage: CaptureBreak, to event: (CaptureEvent) -> Void
    ) -> CaptureStep {
        guard inputEnded else { return .needsInput }
        guard !breakReported else { return .end }
        breakReported = true
        event(.broken(breakage))
        return .event
    }
}

/// What a decoder found at the start of the buffer. Lengths are of the whole block, in bytes.
enum DecodedBlock {
    /// A frame whose bytes are at `range` in the buffer.
    case frame(CapturedFrame, range: Range<Int>, length: Int)
    /// Something that was told through the event closure.
    case event(length: Int)
    /// Nothing that the caller cares for.
    case passed(length: Int)
    /// A packet that is not read.
    case skipped(length: Int)
    case needsInput
    case bad(CaptureFault)
    case refused(CaptureError)
}
