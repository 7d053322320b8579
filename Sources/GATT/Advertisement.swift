// SPDX-License-Identifier: GPL-3.0-or-later

/// The parts of one advertisement that tell who sends it: a view of its AD structures.
///
/// ```
/// length: uint8 | type: uint8 | data[length - 1]   (repeated; length 0 ends)
/// ```
/// Source: Core 5.4, Vol 3 Part C, 11; types from Assigned Numbers, 2.3.
package struct Advertisement: ~Escapable {
    package let data: Span<UInt8>
    private var nameRange: Range<Int>?
    private var nameIsShortened = false
    package private(set) var services: SensorInformation.Services = []
    /// The structures add up to the data. An extended advertisement cut in parts need not.
    package private(set) var isWellFormed = true

    @_lifetime(copy data)
    package init(_ data: Span<UInt8>) {
        self.data = data
        var offset = 0
        while offset < data.count {
            let length = Int(data[offset])
            if length == 0 { break }
            let end = offset + 1 + length
            guard end <= data.count else {
                isWellFormed = false
                break
            }
            let type = data[offset + 1]
            let content = offset + 2..<end
            switch type {
            case 0x08, 0x09:
                if nameRange == nil || nameIsShortened {
                    nameRange = content
                    nameIsShortened = type == 0x08
                }
            case 0x02, 0x03: readServices(content, width: 2)
            case 0x04, 0x05: readServices(content, width: 4)
            case 0x06, 0x07: readServices(content, width: 16)
            default: break
            }
            offset = end
        }
    }

    private mutating func readServices(_ content: Range<Int>, width: Int) {
        var start = content.lowerBound
        while start + width <= content.upperBound {
            if let uuid = GATTUUID(littleEndian: data.extracting(start..<start + width)) {
                services.formUnion(SensorInformation.Services(uuid))
            }
            start += width
        }
    }

    /// - Returns: whether this advertisement added anything.
    package func teach(_ information: inout SensorInformation) -> Bool {
        var isNews = false
        if !services.isSubset(of: information.services) {
            information.services.formUnion(services)
            isNews = true
        }
        if let nameRange, information.name == nil || information.nameIsShortened || !nameIsShortened {
            let bytes = data.extracting(nameRange)
            // Devices repeat themselves several times a second; only a changed name costs a string.
            if !isSame(information.name, bytes), let name = SensorInformation.text(bytes),
                name != information.name
            {
                information.name = name
                information.nameIsShortened = nameIsShortened
                isNews = true
            } else if information.name != nil, !nameIsShortened {
                information.nameIsShortened = false
            }
        }
        return isNews
    }

    private func isSame(_ text: String?, _ bytes: Span<UInt8>) -> Bool {
        guard let utf8 = text?.utf8, utf8.count == bytes.count else { return false }
        var index = 0
        for byte in utf8 {
            if byte != bytes[index] { return false }
            index += 1
        }
        return true
    }
}
