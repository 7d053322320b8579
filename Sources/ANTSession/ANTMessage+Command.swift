// SPDX-License-Identifier: GPL-3.0-or-later
package import ANT

extension ANTMessage {
    /// A message for a stick.
    ///
    /// - Parameter payload: 1...41 bytes; the callers are the constants of this target.
    init(_ id: ANTMessageID, _ payload: [UInt8]) {
        guard let message = ANTMessage(id: id, payload: payload.span) else {
            preconditionFailure("a command of \(payload.count) bytes")
        }
        self = message
    }

    /// Appends the frame as hosts send it: `A4 length identifier payload xor 00 00`.
    ///
    /// The two zero bytes are what vendor host code pads each frame with; all of a real host's frames have them.
    package func appendCommandFrame(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(ANTFramer.sync)
        bytes.append(length)
        bytes.append(id.rawValue)
        for index in 0..<Int(length) { bytes.append(byte(index) ?? 0) }
        bytes.append(bytes[start...].reduce(0, ^))
        bytes.append(0)
        bytes.append(0)
    }
}
