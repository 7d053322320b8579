// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import BinaryCoding
import Capture
import GATT
import Measurement

/// A pcapng, pcap or btsnoop file, and what its frames hold.
enum CaptureParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        let whole = outcome(of: input, in: [0..<input.count], requiresChecksums: false)
        let cut = outcome(of: input, in: pieces(of: input), requiresChecksums: false)
        demand(whole == cut, "cuts matter: \(whole) or \(cut)")
        _ = outcome(of: input, in: [0..<input.count], requiresChecksums: true)
        CaptureCopy.compare(input)
    }

    private struct Outcome: Equatable {
        var frames: [CapturedFrame] = []
        var sum: UInt64 = 0
        var events: [CaptureEvent] = []
        var failure: CaptureError?
    }

    private static func outcome(of input: [UInt8], in parts: [Range<Int>], requiresChecksums: Bool) -> Outcome {
        var reader = CaptureReader(requiresChecksums: requiresChecksums)
        var outcome = Outcome()
        var ant = ANTDecoder()
        var gatt = GATTDecoder()
        var parts = parts[...]
        do throws(CaptureError) {
            while true {
                let step = try reader.next { frame, bytes in
                    outcome.frames.append(frame)
                    for index in 0..<bytes.count { outcome.sum = outcome.sum &* 31 &+ UInt64(bytes[index]) }
                    look(at: frame, bytes, &ant, &gatt)
                } event: { event in
                    outcome.events.append(event)
                    if case .broken(let end) = event { _ = end.description }
                }
                switch step {
                case .frame, .event: continue
                case .needsInput:
                    if let part = parts.popFirst() {
                        reader.append(input.span.extracting(part))
                    } else {
                        reader.endOfInput()
                    }
                case .end: return outcome
                }
            }
        } catch {
            outcome.failure = error
            demand(error.position <= input.count, "a fault at byte \(error.position) of \(input.count)")
            _ = String(describing: error)
        }
        return outcome
    }

    private static func look(
        at frame: CapturedFrame, _ bytes: Span<UInt8>, _ ant: inout ANTDecoder, _ gatt: inout GATTDecoder
    ) {
        do throws(DecodeError) {
            if frame.link.isUSB {
                let packet = try USBPacket(frame, bytes)
                _ = (packet.setup, packet.deviceDescriptor, packet.status, packet.length, packet.identifier)
            } else if frame.link.isBluetooth {
                let packet = try HCIPacket(frame, bytes)
                gatt.receive(
                    packet.payload, type: packet.type, sentByHost: packet.direction.map { $0 == .sent },
                    adapter: packet.adapter, at: frame.time
                ) { _ in }
            }
        } catch {
            _ = String(describing: error)
        }
        if let data = USBData(frame, bytes) {
            ant.receive(data.payload, stick: data.address, fromStick: data.isInput, at: frame.time) { _ in }
        }
    }
}
