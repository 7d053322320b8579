// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// When one athlete's session begins and ends.
///
///     idle ── sign or start ──► running ── silence ──► idle
///                                  └────── stop ─────► held ── silence ──► idle
///                                                       └──── start ────► running
///
/// A sign is a valid heart rate or movement. Silence is the time since the last sign, or since the command if that was later. After a stop by
/// command the sensors go on for a while, which must not begin a new session. Where sessions begin by command only, a sign begins none.
package struct SessionRule: Equatable, Sendable {
    package enum Action: Equatable, Sendable {
        case start
        case stop
    }

    package enum Command: Equatable, Sendable {
        case start
        case stop
    }

    /// Seconds.
    package static let defaultSilence = 300.0

    private enum State: Equatable, Sendable {
        case idle
        case running(lastSign: Timestamp)
        case held(lastSign: Timestamp)
    }

    private var state = State.idle
    /// Seconds without a sign that end a session.
    package var silence: Double
    /// Whether a sign begins a session, and not a command alone.
    package var startsBySign: Bool

    package init(silence: Double = defaultSilence, startsBySign: Bool = true) {
        self.silence = silence
        self.startsBySign = startsBySign
    }

    package var isRunning: Bool {
        switch state {
        case .running: true
        case .idle, .held: false
        }
    }

    /// When ``tick(at:)`` will have something to do, if no sign comes.
    package var deadline: Timestamp? {
        switch state {
        case .idle: nil
        case .running(let last), .held(let last): last.advanced(bySeconds: silence)
        }
    }

    package mutating func sign(at time: Timestamp) -> Action? {
        switch state {
        case .idle:
            guard startsBySign else { return nil }
            state = .running(lastSign: time)
            return .start
        case .running(let last): state = .running(lastSign: max(last, time))
        case .held(let last): state = .held(lastSign: max(last, time))
        }
        return nil
    }

    package mutating func tick(at time: Timestamp) -> Action? {
        guard let deadline, time >= deadline else { return nil }
        let wasRunning = isRunning
        state = .idle
        return wasRunning ? .stop : nil
    }

    package mutating func take(_ command: Command, at time: Timestamp) -> Action? {
        switch (command, state) {
        case (.start, .idle), (.start, .held):
            state = .running(lastSign: time)
            return .start
        case (.start, .running(let last)):
            state = .running(lastSign: max(last, time))
            return nil
        case (.stop, .running):
            state = .held(lastSign: time)
            return .stop
        case (.stop, .idle), (.stop, .held): return nil
        }
    }
}

extension Reading {
    /// Whether somebody lives behind it: a heart rate that a heart can have, from a strap that does not deny touching skin, or movement
    /// beyond what a footpod on a shelf reports.
    package var isSignOfLife: Bool {
        switch self {
        case .heartRate(let reading):
            guard let rate = reading.beatsPerMinute, reading.skinContact != false else { return false }
            return (25...250).contains(rate)
        case .stride(let reading):
            if let speed = reading.speed, speed.isFinite, speed >= 0.3 { return true }
            if let cadence = reading.cadence, cadence.perMinute.isFinite, cadence.perMinute >= 20 { return true }
            return false
        case .rrInterval, .battery: return false
        }
    }
}
