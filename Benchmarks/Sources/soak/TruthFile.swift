// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import ProcessIO
import Synchronization

/// What truly happened, in a file until it is asked for: the soak's own memory must not grow, or it could not be told from the engine's.
final class TruthFile: Sendable {
    private let path: String
    private let file: FileDescriptor
    private let names: [[String]]
    private let failures = Atomic<Int>(0)

    /// - Parameter names: of the athletes, by stick.
    init(_ path: String, names: [[String]]) throws(ErrorNumber) {
        self.path = path
        self.names = names
        file = try FileDescriptor.open(path, for: .creation(mode: 0o600))
    }

    /// Outings written so far that are not in the file.
    var lost: Int { failures.load(ordering: .relaxed) }

    func add(_ outing: Outing) {
        var numbers = [outing.start, outing.end, Double(outing.participants.count)]
        for participant in outing.participants {
            let stick = names.firstIndex { $0.contains(participant.name) } ?? 0
            numbers += [Double(stick), Double(names[stick].firstIndex(of: participant.name) ?? 0)]
            numbers.append(Double(participant.sprints.count))
            for sprint in participant.sprints {
                numbers += [sprint.start, sprint.end, sprint.speed, sprint.isHit ? 1 : 0]
            }
            numbers.append(Double(participant.outages.count))
            for outage in participant.outages { numbers += [outage.lowerBound, outage.upperBound] }
        }
        var bytes: [UInt8] = []
        for number in numbers {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> UInt64(shift)))
            }
        }
        if (try? file.write(bytes.span)) == nil { failures.add(1, ordering: .relaxed) }
    }

    /// All that was added, in its order.
    func read() throws -> [Outing] {
        let bytes = try WholeFile.read(path, limit: 1 << 26)
        var place = 0
        func next() -> Double {
            defer { place += 8 }
            guard place + 8 <= bytes.count else { return 0 }
            return Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) })
        }
        func list<Element>(_ element: () -> Element) -> [Element] { (0..<Int(next())).map { _ in element() } }
        func range() -> ClosedRange<Double> {
            let lower = next()
            return lower...max(lower, next())
        }
        var outings: [Outing] = []
        while place < bytes.count {
            let (start, end) = (next(), next())
            let participants = list {
                let (stick, place) = (Int(next()), Int(next()))
                let sprints = list { Outing.Sprint(start: next(), end: next(), speed: next(), isHit: next() == 1) }
                return Outing.Participant(name: names[stick][place], sprints: sprints, outages: list { range() })
            }
            outings.append(Outing(start: start, end: end, participants: participants))
        }
        return outings
    }
}
