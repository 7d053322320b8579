// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// An HCI command that a controller is to get.
package struct HCICommand: Equatable, Sendable {
    /// Group (6 bits) and command (10 bits).
    package var opcode: UInt16
    package var parameters: [UInt8]
}

/// One adapter's scan.
///
/// ```
/// idle ─► disable ─► configure ─► enable ─► scanning ─► disable ─► idle
///            └───────────┴───────────┴─► refused: the other dialect, else blocked for a while ─► again
/// ```
/// The scan is disabled before it is configured: one that an earlier process left on makes the configuration fail. A controller
/// that has been spoken to with extended commands refuses the older ones with the same status as one that somebody else scans
/// with (Core 5.4, Vol 4 Part E, 3.1.1), so both dialects are tried before the scan counts as blocked. While it is blocked, what the
/// other program's scan brings is heard all the same.
struct ScanMachine: Sendable {
    enum Output: Equatable, Sendable {
        case command(HCICommand)
        case started
        /// The adapter is free for a connection.
        case stopped
        /// By the controller, with this status, or by its silence.
        case refused(UInt8?)
    }

    enum Dialect: Equatable, Sendable, BitwiseCopyable { case legacy, extended }

    enum State: Equatable, Sendable, BitwiseCopyable {
        /// There is nothing to send commands to.
        case closed
        case idle
        case disabling(deadline: Timestamp)
        case configuring(deadline: Timestamp)
        case enabling(deadline: Timestamp)
        /// - heard: the last report, or the start.
        case scanning(heard: Timestamp)
        case stopping(deadline: Timestamp)
        case blocked(until: Timestamp)
    }

    /// Seconds. A controller answers within milliseconds.
    static let answerLimit = 2.0
    static let doubtLimit = 3.0
    /// Where people are, there is always something that advertises.
    static let silenceLimit = 30.0

    private(set) var state = State.closed
    private(set) var dialect = Dialect.legacy
    private(set) var isWanted = false
    private var triedBoth = false
    /// Seconds between two tries when the controller refuses.
    private let retryPeriod: Double

    init(retryPeriod: Double = 5) {
        self.retryPeriod = retryPeriod
    }

    /// Nothing that this machine began is going on, so a connection may be made.
    var isStopped: Bool {
        switch state {
        case .closed, .idle, .blocked: true
        case .disabling, .configuring, .enabling, .scanning, .stopping: false
        }
    }

    var deadline: Timestamp? {
        switch state {
        case .closed, .idle: nil
        case .disabling(let time), .configuring(let time), .enabling(let time), .stopping(let time),
            .blocked(let time):
            time
        case .scanning(let heard): heard.advanced(bySeconds: Self.silenceLimit)
        }
    }

    // MARK: Events

    mutating func open(at time: Timestamp, emit: (Output) -> Void) {
        guard state == .closed else { return }
        state = .idle
        if isWanted { start(at: time, emit) }
    }

    mutating func close() {
        state = .closed
        triedBoth = false
    }

    mutating func want(_ isWanted: Bool, at time: Timestamp, emit: (Output) -> Void) {
        self.isWanted = isWanted
        switch state {
        case .idle where isWanted: start(at: time, emit)
        case .scanning where !isWanted:
            state = .stopping(deadline: time.advanced(bySeconds: Self.answerLimit))
            emit(.command(enableCommand(false)))
        case .blocked where !isWanted:
            state = .idle
            emit(.stopped)
        // What is under way ends first.
        case .closed, .idle, .disabling, .configuring, .enabling, .scanning, .stopping, .blocked: break
        }
    }

    /// A command has been answered: ours, or another program's, whose answers are seen too.
    mutating func completed(_ opcode: UInt16, status: UInt8, at time: Timestamp, emit: (Output) -> Void) {
        switch state {
        case .disabling where opcode == enableOpcode:
            // Refused where nothing was on: as good.
            guard isWanted else { return rest(emit) }
            state = .configuring(deadline: time.advanced(bySeconds: Self.answerLimit))
            emit(.command(configureCommand))
        case .configuring where opcode == configureOpcode:
            guard status == 0 else { return refused(status, at: time, emit) }
            guard isWanted else { return rest(emit) }
            state = .enabling(deadline: time.advanced(bySeconds: Self.answerLimit))
            emit(.command(enableCommand(true)))
        case .enabling where opcode == enableOpcode:
            guard status == 0 else { return refused(status, at: time, emit) }
            triedBoth = false
            state = .scanning(heard: time)
            emit(.started)
            if !isWanted { want(false, at: time, emit: emit) }
        case .stopping where opcode == enableOpcode:
            rest(emit)
            if isWanted { start(at: time, emit) }
        case .scanning where opcode == enableOpcode:
            // Somebody else has switched the scan on, or off: the event does not say. Reports will, soon.
            state = .scanning(heard: time.advanced(bySeconds: Self.doubtLimit - Self.silenceLimit))
        case .closed, .idle, .disabling, .configuring, .enabling, .scanning, .stopping, .blocked: break
        }
    }

    mutating func heard(at time: Timestamp) {
        switch state {
        case .scanning: state = .scanning(heard: time)
        case .closed, .idle, .disabling, .configuring, .enabling, .stopping, .blocked: break
        }
    }

    mutating func tick(at time: Timestamp, emit: (Output) -> Void) {
        guard let deadline, time >= deadline else { return }
        switch state {
        case .closed, .idle: break
        case .disabling, .configuring:
            if isWanted { block(nil, at: time, emit) } else { rest(emit) }
        case .enabling:
            // It may be on all the same.
            emit(.command(enableCommand(false)))
            if isWanted { block(nil, at: time, emit) } else { rest(emit) }
        case .stopping:
            rest(emit)
            if isWanted { start(at: time, emit) }
        case .scanning, .blocked: start(at: time, emit)
        }
    }

    // MARK: Steps

    private mutating func start(at time: Timestamp, _ emit: (Output) -> Void) {
        state = .disabling(deadline: time.advanced(bySeconds: Self.answerLimit))
        emit(.command(enableCommand(false)))
    }

    private mutating func rest(_ emit: (Output) -> Void) {
        state = .idle
        emit(.stopped)
    }

    private mutating func refused(_ status: UInt8, at time: Timestamp, _ emit: (Output) -> Void) {
        guard isWanted else { return rest(emit) }
        // Unknown Command, Command Disallowed: Core 5.4, Vol 1 Part F, 2.1 and 2.12.
        if status == 0x01 || status == 0x0C, !triedBoth {
            triedBoth = true
            dialect = dialect == .legacy ? .extended : .legacy
            return start(at: time, emit)
        }
        block(status, at: time, emit)
    }

    private mutating func block(_ status: UInt8?, at time: Timestamp, _ emit: (Output) -> Void) {
        triedBoth = false
        state = .blocked(until: time.advanced(bySeconds: retryPeriod))
        emit(.refused(status))
    }

    // MARK: Commands (Core 5.4, Vol 4 Part E, 7.8.10, 7.8.11, 7.8.64, 7.8.65)

    private var configureOpcode: UInt16 { dialect == .legacy ? 0x200B : 0x2041 }
    private var enableOpcode: UInt16 { dialect == .legacy ? 0x200C : 0x2042 }

    /// Active, for the names; 30 ms (0x30 × 0.625) of every 60, so that connections have room; public own address; every advertiser.
    private var configureCommand: HCICommand {
        let timing: [UInt8] = [0x01, 0x60, 0x00, 0x30, 0x00]
        return switch dialect {
        case .legacy: HCICommand(opcode: configureOpcode, parameters: timing + [0x00, 0x00])
        // The last: on the 1M PHY.
        case .extended: HCICommand(opcode: configureOpcode, parameters: [0x00, 0x00, 0x01] + timing)
        }
    }

    /// Duplicates are not filtered: a strap that was lost has to be heard again.
    private func enableCommand(_ isOn: Bool) -> HCICommand {
        let head: [UInt8] = [isOn ? 1 : 0, 0x00]
        return switch dialect {
        case .legacy: HCICommand(opcode: enableOpcode, parameters: head)
        // Without limit of time.
        case .extended: HCICommand(opcode: enableOpcode, parameters: head + [0x00, 0x00, 0x00, 0x00])
        }
    }

    /// For an adapter that is given back, whatever the state: without this the next one to scan fails.
    var finalCommand: HCICommand? {
        switch state {
        case .closed, .idle, .blocked: nil
        case .disabling, .configuring, .enabling, .scanning, .stopping: enableCommand(false)
        }
    }
}
