// SPDX-License-Identifier: GPL-3.0-or-later

/// Where one field of a message lies, as its definition message says.
package struct FITField: Equatable, Sendable, BitwiseCopyable {
    /// The field's number in its message's profile; for a developer field, in the developer's own.
    package var number: UInt8
    /// In bytes; 0 is legal and means that no value is there.
    package var size: UInt8
    /// `.byte` when the size is no multiple of the declared type's, and for a developer field that nothing has
    /// described.
    package var type: FITBaseType
    /// Whose developer field this is; `nil` for a field of the FIT profile.
    package var developerIndex: UInt8?
    /// In bytes from the message's first field.
    var offset: UInt32

    init(number: UInt8, size: UInt8, type: FITBaseType, developerIndex: UInt8?, offset: Int) {
        self.number = number
        self.size = size
        self.type = Int(size) % type.size == 0 ? type : .byte
        self.developerIndex = developerIndex
        self.offset = UInt32(clamping: offset)
    }

    /// Values in the array; 1 for most fields. A string counts its bytes.
    package var count: Int { Int(size) / type.size }
}

/// What a `field_description` message said about a developer field.
package struct FITDeveloperField: Equatable, Sendable {
    package var developerIndex: UInt8
    package var number: UInt8
    package var type: FITBaseType
    package var name: String?
    package var units: String?
    /// The profile's message and field whose meaning this field shares.
    package var nativeMessage: UInt16?
    package var nativeField: UInt8?
}
