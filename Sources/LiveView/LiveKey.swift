// SPDX-License-Identifier: GPL-3.0-or-later

/// A key, as far as the live view has a use for it.
package enum LiveKey: Equatable, Sendable {
    case character(Unicode.Scalar)
    case tab
    case backTab
    case left
    case right
    case escape
    /// Ctrl-C, where the terminal does not make a signal of it.
    case interrupt
    /// Ctrl-L: paint everything again.
    case redraw

    /// The keys of what a terminal sent in one piece; of what is none of these nothing comes.
    ///
    /// Source: ECMA-48, 5.4 (control sequences: ESC `[`, parameter bytes 0x30–0x3F, intermediate 0x20–0x2F, final 0x40–0x7E); xterm's control
    /// sequences, "Cursor keys" (also ESC `O` with one byte in application mode).
    package static func keys(_ bytes: some Sequence<UInt8>) -> [LiveKey] {
        let bytes = Array(bytes)
        var keys: [LiveKey] = []
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case 0x03: keys.append(.interrupt)
            case 0x09: keys.append(.tab)
            case 0x0C: keys.append(.redraw)
            case 0x1B:
                guard offset < bytes.count, bytes[offset] == UInt8(ascii: "[") || bytes[offset] == UInt8(ascii: "O")
                else {
                    keys.append(.escape)
                    continue
                }
                offset += 1
                while offset < bytes.count, (0x20...0x3F).contains(bytes[offset]) { offset += 1 }
                guard offset < bytes.count else { return keys }
                switch bytes[offset] {
                case UInt8(ascii: "C"): keys.append(.right)
                case UInt8(ascii: "D"): keys.append(.left)
                case UInt8(ascii: "Z"): keys.append(.backTab)
                default: break
                }
                offset += 1
            case 0x20...0x7E: keys.append(.character(Unicode.Scalar(byte)))
            default: break
            }
        }
        return keys
    }
}
