// SPDX-License-Identifier: GPL-3.0-or-later
@testable import FIT

/// What a test wants to know of a message.
struct DecodedMessage: Equatable {
    var number: UInt16
    var timestamp: UInt32?
    /// Numeric elements of each field, in order; a string counts as one absent element.
    var values: [[Double?]] = []
    var texts: [String] = []
    var developerValues: [[Double?]] = []
}

struct DecodedFile: Equatable {
    var messages: [DecodedMessage] = []
    var notes: [String] = []
    var error: FITError?
    var isAtEnd = false
    var files = 0

    /// - Parameter piece: bytes fed at a time.
    init(_ bytes: [UInt8], piece: Int = .max) {
        var decoder = FITDecoder()
        var start = 0
        do throws(FITError) {
            while start < bytes.count {
                let end = piece < bytes.count - start ? start + piece : bytes.count
                decoder.append(bytes.span.extracting(start..<end))
                start = end
                try drain(&decoder)
            }
            decoder.endOfInput()
            try drain(&decoder)
        } catch { self.error = error }
        notes = decoder.notes
        isAtEnd = decoder.isAtEnd
        files = decoder.fileCount
    }

    private mutating func drain(_ decoder: inout FITDecoder) throws(FITError) {
        while try decoder.advance() {
            let message = decoder.message
            var decoded = DecodedMessage(number: message.number, timestamp: message.timestamp)
            for index in message.fields.indices {
                let field = message.fields[index]
                if let text = message.text(field) { decoded.texts.append(text) }
                if field.type == .string { decoded.values.append([nil]); continue }
                decoded.values.append((0..<field.count).map { message.number(field, at: $0) })
            }
            for index in message.developerFields.indices {
                let field = message.developerFields[index]
                if let text = message.text(field) { decoded.texts.append(text) }
                if field.type == .string { decoded.developerValues.append([nil]); continue }
                decoded.developerValues.append((0..<field.count).map { message.number(field, at: $0) })
            }
            messages.append(decoded)
        }
    }
}
