// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Reads the samples of Training Center XML, fed in pieces of any size.
///
/// Every `Trackpoint` yields its heart rate, then its stride sample (distance; speed and cadence from the extension `TPX`), both at its `Time`.
/// Cadence counts one foot where the sport is running. A track point without a readable time is dropped and counted; so is one whose times
/// run backwards by more than the reader behind this can put up with, which is that one's business.
///
/// A fault in the markup throws once, and ends the file: what stood before it was delivered.
///
/// Memory: that of the tokenizer.
///
/// Source: Garmin TrainingCenterDatabase v2 and ActivityExtension v2 schemas.
package struct TCXSampleReader: Sendable {
    private enum Element: Sendable, Equatable {
        case time, distance, cadence, speed, runCadence, heartRate, value, trackpoint, activity, root, other
    }

    private struct Point: Sendable {
        var time: Timestamp?
        var heartRate: Double?
        var speed: Double?
        var cadence: Double?
        var distance: Double?
    }

    private static let noteLimit = 50
    private static let deepest = 64

    private var tokens = XMLTokenizer(attribute: "Sport")
    private var path: [Element] = []
    /// Elements open beyond ``deepest``.
    private var tooDeep = 0
    private var isRunning = false
    private var point: Point?
    private var sawRoot = false
    private var failed = false
    private var ready: [Sample] = []
    private var taken = 0

    package private(set) var lastTime: Timestamp?
    /// Track points read.
    package private(set) var recordCount = 0
    /// Track points dropped.
    package private(set) var badCount = 0
    private var keptNotes: [String] = []

    package init() {}

    /// What was dropped, one line each; at most 50.
    package var notes: [String] {
        var lines = keptNotes
        if isAtEnd, sawRoot, !failed, !path.isEmpty { lines.append("the file ends before its end tag") }
        return lines
    }

    package var isAtEnd: Bool { taken >= ready.count && (failed || tokens.isAtEnd) }

    /// Copies the bytes in. Call ``next()`` until it returns `nil` before the next call, or they pile up.
    package mutating func append(_ bytes: Span<UInt8>) {
        if !failed { tokens.append(bytes) }
    }

    package mutating func endOfInput() { tokens.endOfInput() }

    /// - Returns: `nil` when more input is needed, or at the end: ``isAtEnd`` tells.
    package mutating func next() throws(TCXError) -> Sample? {
        while taken >= ready.count {
            ready.removeAll(keepingCapacity: true)
            taken = 0
            guard !failed else { return nil }
            let token: XMLTokenizer.Token?
            do throws(XMLTokenizer.Fault) {
                token = try tokens.next()
            } catch {
                failed = true
                let problem: TCXError.Problem =
                    switch error {
                    case .documentType: .documentType
                    case .tooLong: .tooLong
                    case .malformed: .malformed
                    case .zeroByte: .zeroByte
                    }
                throw TCXError(offset: tokens.markupOffset, problem: problem)
            }
            switch token {
            case nil:
                if tokens.isAtEnd, !sawRoot {
                    failed = true
                    throw TCXError(offset: tokens.offset, problem: .notTCX)
                }
                return nil
            case .start(let name, let attribute, let isEmpty):
                try open(name, attribute, at: tokens.markupOffset)
                if isEmpty { close(at: tokens.markupOffset) }
            case .end: close(at: tokens.markupOffset)
            case .text(let text): take(text)
            }
        }
        defer { taken += 1 }
        return ready[taken]
    }

    private static func element(_ name: [UInt8]) -> Element {
        switch String(decoding: name, as: UTF8.self) {
        case "Time": .time
        case "DistanceMeters": .distance
        case "Cadence": .cadence
        case "Speed": .speed
        case "RunCadence": .runCadence
        case "HeartRateBpm": .heartRate
        case "Value": .value
        case "Trackpoint": .trackpoint
        case "Activity": .activity
        case "TrainingCenterDatabase": .root
        case _: .other
        }
    }

    private mutating func open(_ name: [UInt8], _ attribute: [UInt8]?, at offset: Int) throws(TCXError) {
        let element = Self.element(name)
        if !sawRoot {
            guard element == .root else {
                failed = true
                throw TCXError(offset: offset, problem: .notTCX)
            }
            sawRoot = true
        }
        if element == .activity, let attribute { isRunning = attribute == Array("Running".utf8) }
        if element == .trackpoint { point = Point() }
        if path.count < Self.deepest { path.append(element) } else { tooDeep += 1 }
    }

    private mutating func close(at offset: Int) {
        if tooDeep > 0 {
            tooDeep -= 1
        } else if path.popLast() == .trackpoint {
            emit(at: offset)
        }
    }

    private mutating func take(_ text: [UInt8]) {
        guard point != nil, tooDeep == 0, let element = path.last else { return }
        switch element {
        case .time: point?.time = DateText.unixNanoseconds(Self.trimmed(text)).flatMap { Timestamp(exactly: $0) }
        case .distance: point?.distance = Self.number(text)
        case .speed: point?.speed = Self.number(text)
        // Where both stand there, the one for runners is meant.
        case .runCadence: point?.cadence = Self.number(text)
        case .cadence: if point?.cadence == nil { point?.cadence = Self.number(text) }
        case .value where path.dropLast().last == .heartRate: point?.heartRate = Self.number(text)
        case .value, .heartRate, .trackpoint, .activity, .root, .other: break
        }
    }

    private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
        var slice = text[...]
        while let last = slice.last, last <= 0x20 { slice = slice.dropLast() }
        return slice
    }

    /// The schema's types here are all decimal and not negative.
    private static func number(_ text: [UInt8]) -> Double? {
        let slice = trimmed(text)
        let allowed = slice.allSatisfy { byte in
            (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x45 || byte == 0x65 || byte == 0x2B || byte == 0x2D
        }
        guard allowed, slice.count <= 40, let value = Double(String(decoding: slice, as: UTF8.self)), value.isFinite,
            value >= 0
        else { return nil }
        return value
    }

    private mutating func emit(at offset: Int) {
        guard let point else { return }
        self.point = nil
        recordCount += 1
        guard let time = point.time else {
            badCount += 1
            if keptNotes.count < Self.noteLimit {
                keptNotes.append("byte \(offset): a track point without a time is dropped")
            }
            return
        }
        lastTime = time
        if let rate = point.heartRate {
            ready.append(
                Sample(
                    time: time, sensor: .file(.heartRate),
                    reading: .heartRate(HeartRateReading(beatsPerMinute: rate))))
        }
        if point.speed != nil || point.cadence != nil || point.distance != nil {
            let cadence = point.cadence.map { Cadence(perMinute: $0, convention: isRunning ? .strides : .unknown) }
            ready.append(
                Sample(
                    time: time, sensor: .file(.footpod),
                    reading: .stride(StrideReading(speed: point.speed, cadence: cadence, distance: point.distance))))
        }
    }
}
