// SPDX-License-Identifier: GPL-3.0-or-later

/// Which handle of a peer is which attribute, as far as discovery or inference has told.
struct AttributeDatabase: Sendable {
    struct Entry: Equatable, Sendable, BitwiseCopyable {
        var handle: UInt16
        var uuid: GATTUUID
        /// Inferred from values, not discovered.
        var isGuess: Bool
    }

    /// A strap has about 30 attributes and a sports watch about 150.
    static let limit = 512

    /// Ascending by handle, each handle once.
    private(set) var entries: [Entry] = []

    private func position(of handle: UInt16) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].handle < handle { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func entry(at handle: UInt16) -> Entry? {
        let position = position(of: handle)
        guard position < entries.count, entries[position].handle == handle else { return nil }
        return entries[position]
    }

    /// What was discovered replaces what was guessed, never the reverse.
    ///
    /// - Returns: whether there was room.
    mutating func learn(_ uuid: GATTUUID, at handle: UInt16, isGuess: Bool = false) -> Bool {
        let entry = Entry(handle: handle, uuid: uuid, isGuess: isGuess)
        let position = position(of: handle)
        if position < entries.count, entries[position].handle == handle {
            if !isGuess || entries[position].isGuess { entries[position] = entry }
            return true
        }
        guard entries.count < Self.limit else { return false }
        entries.insert(entry, at: position)
        return true
    }

    mutating func forget(_ handles: ClosedRange<UInt16>) {
        entries.removeAll { handles.contains($0.handle) }
    }

    /// The characteristic value that the descriptor at `handle` belongs to: descriptors follow their value
    /// (Core 5.4, Vol 3 Part G, 3.3).
    func characteristic(ofDescriptorAt handle: UInt16) -> Entry? {
        for entry in entries[..<position(of: handle)].reversed() {
            switch entry.uuid.short {
            case .some(0x2800...0x2803): return nil
            case .some(0x2900...0x29FF): continue
            case .some, nil: return entry
            }
        }
        return nil
    }
}
