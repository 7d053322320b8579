// SPDX-License-Identifier: GPL-3.0-or-later
package import ANT
package import Measurement

/// The host's side of one ANT stick, from its reset to its data: bytes and time go in, actions come out.
///
/// ```
/// start ─► awaitingStartup ─► settling ─► settingUp(step) … ─► receiving ◄─┐
///               ▲    │                        │                  │  └─ query (is it alive? open again)
///               │    └────── no answer ───────┴── refusal ──┐    │
///               └──────────────── resting ◄─────────────────┘    │
///               └──────────── silent, settings forgotten ────────┘
/// ```
///
/// Every command is answered before the next is sent; each answer is checked. What comes before the reset's answer is stale:
/// a stick that was opened before may still hold data. A stick that starts anew by itself is set up anew. No I/O, no clock: the
/// caller calls ``tick(at:emit:)`` when ``deadline`` has passed.
package struct StickSession: Sendable {
    package enum State: Equatable, Sendable, BitwiseCopyable {
        case idle
        /// The reset is sent.
        case awaitingStartup(until: Timestamp)
        /// The stick has started; its first question waits a moment, as radios do that start.
        case settling(until: Timestamp)
        case settingUp(SetupStep, attempt: Int, until: Timestamp)
        case receiving
        /// Before the next reset.
        case resting(until: Timestamp)
    }

    /// A question to a stick that receives.
    package enum Query: Equatable, Sendable, BitwiseCopyable {
        case status(channel: Int)
        case open(channel: Int)
    }

    package struct Counters: Equatable, Sendable, BitwiseCopyable {
        /// Data before the stick was set up, or on a channel that is not open.
        package var stale: UInt64 = 0
        /// Answers to nothing that was asked.
        package var unexpected: UInt64 = 0
        package var refusals: UInt64 = 0
        package var timeouts: UInt64 = 0
        package var resets: UInt64 = 0
        /// Messages of sensors that a channel is not for: 16 of 20 bits were the same.
        package var foreign: UInt64 = 0
        /// Messages that channels expected and did not get.
        package var missed: UInt64 = 0

        package init() {}
    }

    /// Times, in seconds. A real stick answers within 0.1 s.
    package enum Pace {
        static let startup = 1.0
        static let settle = 0.02
        static let answer = 0.5
        static let attempts = 3
        /// A channel's search without a find ends after 4 × 2.5 s where it stops the others' receiving …
        static let searchUnits: UInt8 = 4
        /// … and begins again after this, so that the others have two thirds of the time …
        static let searchPause = 20.0
        /// … or after this when no other receives.
        static let searchPauseAlone = 0.5
        static let rests = [0.25, 0.5, 1, 2, 4, 8, 16, 30]
        /// So many failures in a row are told.
        static let patience = 3
        static let overflowRemark = 60.0
    }

    package let configuration: StickConfiguration
    package private(set) var state = State.idle
    package private(set) var counters = Counters()
    package private(set) var capabilities: ANTCapabilities?
    /// As the stick tells it, such as `AP2USB1.05`; what is not printable is left out.
    package private(set) var version: String?
    package private(set) var serialNumber: UInt32?
    /// In the order of their numbers. A scan has one.
    package private(set) var channels: [StickChannel] = []
    package private(set) var isScanning = false
    package private(set) var hasExtendedData = false

    private var framer = ANTFramer()
    private var query: (what: Query, attempt: Int, until: Timestamp)?
    private var lastHeard = Timestamp.zero
    /// In a row, of which none reached `receiving`.
    private var failures = 0
    private var restarts = 0
    private var told: StickProblem?
    private var toldRemarks: Set<StickRemark> = []
    private var overflowTold: Timestamp?

    package init(_ configuration: StickConfiguration) {
        self.configuration = configuration
    }

    package var framing: ANTFramer.Counters { framer.counters }

    /// When ``tick(at:emit:)`` is due; `nil` before the start.
    package var deadline: Timestamp? {
        switch state {
        case .idle: return nil
        case .awaitingStartup(let until), .settling(let until), .settingUp(_, _, let until), .resting(let until):
            return until
        case .receiving:
            if let query { return query.until }
            var next = lastHeard.advanced(bySeconds: configuration.silence)
            for channel in channels {
                if case .closed(let reopenAt) = channel.state { next = min(next, reopenAt) }
            }
            return next
        }
    }

    // MARK: Events

    /// Begins, or begins anew, with a reset.
    package mutating func start(at time: Timestamp, emit: (StickAction) -> Void) {
        failures = 0
        told = nil
        reset(at: time, emit: emit)
    }

    /// Ends: the stick is reset, so that it does not go on gathering data that the next host would find.
    package mutating func stop(emit: (StickAction) -> Void) {
        switch state {
        case .idle: return
        case .awaitingStartup, .settling, .settingUp, .receiving, .resting:
            emit(.send(ANTMessage(.resetSystem, [0])))
            state = .idle
            query = nil
        }
    }

    /// - Parameter bytes: one transfer from the stick, of any length.
    package mutating func receive(_ bytes: Span<UInt8>, at time: Timestamp, emit: (StickAction) -> Void) {
        guard state != .idle else { return }
        var offset = 0
        while let message = framer.next(in: bytes, from: &offset) {
            lastHeard = time
            handle(message, at: time, emit: emit)
        }
    }

    /// Does what is due. Calling it early or often does nothing.
    package mutating func tick(at time: Timestamp, emit: (StickAction) -> Void) {
        guard let deadline, time >= deadline else { return }
        switch state {
        case .idle: return
        case .awaitingStartup:
            counters.timeouts &+= 1
            fail(.noAnswerToReset, at: time, emit: emit)
        case .settling:
            take(.capabilities, at: time, emit: emit)
        case .settingUp(let step, let attempt, _):
            counters.timeouts &+= 1
            if attempt < step.attempts {
                send(step, attempt: attempt + 1, at: time, emit: emit)
            } else if step.isOptional {
                skip(step, at: time, emit: emit)
            } else {
                fail(.noAnswer(to: step.subject), at: time, emit: emit)
            }
        case .receiving:
            attend(at: time, emit: emit)
        case .resting:
            emit(.flush(Self.flushLength))
            reset(at: time, emit: emit)
        }
    }

    /// The stick's endpoint had stalled and was cleared. That can cost these sticks a message in either direction, and two
    /// requests for their capabilities set it right (vendor host code does so).
    package mutating func endpointWasCleared(at time: Timestamp, emit: (StickAction) -> Void) {
        let request = SetupStep.capabilities
        switch state {
        case .idle, .settling, .resting: return
        case .awaitingStartup:
            for _ in 0..<2 { emit(.send(message(for: request))) }
            reset(at: time, emit: emit)
        case .settingUp(let step, let attempt, _):
            for _ in 0..<2 { emit(.send(message(for: request))) }
            if step != request { send(step, attempt: attempt, at: time, emit: emit) }
        case .receiving:
            for _ in 0..<2 { emit(.send(message(for: request))) }
            askForStatus(at: time, emit: emit)
        }
    }

    // MARK: Starting

    /// The longest message and its frame: what the stick may wait for the rest of.
    static let flushLength = ANTMessage.maximumLength + 4

    private mutating func reset(at time: Timestamp, emit: (StickAction) -> Void) {
        counters.resets &+= 1
        framer.reset()
        query = nil
        keepFound()
        emit(.send(ANTMessage(.resetSystem, [0])))
        state = .awaitingStartup(until: time.advanced(bySeconds: Pace.startup))
    }

    /// A reset closes every channel, but whom an open channel found is the athlete's all the same.
    private mutating func keepFound() {
        for index in channels.indices { channels[index].state = .unopened }
    }

    private mutating func started(at time: Timestamp) {
        query = nil
        keepFound()
        state = .settling(until: time.advanced(bySeconds: Pace.settle))
    }

    private mutating func fail(_ problem: StickProblem, at time: Timestamp, emit: (StickAction) -> Void) {
        failures += 1
        let rest = Pace.rests[min(failures, Pace.rests.count) - 1]
        state = .resting(until: time.advanced(bySeconds: rest))
        query = nil
        guard failures >= Pace.patience, told != problem else { return }
        told = problem
        emit(.unusable(problem))
    }

    private mutating func remark(_ remark: StickRemark, emit: (StickAction) -> Void) {
        guard toldRemarks.insert(remark).inserted else { return }
        emit(.remark(remark))
    }

    // MARK: Messages

    private mutating func handle(_ message: ANTMessage, at time: Timestamp, emit: (StickAction) -> Void) {
        if message.id == .startup { return handleStartup(at: time, emit: emit) }
        if message.id.carriesData { return handleData(message, emit: emit) }
        switch state {
        case .idle, .awaitingStartup, .settling, .resting: counters.stale &+= 1
        case .settingUp(let step, let attempt, _):
            handleAnswer(message, to: step, attempt: attempt, at: time, emit: emit)
        case .receiving:
            handleWhileReceiving(message, at: time, emit: emit)
        }
    }

    private mutating func handleStartup(at time: Timestamp, emit: (StickAction) -> Void) {
        switch state {
        case .idle: return
        // A late answer is as good as one in time.
        case .awaitingStartup, .settling, .resting: started(at: time)
        case .settingUp:
            // The answer to an earlier reset, or a stick whose power gives way.
            restarts += 1
            if restarts > 2 * Pace.patience {
                restarts = 0
                fail(.keepsRestarting, at: time, emit: emit)
            } else {
                started(at: time)
            }
        case .receiving:
            emit(.remark(.restarted))
            started(at: time)
        }
    }

    private mutating func handleData(_ message: ANTMessage, emit: (StickAction) -> Void) {
        switch state {
        case .idle, .awaitingStartup, .settling, .resting:
            counters.stale &+= 1
            return
        case .settingUp, .receiving: break
        }
        guard let number = message.channel.map(Int.init), number < channels.count, channels[number].isOpen,
            message.page != nil
        else {
            counters.stale &+= 1
            return
        }
        let told = message.extendedData?.channelID
        guard !isScanning else {
            let unknown = ANTChannelID(deviceNumber: 0, deviceType: 0, transmissionType: 0)
            emit(.heard(message, told ?? unknown))
            return
        }
        if let told {
            guard channels[number].accepts(told) else {
                counters.foreign &+= 1
                return
            }
            if channels[number].found == nil { channels[number].found = told }
        }
        channels[number].state = .tracking
        emit(.heard(message, told ?? channels[number].channelID))
    }

    // MARK: Setting up

    private mutating func handleAnswer(
        _ message: ANTMessage, to step: SetupStep, attempt: Int, at time: Timestamp, emit: (StickAction) -> Void
    ) {
        if let response = message.response {
            guard !response.isEvent else { return handleEvent(response, at: time, emit: emit) }
            let isAnswer =
                step.isRequest
                ? response.code != .noError && (response.subject == step.subject || response.subject == .request)
                : response.subject == step.subject && (step.channel.map { $0 == Int(response.channel) } ?? true)
            guard isAnswer else {
                counters.unexpected &+= 1
                return
            }
            answered(step, attempt: attempt, response.code, at: time, emit: emit)
        } else if step.isRequest, message.id == step.subject {
            guard learn(message) else { return fail(.noChannels, at: time, emit: emit) }
            advance(from: step, at: time, emit: emit)
        } else {
            counters.unexpected &+= 1
        }
    }

    private mutating func answered(
        _ step: SetupStep, attempt: Int, _ code: ANTResponse.Code, at time: Timestamp, emit: (StickAction) -> Void
    ) {
        if code == .noError { return advance(from: step, at: time, emit: emit) }
        if attempt > 1, code == .wrongState, step.isDoneWhenStateIsWrong {
            return advance(from: step, at: time, emit: emit)
        }
        counters.refusals &+= 1
        if step.isOptional { return skip(step, at: time, emit: emit) }
        fail(.refused(step.subject, code), at: time, emit: emit)
    }

    /// - Returns: `false` when the stick turns out to be of no use.
    private mutating func learn(_ message: ANTMessage) -> Bool {
        switch message.id {
        case .capabilities:
            guard let told = ANTCapabilities(message), told.channels > 0, told.networks > 0 else { return false }
            capabilities = told
        case .version:
            var text = ""
            for index in 0..<Int(message.length) {
                guard let byte = message.byte(index), byte != 0 else { break }
                if byte >= 0x20, byte < 0x7F { text.unicodeScalars.append(Unicode.Scalar(byte)) }
            }
            version = text
        case .serialNumber: serialNumber = message.uint32(0)
        default: break
        }
        return true
    }

    /// Decides what the channels are for, now that it is known how many there are.
    private mutating func plan(emit: (StickAction) -> Void) {
        guard let capabilities else { return }
        let limit = Int(min(capabilities.channels, UInt8(ANTMessage.channelLimit)))
        var wanted: [SensorID]
        isScanning = false
        switch configuration.mode {
        case .scan:
            wanted = StickConfiguration.anyOfEachKind
            isScanning = capabilities.hasScanMode && capabilities.hasExtendedMessages
            if !isScanning {
                remark(.noScanMode(channels: UInt8(min(wanted.count, limit))), emit: emit)
            }
        case .channels(let sensors):
            wanted = sensors
            if sensors.count > limit, capabilities.hasScanMode, capabilities.hasExtendedMessages {
                isScanning = true
                remark(.scansInstead, emit: emit)
            }
        }
        if isScanning { wanted = [.ant(deviceType: 0, number: 0)] }
        if wanted.count > limit {
            remark(.sensorsLeftOut(UInt8(clamping: wanted.count - limit)), emit: emit)
            wanted.removeLast(wanted.count - limit)
        }
        if !capabilities.hasLowPrioritySearch, !isScanning, wanted.count > 1 {
            remark(.noLowPrioritySearch, emit: emit)
        }
        // Whom a channel for any sensor found stays its own.
        if channels.map(\.wanted) != wanted { channels = wanted.map(StickChannel.init(wanted:)) }
        hasExtendedData = false
    }

    private func following(_ step: SetupStep) -> SetupStep? {
        switch step {
        case .capabilities: return .version
        case .version: return capabilities?.hasSerialNumber == true ? .serialNumber : .networkKey
        case .serialNumber: return .networkKey
        case .networkKey: return capabilities?.hasExtendedMessages == true ? .extendedData(.all) : .assign(0)
        case .extendedData: return .assign(0)
        case .assign(let number): return .channelID(number)
        case .channelID(let number): return isScanning ? .frequency(number) : .period(number)
        case .period(let number): return .frequency(number)
        case .frequency(let number): return isScanning ? .openScan : .searchTimeout(number)
        case .searchTimeout(let number):
            return capabilities?.hasLowPrioritySearch == true ? .lowPrioritySearch(number) : .open(number)
        case .lowPrioritySearch(let number): return .open(number)
        case .open(let number): return number + 1 < channels.count ? .assign(number + 1) : nil
        case .openScan: return nil
        }
    }

    private mutating func advance(from step: SetupStep, at time: Timestamp, emit: (StickAction) -> Void) {
        switch step {
        case .networkKey: plan(emit: emit)
        case .extendedData: hasExtendedData = true
        case .open(let number): channels[number].opened()
        case .openScan: channels[0].opened()
        case .capabilities, .version, .serialNumber, .assign, .channelID, .period, .frequency, .searchTimeout,
            .lowPrioritySearch:
            break
        }
        guard let next = following(step) else {
            state = .receiving
            failures = 0
            restarts = 0
            told = nil
            lastHeard = time
            emit(.ready)
            return
        }
        take(next, at: time, emit: emit)
    }

    /// Goes on without an optional step.
    private mutating func skip(_ step: SetupStep, at time: Timestamp, emit: (StickAction) -> Void) {
        switch step {
        case .extendedData(.all): return take(.extendedData(.channelID), at: time, emit: emit)
        case .extendedData(.channelID): return take(.extendedData(.legacy), at: time, emit: emit)
        case .extendedData(.legacy):
            // A scan without ids would be of no use.
            if isScanning {
                isScanning = false
                let limit = Int(min(capabilities?.channels ?? 0, UInt8(ANTMessage.channelLimit)))
                let wanted = StickConfiguration.anyOfEachKind.prefix(limit)
                channels = wanted.map(StickChannel.init(wanted:))
                remark(.noScanMode(channels: UInt8(clamping: channels.count)), emit: emit)
            }
            remark(.noExtendedData, emit: emit)
            return take(.assign(0), at: time, emit: emit)
        case .capabilities, .version, .serialNumber, .networkKey, .assign, .channelID, .period, .frequency,
            .searchTimeout, .lowPrioritySearch, .open, .openScan:
            guard let next = following(step) else { return }
            take(next, at: time, emit: emit)
        }
    }

    private mutating func take(_ step: SetupStep, at time: Timestamp, emit: (StickAction) -> Void) {
        if case .assign(let number) = step, number >= channels.count {
            return fail(.noChannels, at: time, emit: emit)
        }
        send(step, attempt: 1, at: time, emit: emit)
    }

    private mutating func send(
        _ step: SetupStep, attempt: Int, at time: Timestamp, emit: (StickAction) -> Void
    ) {
        emit(.send(message(for: step)))
        state = .settingUp(step, attempt: attempt, until: time.advanced(bySeconds: Pace.answer))
    }

    private func message(for step: SetupStep) -> ANTMessage {
        let number = UInt8(truncatingIfNeeded: step.channel ?? 0)
        func channelMessage(_ payload: [UInt8]) -> ANTMessage { ANTMessage(step.subject, [number] + payload) }
        switch step {
        case .capabilities, .version, .serialNumber: return ANTMessage(.request, [0, step.subject.rawValue])
        case .networkKey: return channelMessage(configuration.networkKeyBytes)
        case .extendedData(.all): return channelMessage([0xE0])
        case .extendedData(.channelID): return channelMessage([0x80])
        case .extendedData(.legacy): return channelMessage([1])
        // A channel that receives, on network 0.
        case .assign: return channelMessage([0, 0])
        case .channelID(let index):
            let id = channels[index].channelID
            return channelMessage([
                UInt8(truncatingIfNeeded: id.deviceNumber), UInt8(truncatingIfNeeded: id.deviceNumber >> 8),
                id.deviceType, id.transmissionType,
            ])
        case .period(let index):
            let period = channels[index].period
            return channelMessage([UInt8(truncatingIfNeeded: period), UInt8(truncatingIfNeeded: period >> 8)])
        case .frequency: return channelMessage([configuration.radioFrequency])
        // Never in the way of the others where the stick can do otherwise; else for a bounded time.
        case .searchTimeout: return channelMessage([searchesBeside ? 0 : Pace.searchUnits])
        case .lowPrioritySearch: return channelMessage([0xFF])
        case .open, .openScan: return ANTMessage(step.subject, [number])
        }
    }

    private var searchesBeside: Bool { capabilities?.hasLowPrioritySearch == true }

    // MARK: Receiving

    private mutating func handleWhileReceiving(
        _ message: ANTMessage, at time: Timestamp, emit: (StickAction) -> Void
    ) {
        if message.id == .channelStatus { return handleStatus(message, at: time, emit: emit) }
        if message.id.rawValue == Self.serialErrorID { return remark(.serialError, emit: emit) }
        guard let response = message.response else {
            counters.unexpected &+= 1
            return
        }
        guard !response.isEvent else { return handleEvent(response, at: time, emit: emit) }
        guard let query, case .open(let number) = query.what, response.subject == .openChannel,
            Int(response.channel) == number
        else {
            counters.unexpected &+= 1
            return
        }
        self.query = nil
        if response.code == .noError || response.code == .wrongState {
            channels[number].opened()
        } else {
            counters.refusals &+= 1
            emit(.remark(.forgotSettings))
            reset(at: time, emit: emit)
        }
    }

    private static let serialErrorID: UInt8 = 0xAE

    private mutating func handleStatus(_ message: ANTMessage, at time: Timestamp, emit: (StickAction) -> Void) {
        guard let query, case .status(let number) = query.what, message.byte(0).map(Int.init) == number,
            let status = message.byte(1)
        else {
            counters.unexpected &+= 1
            return
        }
        self.query = nil
        switch status & 0x03 {
        case 0:
            emit(.remark(.forgotSettings))
            reset(at: time, emit: emit)
        // Assigned, not open.
        case 1 where !isScanning && channels[number].isOpen: channels[number].state = .closed(reopenAt: time)
        default: break
        }
    }

    private mutating func handleEvent(_ event: ANTResponse, at time: Timestamp, emit: (StickAction) -> Void) {
        switch event.code {
        case .serialQueueOverflow, .receiveQueueOverflow:
            if let last = overflowTold, time.seconds(since: last) < Pace.overflowRemark { return }
            overflowTold = time
            emit(.remark(.overflowed))
            return
        default: break
        }
        let number = Int(event.channel)
        guard number < channels.count, channels[number].isOpen else { return }
        switch event.code {
        case .receiveFailed: counters.missed &+= 1
        case .goToSearch, .searchTimeout: channels[number].state = .searching
        case .channelClosed:
            if isScanning {
                emit(.remark(.forgotSettings))
                reset(at: time, emit: emit)
            } else {
                let isAlone = !channels.indices.contains { $0 != number && channels[$0].state == .tracking }
                let pause = isAlone ? Pace.searchPauseAlone : Pace.searchPause
                channels[number].state = .closed(reopenAt: time.advanced(bySeconds: pause))
            }
        default: break
        }
    }

    private mutating func ask(_ what: Query, attempt: Int, at time: Timestamp, emit: (StickAction) -> Void) {
        switch what {
        case .status(let number):
            emit(
                .send(
                    ANTMessage(
                        .request, [UInt8(truncatingIfNeeded: number), ANTMessageID.channelStatus.rawValue])))
        case .open(let number): emit(.send(message(for: .open(number))))
        }
        query = (what, attempt, time.advanced(bySeconds: Pace.answer))
    }

    /// A stick that receives: what is asked or owed.
    private mutating func attend(at time: Timestamp, emit: (StickAction) -> Void) {
        if let query {
            counters.timeouts &+= 1
            guard query.attempt >= Pace.attempts else {
                return ask(query.what, attempt: query.attempt + 1, at: time, emit: emit)
            }
            emit(.remark(.fellSilent))
            emit(.flush(Self.flushLength))
            return reset(at: time, emit: emit)
        }
        for index in channels.indices {
            guard case .closed(let reopenAt) = channels[index].state, time >= reopenAt else { continue }
            return ask(.open(channel: index), attempt: 1, at: time, emit: emit)
        }
        askForStatus(at: time, emit: emit)
    }

    private mutating func askForStatus(at time: Timestamp, emit: (StickAction) -> Void) {
        ask(.status(channel: channels.firstIndex(where: \.isOpen) ?? 0), attempt: 1, at: time, emit: emit)
    }
}

extension StickChannel {
    mutating func opened() { state = .searching }
}

extension ANTMessage {
    /// Bits 0–4 of a burst's channel byte are all that ANT has for channel numbers.
    static let channelLimit = 32
}
