// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import Measurement

/// A stick that receives: what it is asked, and what becomes of its channels.
extension StickSession {
    mutating func handleWhileReceiving(
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

    static let serialErrorID: UInt8 = 0xAE

    mutating func handleStatus(_ message: ANTMessage, at time: Timestamp, emit: (StickAction) -> Void) {
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

    mutating func handleEvent(_ event: ANTResponse, at time: Timestamp, emit: (StickAction) -> Void) {
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

    mutating func ask(_ what: Query, attempt: Int, at time: Timestamp, emit: (StickAction) -> Void) {
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
    mutating func attend(at time: Timestamp, emit: (StickAction) -> Void) {
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

    mutating func askForStatus(at time: Timestamp, emit: (StickAction) -> Void) {
        ask(.status(channel: channels.firstIndex(where: \.isOpen) ?? 0), attempt: 1, at: time, emit: emit)
    }
}

extension StickChannel {
    mutating func opened() { state = .searching }
}
