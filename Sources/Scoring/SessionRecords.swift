// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The phases of a session, each with what was measured of it as a bout: the newest as they are, all earlier ones packed.
///
/// A day of fartlek has a thousand phases and half as many bouts. A phase is 152 bytes and a bout 200, and an array that grows has up to as much again in
/// store; packed (``PackedNumbers``), a phase with half a bout is 88, and what is in store is a part of one chunk. What is decided live
/// concerns the newest few. The others are wanted for an analysis, and then all, one after the other.
struct SessionRecords: Sendable {
    struct Record: Equatable, Sendable {
        var phase: PhaseRecord
        /// `nil` for what is no bout, and as long as the recovery after it is being watched.
        var bout: SprintTrace?
    }

    /// A sprint, the recovery after it, and what is decided before 92.5 s of that are over.
    private static let newestKept = 8
    /// Bytes of a piece of memory, with what the array adds to it.
    private static let chunkSize = 4096 - 32
    /// Bytes that few records need; one that needs more makes its chunk grow.
    private static let roomyRecord = 224

    /// Without holes: the newest records, the last of them the open phase.
    private var newest: [Record] = []
    private var chunks: [PackedNumbers] = []
    /// How many are in the chunks, and where the last of them ended, in seconds; 0 at the beginning of a chunk.
    private var packed = 0
    private var packedEnd = 0.0
    /// What it is settled that bouts will be asked, where it is.
    private let limits: TraceLimits?

    init(limits: TraceLimits?) {
        self.limits = limits
    }

    var count: Int { packed + newest.count }

    /// The open phase.
    var last: PhaseRecord? { newest.last?.phase }

    /// Changes the open phase.
    mutating func changeLast(_ body: (inout PhaseRecord) -> Void) {
        guard let last = newest.indices.last else { return }
        body(&newest[last].phase)
    }

    /// - Parameter firstWanted: the place of the oldest that will still be given its bout; `nil` for none.
    mutating func append(_ phase: PhaseRecord, firstWanted: Int?) {
        if newest.isEmpty { newest.reserveCapacity(2 * Self.newestKept) }
        while newest.count >= Self.newestKept, packed < firstWanted ?? .max { pack(newest.removeFirst()) }
        newest.append(Record(phase: phase))
    }

    /// The newest eight are at hand; to find an older one, all are gone through.
    ///
    /// - Returns: `nil` where there is none.
    func record(_ place: Int) -> Record? {
        guard place < packed else {
            return newest.indices.contains(place - packed) ? newest[place - packed] : nil
        }
        var record: Record?
        var next = 0
        forEach {
            if next == place { record = $0 }
            next += 1
        }
        return record
    }

    /// - Parameter place: not before the `firstWanted` of the last ``append(_:firstWanted:)``.
    mutating func setBout(_ bout: SprintTrace, at place: Int) {
        let index = place - packed
        if newest.indices.contains(index) { newest[index].bout = bout }
    }

    /// - Parameters:
    ///   - place: as above.
    ///   - predicate: is given that phase and all later ones, in time order.
    func first(from place: Int, where predicate: (PhaseRecord) -> Bool) -> PhaseRecord? {
        newest[min(max(place - packed, 0), newest.count)...].first { predicate($0.phase) }?.phase
    }

    /// All of them, in time order, each unpacked for this one call.
    func forEach(_ body: (Record) -> Void) {
        for chunk in chunks {
            var reader = PackedNumbers.Reader(chunk)
            var end = 0.0
            while !reader.isAtEnd {
                let (phase, hasBout) = PhaseRecord.unpack(&reader, after: end)
                var record = Record(phase: phase)
                if hasBout { record.bout = SprintTrace(unpacking: &reader, of: phase, limits: limits) }
                reader.align()
                end = phase.end
                body(record)
            }
        }
        for record in newest { body(record) }
    }

    /// Bytes of all that is packed.
    var packedBytes: Int { chunks.reduce(0) { $0 + $1.bytes.count } }

    private mutating func pack(_ record: Record) {
        if chunks.last.map({ $0.bytes.count > Self.chunkSize - Self.roomyRecord }) ?? true {
            chunks.append(PackedNumbers(capacity: Self.chunkSize))
            packedEnd = 0
        }
        let last = chunks.count - 1
        record.phase.pack(into: &chunks[last], after: packedEnd, hasBout: record.bout != nil)
        record.bout?.pack(into: &chunks[last], of: record.phase)
        chunks[last].align()
        packed += 1
        packedEnd = record.phase.end
    }
}
