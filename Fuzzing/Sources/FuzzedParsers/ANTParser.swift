// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Measurement

/// Transfers of up to four sticks, both ways. What happens: bit 0 from the stick, bit 1 messages are told, bits 2 and 3 which
/// stick, bits 4 to 7 how much later, in powers of four milliseconds.
enum ANTParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        var cursor = InputCursor(input)
        var decoder = ANTDecoder()
        var time = Timestamp.zero
        var stream: [UInt8] = []
        while let (what, bytes) = cursor.next() {
            time = time.advanced(bySeconds: 0.001 * Double(1 << (2 * Int(what >> 4))))
            let stick = UInt32(what >> 2 & 3)
            if what & 0x0F == 0x0C { decoder.trust(stick: stick) }
            decoder.receive(
                bytes.span, stick: stick, fromStick: what & 1 != 0, at: time, tellsMessages: what & 2 != 0, emit: look)
            stream += bytes
        }
        decoder.finish(emit: look)
        let whole = messages(of: stream, in: [0..<stream.count])
        demand(whole == messages(of: stream, in: pieces(of: stream)), "cuts matter")
    }

    private static func look(at event: ANTEvent) {
        if case .message(let message, let sensor, _) = event { _ = message.description(sensor: sensor) }
    }

    /// How transfers cut the stream must not matter.
    private static func messages(of stream: [UInt8], in transfers: [Range<Int>]) -> [ANTMessage] {
        var framer = ANTFramer()
        var found: [ANTMessage] = []
        for transfer in transfers {
            var offset = 0
            let bytes = stream.span.extracting(transfer)
            while let message = framer.next(in: bytes, from: &offset) { found.append(message) }
        }
        return found
    }
}
