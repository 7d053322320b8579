// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Reads the samples of FIT activity files, fed in pieces of any size.
///
/// - A `record` yields its heart rate, then its stride sample, both at its time. A field that it leaves out or marks
///   invalid yields nothing; a heart rate of 0 is passed on, as it was written.
/// - `hrv` has no times: its intervals carry the time of the record before.
/// - `device_info` yields battery samples of heart-rate and stride sensors, and fills ``devices``.
/// - Cadence is `strides` once a `sport` message, or all `session` messages so far, have said running. Most files say
///   so at their end only: until then it is `unknown`, since nothing here looks ahead.
/// - Records whose time runs backwards are passed on, and counted in ``outOfOrderCount``.
package struct FITSampleReader: Sendable {
    /// What the sessions of a file said of its sport.
    private enum SessionSport: Sendable {
        case unsaid, running, otherOrMixed
    }

    private static let deviceLimit = 64

    private var decoder = FITDecoder()
    private var noteBook = FITNotes()
    /// What one message gave; its storage is used again.
    private var ready: [Sample] = []
    private var taken = 0

    private var file = 0
    private var sportMessageSaysRunning: Bool?
    private var sessions = SessionSport.unsaid
    private var rrFollowsGap = true
    /// Roll-overs of `compressed_speed_distance` undone, in 1/16 m.
    private var wrappedDistance: (last: UInt16, total: UInt64)?

    /// Time of the newest record.
    package private(set) var lastTime: Timestamp?
    /// `record` messages read.
    package private(set) var recordCount = 0
    /// Records earlier than the one before.
    package private(set) var outOfOrderCount = 0
    /// Devices that the files name, at most 64.
    package private(set) var devices: [FITDevice] = []

    package init() {}

    /// What was dropped or doubtful, with byte offsets; bounded.
    package var notes: [String] {
        var lines = decoder.notes + noteBook.lines
        if outOfOrderCount > 0 {
            lines.append("records earlier than the one before: \(outOfOrderCount)")
        }
        return lines
    }
    /// How many things were dropped or doubtful.
    package var badCount: Int { decoder.faultCount &+ noteBook.count }
    /// Whether no sample will ever come again.
    package var isAtEnd: Bool { taken >= ready.count && decoder.isAtEnd }

    /// Copies the bytes in. Call ``next()`` until it returns `nil` before the next call, or they pile up.
    package mutating func append(_ bytes: Span<UInt8>) { decoder.append(bytes) }

    /// No more bytes will come.
    package mutating func endOfInput() { decoder.endOfInput() }

    /// The name of the first device named that measures this.
    package func name(of kind: SensorKind) -> String? {
        devices.lazy.filter { $0.kind == kind }.compactMap(\.name).first
    }

    /// - Returns: `nil` when more input is needed, or at the end: ``isAtEnd`` tells.
    /// - Throws: when the input is no FIT file at all.
    package mutating func next() throws(FITError) -> Sample? {
        while taken >= ready.count {
            ready.removeAll(keepingCapacity: true)
            taken = 0
            guard try decoder.advance() else { return nil }
            if decoder.fileCount != file { beginFile() }
            switch decoder.messageNumber {
            case FITProfile.Message.record: takeRecord()
            case FITProfile.Message.hrv: takeIntervals()
            case FITProfile.Message.deviceInfo: takeDevice()
            case FITProfile.Message.event: takeEvent()
            case FITProfile.Message.sport: takeSport()
            case FITProfile.Message.session: takeSession()
            case _: continue
            }
        }
        defer { taken &+= 1 }
        return ready[taken]
    }

    private mutating func beginFile() {
        file = decoder.fileCount
        sportMessageSaysRunning = nil
        sessions = .unsaid
        rrFollowsGap = true
        wrappedDistance = nil
    }

    private mutating func takeRecord() {
        recordCount &+= 1
        let record = FITRecord(decoder.message)
        let offset = record.offset
        guard let seconds = record.timestamp else {
            return noteBook.add(at: offset, "a record without a time is dropped")
        }
        guard let time = FITProfile.timestamp(seconds) else {
            return noteBook.add(at: offset, "a record with the impossible time \(seconds) s is dropped")
        }
        if let lastTime, time < lastTime { outOfOrderCount &+= 1 }
        lastTime = time
        if let heartRate = record.heartRate {
            ready.append(
                Sample(
                    time: time, sensor: .file(.heartRate),
                    reading: .heartRate(HeartRateReading(beatsPerMinute: heartRate))))
        }
        let distance = record.distance ?? unwrap(record.wrappedDistance)
        if record.speed != nil || record.cadence != nil || distance != nil {
            let cadence = record.cadence.map {
                Cadence(perMinute: $0, convention: isRunning ? .strides : .unknown)
            }
            ready.append(
                Sample(
                    time: time, sensor: .file(.footpod),
                    reading: .stride(
                        StrideReading(speed: record.speed, cadence: cadence, distance: distance))))
        }
    }

    /// Metres since the first such value of the file.
    private mutating func unwrap(_ sixteenths: UInt16?) -> Double? {
        guard let sixteenths else { return nil }
        let (last, total) = wrappedDistance ?? (last: sixteenths, total: 0)
        let now = total &+ UInt64((sixteenths &- last) & 0xFFF)
        wrappedDistance = (last: sixteenths, total: now)
        return FITProfile.metres(sixteenths: now)
    }

    private mutating func takeIntervals() {
        guard let field = decoder.message.field(FITProfile.HRV.time), field.type == .uint16 else {
            return
        }
        let offset = decoder.message.offset
        guard let time = lastTime ?? decoder.timestamp.flatMap(FITProfile.timestamp) else {
            return noteBook.add(at: offset, "beat intervals before any time are dropped")
        }
        for index in 0..<field.count {
            // Invalid values only fill the array up: no beat is missing there.
            guard let milliseconds = decoder.message.unsigned(field, at: index) else { continue }
            guard
                let ticks = FITProfile.rrTicks(
                    milliseconds: UInt16(truncatingIfNeeded: milliseconds))
            else {
                noteBook.add(at: offset, "a beat interval of \(milliseconds) ms is dropped")
                rrFollowsGap = true
                continue
            }
            let interval = RRInterval(ticks: ticks, followsGap: rrFollowsGap)
            rrFollowsGap = false
            ready.append(
                Sample(time: time, sensor: .file(.heartRate), reading: .rrInterval(interval)))
        }
    }

    private mutating func takeDevice() {
        guard let device = FITDevice(decoder.message) else { return }
        let known = devices.firstIndex {
            $0.index == device.index
                && ($0.serialNumber == nil || device.serialNumber == nil
                    || $0.serialNumber == device.serialNumber)
        }
        var merged = device
        if let known {
            devices[known].merge(device)
            merged = devices[known]
        } else if devices.count < Self.deviceLimit {
            devices.append(device)
        }
        guard let percent = device.batteryPercent, let kind = merged.kind,
            let time = decoder.message.timestamp.flatMap(FITProfile.timestamp) ?? lastTime
        else { return }
        ready.append(
            Sample(time: time, sensor: .file(kind), reading: .battery(percent: percent)))
    }

    /// Beats go uncounted while the timer stands.
    private mutating func takeEvent() {
        let event = decoder.message.unsigned(FITProfile.Event.event, as: UInt8.self)
        if event == FITProfile.Event.timer { rrFollowsGap = true }
    }

    // MARK: Sport

    private var isRunning: Bool {
        if let sportMessageSaysRunning { return sportMessageSaysRunning }
        switch sessions {
        case .running: return true
        case .unsaid, .otherOrMixed: return false
        }
    }

    private mutating func takeSport() {
        let sport = decoder.message.unsigned(FITProfile.SportField.sport, as: UInt8.self)
        guard let sport else { return }
        sportMessageSaysRunning = sport == FITProfile.Sport.running
    }

    /// Several sessions may stand before the records of them all: only where they agree do they tell.
    private mutating func takeSession() {
        let sport = decoder.message.unsigned(FITProfile.SessionField.sport, as: UInt8.self)
        guard let sport else { return }
        switch sessions {
        case .unsaid, .running:
            sessions = sport == FITProfile.Sport.running ? .running : .otherOrMixed
        case .otherOrMixed: break
        }
    }
}
