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
    package internal(set) var state = State.idle
    package internal(set) var counters = Counters()
    package internal(set) var capabilities: ANTCapabilities?
    /// As the stick tells it, such as `AP2USB1.05`; what is not printable is left out.
    package internal(set) var version: String?
    package internal(set) var serialNumber: UInt32?
    /// In the order of their numbers. A scan has one.
    package internal(set) var channels: [StickChannel] = []
    package internal(set) var isScanning = false
    package internal(set) var hasExtendedData = false

    var framer = ANTFramer()
    var query: (what: Query, attempt: Int, until: Timestamp)?
    var lastHeard = Timestamp.zero
    /// In a row, of which none reached `receiving`.
    var failures = 0
    var restarts = 0
    var told: StickProblem?
    var toldRemarks: Set<StickRemark> = []
    var overflowTold: Timestamp?

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

    mutating func reset(at time: Timestamp, emit: (StickAction) -> Void) {
        counters.resets &+= 1
        framer.reset()
        query = nil
        keepFound()
        emit(.send(ANTMessage(.resetSystem, [0])))
        state = .awaitingStartup(until: time.advanced(bySeconds: Pace.startup))
    }

    /// A reset closes every channel, but whom an open channel found is the athlete's all the same.
    mutating func keepFound() {
        for index in channels.indices { channels[index].state = .unopened }
    }

    mutating func started(at time: Timestamp) {
        query = nil
        keepFound()
        state = .settling(until: time.advanced(bySeconds: Pace.settle))
    }

    mutating func fail(_ problem: StickProblem, at time: Timestamp, emit: (StickAction) -> Void) {
        failures += 1
        let rest = Pace.rests[min(failures, Pace.rests.count) - 1]
        state = .resting(until: time.advanced(bySeconds: rest))
        query = nil
        guard failures >= Pace.patience, told != problem else { return }
        told = problem
        emit(.unusable(problem))
    }

    mutating func remark(_ remark: StickRemark, emit: (StickAction) -> Void) {
        guard toldRemarks.insert(remark).inserted else { return }
        emit(.remark(remark))
    }

    // MARK: Messages

    mutating func handle(_ message: ANTMessage, at time: Timestamp, emit: (StickAction) -> Void) {
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

    mutating func handleStartup(at time: Timestamp, emit: (StickAction) -> Void) {
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

    mutating func handleData(_ message: ANTMessage, emit: (StickAction) -> Void) {
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
}
