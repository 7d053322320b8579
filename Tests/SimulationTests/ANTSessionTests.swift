// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Simulation
import Testing

@Suite struct ANTSessionTests {
    private func number(_ id: SensorID) -> UInt32 {
        switch id {
        case .ant(_, let number): number
        case .bluetooth, .bluetoothConnection, .file: 0
        }
    }

    @Test func theSameSeedGivesTheSameBytesAndAnotherSeedOthers() {
        func digest(_ seed: UInt64) -> [UInt64] {
            var session = SimulatedSession(
                configuration("sprint-2x10-20", seed: seed) {
                    $0.strap = .both
                    $0.lossShare = 0.05
                    $0.outageEvery = 200
                    $0.heartRateSpikes = 20
                    $0.speedSpikes = 20
                    $0.splitTransfers = 0.1
                })
            // FNV-1a over times and bytes.
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            session.run { frame, bytes in
                hash = (hash ^ UInt64(bitPattern: frame.time.nanoseconds)) &* 0x100_0000_01B3
                for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
            }
            return [hash, UInt64(session.frames), UInt64(session.truth().utf8.count)]
        }
        #expect(digest(5) == digest(5))
        #expect(digest(5)[0] != digest(6)[0])
    }

    @Test func radiosAndLossesDoNotChangeWhatTheAthleteDoes() {
        var plain = SimulatedSession(configuration("sprint-2x10-20", seed: 9))
        plain.run { _, _ in }
        var lossy = SimulatedSession(
            configuration("sprint-2x10-20", seed: 9) {
                $0.strap = .both
                $0.lossShare = 0.2
                $0.outageEvery = 100
                $0.heartRateSpikes = 30
            })
        lossy.run { _, _ in }
        #expect(plain.records == lossy.records)
    }

    @Test func theFirstFrameIsAtTimeZeroAndResetsTheStick() {
        var first: (SimulatedFrame, [UInt8])?
        var session = SimulatedSession(configuration { $0.startTime = Timestamp(seconds: 1_700_000_000) })
        while first == nil,
            session.step({ frame, bytes in
                guard first == nil else { return }
                var copy: [UInt8] = []
                for index in bytes.indices { copy.append(bytes[index]) }
                first = (frame, copy)
            })
        {}
        #expect(first?.0.time == Timestamp(seconds: 1_700_000_000))
        #expect(first?.0.link == .usb(fromStick: false))
        // sync, length, reset, 0, checksum, padding: as in a real capture.
        #expect(first?.1 == [0xA4, 0x01, 0x4A, 0x00, 0xEF, 0x00, 0x00])
    }

    @Test func framesAreWellFormedAndInOrder() {
        for mode in [ANTMode.channels, .scan] {
            let decoder = SessionDecoder(
                configuration("steady") {
                    $0.duration = 300
                    $0.antMode = mode
                    $0.lossShare = 0.02
                    $0.arrivalJitter = 0.01
                })
            #expect(decoder.badChecksums == 0)
            #expect(decoder.badPadding == 0)
            #expect(decoder.strayBytes == 0)
            #expect(decoder.disorder == 0)
            #expect(decoder.messages.count > 2400)
        }
    }

    @Test func splitTransfersHoldTheSameMessages() {
        let whole = SessionDecoder(configuration("steady") { $0.duration = 120 })
        let split = SessionDecoder(
            configuration("steady") {
                $0.duration = 120
                $0.splitTransfers = 0.5
            })
        #expect(split.badChecksums == 0)
        #expect(split.strayBytes == 0)
        #expect(split.transfers > whole.transfers + 300)
        #expect(split.messages.count == whole.messages.count)
    }

    @Test func theStartUpSpeaksAsVendorHostsDo() {
        let decoder = SessionDecoder(configuration("steady") { $0.duration = 60 })
        let sent = decoder.messages.filter { !$0.fromStick }
        let network = sent.first { $0.id == 0x46 }
        // Network 0 and the ANT+ key.
        #expect(network?.payload == [0, 0xB9, 0xA5, 0x21, 0xFB, 0xBD, 0x72, 0xC3, 0x45])
        #expect(sent.contains { $0.id == 0x6E && $0.payload == [0, 0xC0] })
        // Period 8070 on channel 0, 8134 on channel 1; 2457 MHz on both.
        #expect(sent.contains { $0.id == 0x43 && $0.payload == [0, 0x86, 0x1F] })
        #expect(sent.contains { $0.id == 0x43 && $0.payload == [1, 0xC6, 0x1F] })
        #expect(sent.filter { $0.id == 0x45 && $0.payload[1] == 57 }.count == 2)
        // Every setting is answered by "no error".
        for (index, message) in decoder.messages.enumerated() where !message.fromStick {
            let answer = decoder.messages[index + 1]
            #expect(answer.fromStick)
            switch message.id {
            case 0x4A: #expect(answer.id == 0x6F)
            case 0x4D: #expect(answer.id == message.payload[1])
            default: #expect(answer.id == 0x40 && answer.payload == [message.payload[0], message.id, 0])
            }
        }
    }

    @Test func aScanOpensNoOtherChannel() {
        let decoder = SessionDecoder(
            configuration("steady") {
                $0.duration = 60
                $0.athletes = 3
            })
        let sent = decoder.messages.filter { !$0.fromStick }
        #expect(sent.filter { $0.id == 0x5B }.count == 1)
        #expect(!sent.contains { $0.id == 0x4B })
        #expect(decoder.messages.filter { $0.id == 0x4E }.allSatisfy { $0.payload[0] == 0 && $0.payload.count >= 14 })
    }

    @Test func withoutExtendedDataAMessageIsNineBytes() {
        let decoder = SessionDecoder(
            configuration("steady") {
                $0.duration = 60
                $0.extendedData = false
            })
        #expect(!decoder.messages.contains { $0.id == 0x6E })
        #expect(decoder.messages.filter { $0.id == 0x4E }.allSatisfy { $0.payload.count == 9 })
    }

    @Test(arguments: zip([SignalStrength.absent, .decibels, .gain], [14, 17, 18]))
    func theSignalStrengthTakesItsBytes(_ kind: SignalStrength, _ length: Int) {
        let decoder = SessionDecoder(
            configuration("steady") {
                $0.duration = 60
                $0.signalStrength = kind
            })
        for message in decoder.messages where message.id == 0x4E {
            #expect(message.payload.count == length)
            #expect(message.payload[9] == (kind == .absent ? 0x80 : 0xC0))
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func theStrapTogglesEveryFourthMessage(_ seed: UInt64) {
        var session = SimulatedSession(configuration("steady", seed: seed) { $0.duration = 150 })
        let decoder = SessionDecoder(&session)
        let pages = decoder.pages(deviceType: 120, number: number(session.sensors(of: 0)[0].id))
        #expect(pages.count > 600)
        var runs: [Int] = []
        var last: UInt8?
        var background: [Int] = []
        var kinds: Set<UInt8> = []
        for (index, entry) in pages.enumerated() {
            let toggle = entry.page[0] & 0x80
            if toggle == last { runs[runs.count - 1] += 1 } else { runs.append(1) }
            last = toggle
            let page = entry.page[0] & 0x7F
            if page != 0, page != 4 {
                background.append(index)
                kinds.insert(page)
            }
        }
        #expect(runs.dropFirst().dropLast().allSatisfy { $0 == 4 })
        #expect(kinds == [1, 2, 3, 7])
        for (one, other) in zip(background, background.dropFirst()) { #expect(other - one == 65) }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func beatsOnTheAirAreTheTrueBeats(_ seed: UInt64) {
        var session = SimulatedSession(configuration("sprint-2x30-60", seed: seed))
        let decoder = SessionDecoder(&session)
        let sensor = session.sensors(of: 0)[0]
        let pages = decoder.pages(deviceType: 120, number: number(sensor.id))
        #expect(pages.count == sensor.sent)
        var beats = 0
        var wraps = 0
        var timeWraps = 0
        var elapsed = 0
        var impossible = 0
        for (before, after) in zip(pages, pages.dropFirst()) {
            let step = after.page[6] &- before.page[6]
            beats += Int(step)
            if step > 2 { impossible += 1 }
            if after.page[6] < before.page[6] { wraps += 1 }
            let ticks = word(after.page, 4) &- word(before.page, 4)
            elapsed += Int(ticks)
            if (ticks == 0) != (step == 0) { impossible += 1 }
            if word(after.page, 4) < word(before.page, 4) { timeWraps += 1 }
            // Page 4: the last interval is the difference of the two times it carries.
            if after.page[0] & 0x7F == 4, step == 1, word(after.page, 2) != word(before.page, 4) { impossible += 1 }
            if after.page[7] < 40 || after.page[7] > 210 { impossible += 1 }
        }
        #expect(impossible == 0)
        #expect(beats == sensor.beats)
        // More than 1500 beats, and 790 s.
        #expect(wraps >= 5)
        #expect(timeWraps >= 11)
        let seconds = (sensor.last ?? 0) - (sensor.first ?? 0)
        #expect(abs(Double(elapsed) / 1024 - seconds) < 2)
        #expect(abs(session.records[0].beats - sensor.beats) < 12)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func distanceOnTheAirIsTheTrueDistance(_ seed: UInt64) {
        var session = SimulatedSession(configuration("sprint-2x30-60", seed: seed) { $0.strideNoise = 0 })
        let decoder = SessionDecoder(&session)
        let sensor = session.sensors(of: 0)[1]
        let pages = decoder.pages(deviceType: 124, number: number(sensor.id)).map(\.page).filter { $0[0] == 1 }
        #expect(pages.count > 1200)
        /// In 1/16 m.
        func distance(_ page: [UInt8]) -> Int { Int(page[3]) << 4 | Int(page[4] >> 4) }
        /// m/s.
        func speed(_ page: [UInt8]) -> Double { Double(page[4] & 0xF) + Double(page[5]) / 256 }
        var sixteenths = 0
        var wraps = 0
        var strides = 0
        var farthest = 0
        var fastest = 0.0
        for (before, after) in zip(pages, pages.dropFirst()) {
            let step = (distance(after) - distance(before)) & 0xFFF
            farthest = max(farthest, step)
            sixteenths += step
            if distance(after) < distance(before) { wraps += 1 }
            strides += Int(after[6] &- before[6])
            fastest = max(fastest, speed(after))
        }
        // Not beyond 12 m/s over the 2 s that other pages take.
        #expect(farthest < 16 * 26)
        #expect(fastest < 11)
        // What was run since the last stride is speed × latency.
        let last = pages[pages.count - 1]
        let rest = speed(last) * Double(last[7]) / 32
        #expect(abs(Double(sixteenths) / 16 + rest - sensor.distance) < 1)
        #expect(wraps >= 4)
        #expect(abs(sensor.distance - session.records[0].distance) < 1)
        // Strides of 1.2 to 4.5 m.
        #expect((1.2...4.5).contains(sensor.distance / Double(strides)))
    }

    /// What is wrong about a stride is wrong for good: with errors of a tenth the distance is off by 0.1 × a stride × the root of their number,
    /// some 7 m of 900 strides.
    @Test func errorsOfStridesStayInTheDistance() {
        func metres(_ noise: Double) -> Double {
            var session = SimulatedSession(configuration("sprint-2x30-60", seed: 1) { $0.strideNoise = noise })
            let decoder = SessionDecoder(&session)
            let number = number(session.sensors(of: 0)[1].id)
            let pages = decoder.pages(deviceType: 124, number: number).map(\.page).filter { $0[0] == 1 }
            let distances = pages.map { Int($0[3]) << 4 | Int($0[4] >> 4) }
            return zip(distances, distances.dropFirst()).reduce(0) { $0 + Double(($1.1 - $1.0) & 0xFFF) / 16 }
        }
        let exact = metres(0)
        #expect((1...30).contains(abs(metres(0.1) - exact)))
        #expect(abs(metres(0.02) - exact) < 6)
    }

    @Test func theFootpodSendsItsPagesInTurn() {
        var session = SimulatedSession(configuration("steady", seed: 3) { $0.duration = 120 })
        let decoder = SessionDecoder(&session)
        let kinds = decoder.pages(deviceType: 124, number: number(session.sensors(of: 0)[1].id)).map { $0.page[0] }
        #expect(Set(kinds) == [1, 2, 80, 81, 82])
        guard let first = kinds.firstIndex(where: { $0 >= 80 }) else { return }
        let cycle = Array(kinds[first..<first + 66])
        #expect(cycle[0] == cycle[1])
        #expect(Array(cycle[2...].prefix(8)) == [1, 1, 2, 2, 1, 1, 2, 2])
        #expect(cycle.filter { $0 == 1 }.count == 32)
        #expect(cycle.filter { $0 == 2 }.count == 32)
    }

    @Test func theFootpodsCadenceIsInStrides() {
        var session = SimulatedSession(configuration("steady") { $0.duration = 300 })
        let decoder = SessionDecoder(&session)
        let pages = decoder.pages(deviceType: 124, number: number(session.sensors(of: 0)[1].id)).map(\.page)
        let running = pages.filter { $0[0] == 2 }.dropFirst(100).dropLast(60)
        #expect(running.count > 300)
        for page in running {
            let strides = Double(page[3]) + Double(page[4] >> 4) / 16
            #expect((70...100).contains(strides))
            #expect(page[7] & 0x03 == 1)
        }
    }

    @Test(arguments: [0.01, 0.1, 0.4]) func theShareOfLossesIsAsAsked(_ share: Double) {
        var session = SimulatedSession(
            configuration("steady") {
                $0.duration = 600
                $0.lossShare = share
                $0.antMode = .scan
            })
        let decoder = SessionDecoder(&session)
        for sensor in session.sensors(of: 0) {
            let measured = Double(sensor.dropped) / Double(sensor.sent)
            // Four standard errors over about 2450 messages.
            #expect(abs(measured - share) < 4 * (share * (1 - share) / 2400).squareRoot())
            let type: UInt8 = sensor.kind == .heartRate ? 120 : 124
            let heard = decoder.pages(deviceType: type, number: number(sensor.id)).count
            #expect(heard == sensor.sent - sensor.dropped)
        }
    }

    @Test func aChannelReportsItsMissesAndSearchesAfterEight() {
        var session = SimulatedSession(
            configuration("steady", seed: 4) {
                $0.duration = 600
                $0.outageEvery = 100
                $0.outageLength = 5...20
            })
        let decoder = SessionDecoder(&session)
        let outages = session.sensors(of: 0).flatMap(\.outages)
        #expect(outages.count >= 4)
        #expect(outages.allSatisfy { (5...20).contains($0.end - $0.start) })
        let events = decoder.messages.filter { $0.id == 0x40 && $0.payload[1] == 1 }
        let searches = events.filter { $0.payload[2] == 8 }.count
        #expect(searches >= 4)
        #expect(searches <= outages.count)
        #expect(events.filter { $0.payload[2] == 2 }.count >= searches * 7)
        // A scan reports nothing.
        let scan = SessionDecoder(
            configuration("steady", seed: 4) {
                $0.duration = 200
                $0.outageEvery = 50
                $0.antMode = .scan
            })
        #expect(!scan.messages.contains { $0.id == 0x40 && $0.payload[1] == 1 })
    }

    @Test func spikesAreSentAndCounted() {
        var session = SimulatedSession(
            configuration("steady") {
                $0.duration = 300
                $0.heartRateSpikes = 120
                $0.speedSpikes = 240
            })
        let decoder = SessionDecoder(&session)
        let sensors = session.sensors(of: 0)
        #expect((3...25).contains(sensors[0].spikes))
        #expect((6...45).contains(sensors[1].spikes))
        let rates = decoder.pages(deviceType: 120, number: number(sensors[0].id)).map { $0.page[7] }
        #expect(rates.contains { $0 >= 205 })
        let speeds = decoder.pages(deviceType: 124, number: number(sensors[1].id)).map(\.page)
            .filter { $0[0] <= 2 }.map { $0[4] & 0xF }
        #expect(speeds.contains { $0 >= 11 })
    }

    @Test func aGroupHasDistinctSensorsAndAllAreHeard() {
        var session = SimulatedSession(
            configuration("steady") {
                $0.duration = 60
                $0.athletes = 12
                $0.strap = .both
            })
        let decoder = SessionDecoder(&session)
        var ids: Set<SensorID> = []
        for athlete in 0..<12 {
            let sensors = session.sensors(of: athlete)
            #expect(sensors.count == 3)
            for sensor in sensors {
                #expect(ids.insert(sensor.id).inserted)
                #expect(SensorID(sensor.id.description) == sensor.id)
                #expect(sensor.sent > 30)
                guard sensor.radio == .ant else { continue }
                let type: UInt8 = sensor.kind == .heartRate ? 120 : 124
                #expect(decoder.pages(deviceType: type, number: number(sensor.id)).count == sensor.sent)
            }
            #expect(sensors[0].sameAs == sensors[2].id)
            #expect(sensors[2].sameAs == sensors[0].id)
        }
        #expect(Set(session.profiles.map(\.maxSpeed)).count == 12)
        #expect(decoder.disorder == 0)
    }

    @Test func variabilityFallsWithTheHeartRate() {
        var session = SimulatedSession(configuration(seed: 2) { $0.strap = .ant })
        let decoder = SessionDecoder(&session)
        let pages = decoder.pages(deviceType: 120, number: number(session.sensors(of: 0)[0].id)).map(\.page)
        var previous: Double?
        var slow: [Double] = []
        var fast: [Double] = []
        for (before, after) in zip(pages, pages.dropFirst()) where after[6] != before[6] {
            guard after[6] &- before[6] == 1 else {
                previous = nil
                continue
            }
            let interval = Double(word(after, 4) &- word(before, 4)) / 1024
            if let previous {
                let square = (interval - previous) * (interval - previous)
                if interval > 60.0 / 100 { slow.append(square) } else if interval < 60.0 / 150 { fast.append(square) }
            }
            previous = interval
        }
        #expect(slow.count > 30)
        #expect(fast.count > 100)
        let atRest = (slow.reduce(0, +) / Double(slow.count)).squareRoot()
        let atWork = (fast.reduce(0, +) / Double(fast.count)).squareRoot()
        #expect(atRest > 2 * atWork)
        #expect(atRest < 0.1)
        #expect(atWork < 0.012)
    }
}
