// SPDX-License-Identifier: GPL-3.0-or-later
import GATT
import Measurement

/// The client's requests: one waits for its answer at a time, and for 30 s at most, after which the bearer may not be used any more.
///
/// Source: Core 5.4, Vol 3 Part F, 3.3.2 (sequential protocol) and 3.3.3 (transaction).
struct ATTTransaction: Sendable {
    /// Seconds.
    static let timeLimit = 30.0

    enum Outcome: Equatable, Sendable {
        /// The request's own response.
        case answered
        case refused(ATTErrorCode)
        /// An error response that lacks its code.
        case malformed
        /// Of no request that waits: too late, too early, or made up.
        case unmatched
    }

    private enum State: Equatable, Sendable {
        case idle
        case waiting(ATTOpcode, deadline: Timestamp)
        /// The answer did not come; nothing may be sent any more.
        case expired
    }

    private var state = State.idle

    var isIdle: Bool { state == .idle }

    /// When ``expire(at:)`` has to be asked.
    var deadline: Timestamp? {
        switch state {
        case .waiting(_, let deadline): deadline
        case .idle, .expired: nil
        }
    }

    mutating func begin(_ opcode: ATTOpcode, at time: Timestamp) {
        switch state {
        case .idle: state = .waiting(opcode, deadline: time.advanced(bySeconds: Self.timeLimit))
        case .waiting, .expired: preconditionFailure("A request \(opcode) in state \(state)")
        }
    }

    /// - Parameter pdu: a response, opcode first.
    mutating func receive(_ pdu: Span<UInt8>, _ opcode: ATTOpcode) -> Outcome {
        switch state {
        case .idle, .expired: return .unmatched
        case .waiting(let request, _):
            if opcode == .errorResponse {
                guard pdu.count >= 2, pdu[1] == request.rawValue else { return .unmatched }
                state = .idle
                // The handle between is the request's own.
                return pdu.count >= 5 ? .refused(ATTErrorCode(rawValue: pdu[4])) : .malformed
            }
            // Every request's response has the next number (3.4.8).
            guard opcode.rawValue == request.rawValue &+ 1 else { return .unmatched }
            state = .idle
            return .answered
        }
    }

    /// - Returns: the request whose time has run out now.
    mutating func expire(at time: Timestamp) -> ATTOpcode? {
        switch state {
        case .waiting(let request, let deadline) where time >= deadline:
            state = .expired
            return request
        case .idle, .waiting, .expired: return nil
        }
    }
}
