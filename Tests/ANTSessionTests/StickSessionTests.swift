// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Measurement
import TestSupport
import Testing

@testable import ANTSession

/// Every state meets every event.
@Suite struct StickSessionTests {
    enum Situation: CaseIterable {
        case idle, awaitingStartup, settling, askingCapabilities, openingScan, receiving, queried, resting
    }
    enum Event: CaseIterable {
        case start, stop, startup, data, capabilities, openScanAnswer, openScanRefusal, wrongState, event, status,
            statusUnassigned, garbage, nothing, early, late, stall
    }
    /// What is seen of the answer: the state's name behind the event, and the actions in short.
    struct Outcome: Equatable, CustomStringConvertible {
        var state: String
        var actions: String
        init(_ state: String, _ actions: String = "") {
            self.state = state
            self.actions = actions
        }
        var description: String { "\(state) [\(actions)]" }
    }

    static let t0 = Timestamp(seconds: 100)

    static func frame(_ text: String) -> [UInt8] {
        let body = bytes(text)
        return body + [body.reduce(0, ^)]
    }

    static let startup = frame("a4 01 6f 20")
    static let capabilities = frame("a4 06 54 08 03 00 ba 36 00")
    /// Channel 0, page, flags 80: 1234, type 120, transmission type 41.
    static let data = frame("a4 0e 4e 00 84 ff 4d 8c 58 8f a3 55 80 34 12 78 41")
    static let scanned = frame("a4 03 40 00 5b 00")

    /// A session in a situation, its deadline (if any) in the future.
    static func session(in situation: Situation) -> (StickSession, Timestamp) {
        var session = StickSession(StickConfiguration(mode: .scan))
        var time = t0
        func feed(_ bytes: [UInt8]) { session.receive(bytes.span, at: time) { _ in } }
        func wait() {
            time = session.deadline ?? time
            session.tick(at: time) { _ in }
        }
        if situation == .idle { return (session, time) }
        session.start(at: time) { _ in }
        if situation == .awaitingStartup { return (session, time) }
        if situation == .resting {
            wait()
            return (session, time)
        }
        feed(startup)
        if situation == .settling { return (session, time) }
        wait()
        if situation == .askingCapabilities { return (session, time) }
        feed(capabilities)
        feed(frame("a4 02 3e 41 00"))
        feed(frame("a4 04 61 01 02 03 04"))
        for id in ["46", "6e", "42", "51", "45"] { feed(frame("a4 03 40 00 \(id) 00")) }
        if situation == .openingScan { return (session, time) }
        feed(scanned)
        if situation == .receiving { return (session, time) }
        wait()
        return (session, time)
    }

    static func name(_ state: StickSession.State) -> String {
        switch state {
        case .idle: "idle"
        case .awaitingStartup: "awaiting"
        case .settling: "settling"
        case .settingUp(let step, let attempt, _): "\(step)/\(attempt)"
        case .receiving: "receiving"
        case .resting: "resting"
        }
    }

    static func name(_ action: StickAction) -> String {
        switch action {
        case .send(let message): message.id == .request ? "ask \(hex([message.byte(1) ?? 0]))" : "\(message.id)"
        case .flush: "flush"
        case .heard(_, let id): "heard \(id.sensor)"
        case .ready: "ready"
        case .unusable(let problem): "unusable: \(problem)"
        case .remark(.restarted): "remark: restarted"
        case .remark(.forgotSettings): "remark: forgotSettings"
        case .remark(let remark): "remark: \(remark)"
        }
    }

    static func outcome(_ situation: Situation, _ event: Event) -> Outcome {
        var (session, time) = session(in: situation)
        var actions: [StickAction] = []
        func feed(_ bytes: [UInt8]) { session.receive(bytes.span, at: time) { actions.append($0) } }
        switch event {
        case .start: session.start(at: time) { actions.append($0) }
        case .stop: session.stop { actions.append($0) }
        case .startup: feed(startup)
        case .data: feed(data)
        case .capabilities: feed(capabilities)
        case .openScanAnswer: feed(scanned)
        case .openScanRefusal: feed(frame("a4 03 40 00 5b 28"))
        case .wrongState: feed(frame("a4 03 40 00 5b 15"))
        case .event: feed(frame("a4 03 40 00 01 07"))
        case .status: feed(frame("a4 02 52 00 03"))
        case .statusUnassigned: feed(frame("a4 02 52 00 00"))
        case .garbage: feed(bytes("a4 03 40 00 5b 00 ff a5 a4 ff 01 13"))
        case .nothing: feed([])
        case .early:
            let early = (session.deadline ?? time).nanoseconds - 1
            session.tick(at: Timestamp(nanoseconds: early)) { actions.append($0) }
        case .late:
            time = (session.deadline ?? time).advanced(bySeconds: 0.001)
            session.tick(at: time) { actions.append($0) }
        case .stall: session.endpointWasCleared(at: time) { actions.append($0) }
        }
        return Outcome(name(session.state), actions.map(name).joined(separator: ", "))
    }

    /// What is not listed leaves the situation's state as it was and does nothing.
    static let expected: [Situation: [Event: Outcome]] = [
        .idle: [.start: Outcome("awaiting", "reset")],
        .awaitingStartup: [
            .start: Outcome("awaiting", "reset"), .stop: Outcome("idle", "reset"), .startup: Outcome("settling"),
            .late: Outcome("resting"), .stall: Outcome("awaiting", "ask 54, ask 54, reset"),
        ],
        .settling: [
            .start: Outcome("awaiting", "reset"), .stop: Outcome("idle", "reset"),
            .late: Outcome("capabilities/1", "ask 54"),
        ],
        .askingCapabilities: [
            .start: Outcome("awaiting", "reset"), .stop: Outcome("idle", "reset"), .startup: Outcome("settling"),
            .capabilities: Outcome("version/1", "ask 3e"), .late: Outcome("capabilities/2", "ask 54"),
            .stall: Outcome("capabilities/1", "ask 54, ask 54"),
        ],
        .openingScan: [
            .start: Outcome("awaiting", "reset"), .stop: Outcome("idle", "reset"), .startup: Outcome("settling"),
            .openScanAnswer: Outcome("receiving", "ready"), .openScanRefusal: Outcome("resting"),
            .wrongState: Outcome("resting"), .late: Outcome("openScan/2", "open scan mode"),
            .stall: Outcome("openScan/1", "ask 54, ask 54, open scan mode"),
        ],
        .receiving: [
            .start: Outcome("awaiting", "reset"), .stop: Outcome("idle", "reset"),
            .startup: Outcome("settling", "remark: restarted"), .data: Outcome("receiving", "heard ant:120:266804"),
            .event: Outcome("awaiting", "remark: forgotSettings, reset"),
            .late: Outcome("receiving", "ask 52"), .stall: Outcome("receiving", "ask 54, ask 54, ask 52"),
        ],
        .queried: [
            .start: Outcome("awaiting", "reset"), .stop: Outcome("idle", "reset"),
            .startup: Outcome("settling", "remark: restarted"), .data: Outcome("receiving", "heard ant:120:266804"),
            .event: Outcome("awaiting", "remark: forgotSettings, reset"),
            .statusUnassigned: Outcome(
                "awaiting", "remark: forgotSettings, reset"),
            .late: Outcome("receiving", "ask 52"), .stall: Outcome("receiving", "ask 54, ask 54, ask 52"),
        ],
        .resting: [
            .start: Outcome("awaiting", "reset"), .stop: Outcome("idle", "reset"), .startup: Outcome("settling"),
            .late: Outcome("awaiting", "flush, reset"),
        ],
    ]

    static let unchanged: [Situation: String] = [
        .idle: "idle", .awaitingStartup: "awaiting", .settling: "settling", .askingCapabilities: "capabilities/1",
        .openingScan: "openScan/1", .receiving: "receiving", .queried: "receiving", .resting: "resting",
    ]

    @Test(arguments: Situation.allCases) func meetsEveryEvent(_ situation: Situation) {
        for event in Event.allCases {
            let wanted =
                Self.expected[situation]?[event] ?? Outcome(Self.unchanged[situation] ?? "?")
            #expect(Self.outcome(situation, event) == wanted, "\(situation) + \(event)")
        }
    }

    @Test func aSecondTryThatMeetsAWrongStateWasNotNeeded() {
        var (session, time) = Self.session(in: .openingScan)
        time = session.deadline ?? time
        session.tick(at: time) { _ in }
        var actions: [StickAction] = []
        session.receive(Self.frame("a4 03 40 00 5b 15").span, at: time) { actions.append($0) }
        #expect(actions == [.ready])
    }

    @Test func anAnswerAboutAnotherChannelIsNone() {
        var (session, time) = Self.session(in: .openingScan)
        session.receive(Self.frame("a4 03 40 01 5b 00").span, at: time) { _ in }
        #expect(Self.name(session.state) == "openScan/1")
        #expect(session.counters.unexpected == 1)
    }

    @Test func capabilitiesWithoutAChannelMakeNoStick() {
        for text in ["a4 04 54 00 03 00 ba", "a4 04 54 08 00 00 ba", "a4 02 54 08 03"] {
            var (session, time) = Self.session(in: .askingCapabilities)
            session.receive(Self.frame(text).span, at: time) { _ in }
            #expect(Self.name(session.state) == "resting")
        }
    }

    @Test func lostMessagesOfTheSticksQueueAreToldOnceAMinute() {
        var (session, time) = Self.session(in: .receiving)
        var remarks = 0
        for _ in 0..<240 {
            session.receive(Self.frame("a4 03 40 00 01 35").span, at: time) { _ in remarks += 1 }
            time = time.advanced(bySeconds: 0.5)
        }
        #expect(remarks == 2)
    }

    /// Bytes 3 of 5 and more in the capability reply, by the makes of stick.
    @Test(arguments: [
        ("a4 04 54 04 01 00 02", 4, false, false, false, false),  // four bytes
        ("a4 06 54 08 03 00 ba 36 00", 8, true, true, true, true),  // an ANTUSB2, as recorded
        ("a4 08 54 08 08 00 ba 36 00 df 00", 8, true, true, true, true),  // eight bytes
        ("a4 05 54 01 01 00 20 02", 1, false, true, true, false),
    ]) func readsCapabilitiesOfAnyLength(
        text: String, channels: UInt8, serial: Bool, lowPriority: Bool, extended: Bool, scan: Bool
    ) throws {
        var framer = ANTFramer()
        var offset = 0
        let frame = Self.frame(text)
        let message = try #require(framer.next(in: frame.span, from: &offset))
        let told = try #require(ANTCapabilities(message))
        #expect(told.channels == channels)
        #expect(told.hasSerialNumber == serial)
        #expect(told.hasLowPrioritySearch == lowPriority)
        #expect(told.hasExtendedMessages == extended)
        #expect(told.hasScanMode == scan)
    }

    @Test func anythingAtAllIsSurvived() {
        var random = SeededGenerator(seed: 5)
        for round in 0..<400 {
            let situation = Situation.allCases[round % Situation.allCases.count]
            var (session, time) = Self.session(in: situation)
            for _ in 0..<20 {
                switch Int.random(in: 0..<8, using: &random) {
                case 0:
                    session.tick(at: time) { _ in }
                    #expect(session.deadline.map { $0 > time } ?? true, "what was due is done")
                case 1: time = time.advanced(bySeconds: Double.random(in: -1...40, using: &random))
                case 2: session.endpointWasCleared(at: time) { _ in }
                case 3:
                    // A good frame of random content.
                    let length = Int.random(in: 1...41, using: &random)
                    var frame: [UInt8] = [0xA4, UInt8(length), UInt8.random(in: 0x38...0x78, using: &random)]
                    frame += (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) & 0x7F }
                    session.receive((frame + [frame.reduce(0, ^)]).span, at: time) { _ in }
                default:
                    let noise = (0..<Int.random(in: 0...64, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    session.receive(noise.span, at: time) { _ in }
                }
                #expect(session.state == .idle || session.deadline != nil, "a session always wakes again")
            }
        }
    }

    @Test func theModeFollowsFromTheAthletes() {
        let strap = SensorID.ant(deviceType: 120, number: 7)
        let bluetooth = SensorID.bluetooth(address: 1)
        func mode(_ sensors: [SensorID], _ athletes: Int, firstCome: Bool = false) -> StickConfiguration.Mode {
            StickConfiguration(sensors: sensors, athletes: athletes, firstCome: firstCome).mode
        }
        #expect(mode([strap, bluetooth], 1) == .channels([strap]))
        #expect(mode([strap], 2) == .scan)
        #expect(mode([bluetooth], 1) == .scan)
        #expect(mode([], 1) == .scan)
        #expect(mode([], 1, firstCome: true) == .channels(StickConfiguration.anyOfEachKind))
        #expect(mode([], 3, firstCome: true) == .scan)
    }
}
