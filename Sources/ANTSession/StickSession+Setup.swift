// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import Measurement

/// From the stick's start to its receiving.
extension StickSession {
    mutating func handleAnswer(
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

    mutating func answered(
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
    mutating func learn(_ message: ANTMessage) -> Bool {
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
    mutating func plan(emit: (StickAction) -> Void) {
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

    func following(_ step: SetupStep) -> SetupStep? {
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

    mutating func advance(from step: SetupStep, at time: Timestamp, emit: (StickAction) -> Void) {
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
    mutating func skip(_ step: SetupStep, at time: Timestamp, emit: (StickAction) -> Void) {
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

    mutating func take(_ step: SetupStep, at time: Timestamp, emit: (StickAction) -> Void) {
        if case .assign(let number) = step, number >= channels.count {
            return fail(.noChannels, at: time, emit: emit)
        }
        send(step, attempt: 1, at: time, emit: emit)
    }

    mutating func send(
        _ step: SetupStep, attempt: Int, at time: Timestamp, emit: (StickAction) -> Void
    ) {
        emit(.send(message(for: step)))
        state = .settingUp(step, attempt: attempt, until: time.advanced(bySeconds: Pace.answer))
    }

    func message(for step: SetupStep) -> ANTMessage {
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

    var searchesBeside: Bool { capabilities?.hasLowPrioritySearch == true }
}

extension ANTMessage {
    /// Bits 0–4 of a burst's channel byte are all that ANT has for channel numbers.
    static let channelLimit = 32
}
