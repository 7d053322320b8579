// SPDX-License-Identifier: GPL-3.0-or-later

/// What a definition message says of the data messages after it: which fields they have, in which order.
package struct FITLayout: Equatable, Sendable {
    package struct Field: Equatable, Sendable, BitwiseCopyable {
        package var number: UInt8
        package var type: FITBaseType
        /// In bytes: a multiple of the type's.
        package var size: UInt8
        package init(_ number: UInt8, _ type: FITBaseType, count: Int = 1) {
            self.number = number
            self.type = type
            size = UInt8(clamping: min(max(count, 0), 255 / type.size) * type.size)
        }
    }

    /// A field that a `field_description` message has described before.
    package struct DeveloperField: Equatable, Sendable, BitwiseCopyable {
        package var number: UInt8
        package var size: UInt8
        package var developerIndex: UInt8
        package init(_ number: UInt8, size: Int, developerIndex: UInt8 = 0) {
            self.number = number
            self.size = UInt8(clamping: size)
            self.developerIndex = developerIndex
        }
    }

    /// The profile's global message number.
    package var number: UInt16
    package var fields: [Field]
    package var developerFields: [DeveloperField]

    package init(_ number: UInt16, _ fields: [Field], developerFields: [DeveloperField] = []) {
        self.number = number
        // A definition counts each kind in one byte.
        self.fields = Array(fields.prefix(255))
        self.developerFields = Array(developerFields.prefix(255))
    }
}

extension FITBaseType {
    /// The byte that stands for it in a definition: bit 7 says that the type has more than one byte.
    ///
    /// Source: FIT protocol, "Base Types".
    package var typeByte: UInt8 { size > 1 ? rawValue | 0x80 : rawValue }
}
