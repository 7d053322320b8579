// SPDX-License-Identifier: GPL-3.0-or-later

/// What a FIT file's first message says of it: who made it, and which of his it is.
///
/// Source: FIT profile, message `file_id`.
package struct FITFileID: Equatable, Sendable {
    package var manufacturer: UInt16?
    package var productName: String?
    package var serialNumber: UInt32?
    /// Seconds since 1970-01-01 00:00 UTC.
    package var created: Int64?

    /// - Parameter beginning: of the file; a few hundred bytes are enough for most.
    /// - Returns: `nil` where no such message comes first.
    package init?(beginning: Span<UInt8>) {
        typealias Field = FITProfile.FileID
        var decoder = FITDecoder()
        decoder.append(beginning)
        guard (try? decoder.advance()) ?? false, decoder.messageNumber == FITProfile.Message.fileID else { return nil }
        let message = decoder.message
        manufacturer = message.unsigned(Field.manufacturer, as: UInt16.self)
        productName = message.text(Field.productName)
        serialNumber = message.unsigned(Field.serialNumber, as: UInt32.self)
        created = message.unsigned(Field.timeCreated, as: UInt32.self).map { Int64($0) + FITProfile.epoch }
    }

    /// Whether this program made it.
    package var isOwn: Bool {
        manufacturer == FITProfile.developmentManufacturer && productName == FITProfile.productName
    }
}
