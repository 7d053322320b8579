// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import ANTSession
internal import CUSB
internal import Capture
internal import Glibc
internal import Measurement
internal import ProcessIO
internal import Transport

/// All that happens on the USB thread. Made on another thread, then used by its own alone.
///
/// It sleeps in `libusb_handle_events` until a transfer comes back, a device comes or goes, somebody interrupts it, or the next
/// deadline of a session is there; it never polls, except for devices where libusb cannot tell of them.
@safe
final class USBEventLoop {
    /// Seconds between looks, where libusb does not tell what is plugged in.
    private static let rescanEvery = 2.0
    private static let longestSleep = 3600.0

    private let context: USBContext
    let stopRequest: StopRequest
    private let configuration: USBTransport.Configuration
    private var sink: FrameSink
    private var registry: SensorRegistry
    private var plugged: [PluggedStick] = []
    private var arrivals: [USBDevice] = []
    private var departures: [USBDevice] = []
    private var hotplug: libusb_hotplug_callback_handle?
    private var rescanAt: Timestamp?
    private var transfers: UInt64 = 0
    /// One frame, so that none costs memory of its own.
    private var frame: [UInt8] = []

    init(_ configuration: USBTransport.Configuration, _ sink: consuming FrameSink) throws(TransportError) {
        do throws(USBError) {
            context = try USBContext()
        } catch {
            throw TransportError("usb: libusb cannot be used here: \(error.text)")
        }
        stopRequest = StopRequest(context)
        self.configuration = configuration
        self.sink = sink
        registry = SensorRegistry(configuration.sensors)
        frame.reserveCapacity(FrameSlot.byteLimit)
    }

    var now: Timestamp { MonotonicClock.now }

    // MARK: Running

    /// Whether it is known what was plugged in at the start.
    private var hasLooked = false

    func run() {
        listen()
        while !stopRequest.isMade {
            let time = now
            settle(at: time)
            for stick in plugged { attend(stick, at: time) }
            plugged.removeAll { stick in
                if case .waiting = stick.state, stick.isUnplugged { return true }
                if case .unusable = stick.state, stick.isUnplugged { return true }
                return false
            }
            if !hasLooked {
                hasLooked = true
                if plugged.isEmpty {
                    tell(.remark, "no ANT+ stick is plugged in yet; one is taken as soon as it is there", at: time)
                }
            }
            registry.tick(at: time) { event in tell(event, device: 0, at: time) }
            sleep(until: nextDeadline)
        }
        shutDown()
    }

    private var nextDeadline: Timestamp? {
        var next = registry.deadline
        func consider(_ time: Timestamp?) {
            guard let time else { return }
            next = next.map { min($0, time) } ?? time
        }
        consider(rescanAt)
        if !arrivals.isEmpty || !departures.isEmpty { consider(.zero) }
        for stick in plugged {
            switch stick.state {
            case .waiting(let until): consider(until)
            case .open(let live): consider(stick.isUnplugged ? .zero : live.deadline)
            case .closing(let live, _): if live.isQuiet { consider(.zero) }
            case .unusable: break
            }
        }
        return next
    }

    /// Rounded up: to wake before the time is to wake twice.
    static func timeout(seconds: Double) -> (seconds: Int, microseconds: Int) {
        let microseconds = Int((seconds * 1e6).rounded(.up))
        // libusb refuses a second's worth of microseconds.
        return (microseconds / 1_000_000, microseconds % 1_000_000)
    }

    private func sleep(until deadline: Timestamp?) {
        let seconds = deadline.map { $0.seconds(since: now) } ?? Self.longestSleep
        let timeout = Self.timeout(seconds: min(max(seconds, 0), Self.longestSleep))
        var time = timeval(tv_sec: timeout.seconds, tv_usec: timeout.microseconds)
        // SAFETY: the context is open, and the structure is read during the call.
        let result = unsafe libusb_handle_events_timeout_completed(context.pointer, &time, nil)
        if result < 0, result != LIBUSB_ERROR_INTERRUPTED.rawValue {
            // Only lack of memory or descriptors leads here. It passes, or it does not: spinning helps neither.
            MonotonicClock.sleep(nanoseconds: 100_000_000)
        }
    }

    // MARK: Coming and going

    private func listen() {
        guard USBContext.hasHotplug else {
            tell(
                .remark, "libusb does not tell here what is plugged in: looking every \(Int(Self.rescanEvery)) s",
                at: now)
            rescanAt = now
            return
        }
        var handle: libusb_hotplug_callback_handle = 0
        let events = Int32(LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue)
        // SAFETY: the callback runs on this thread only, within libusb_handle_events or this call, and not after its
        // deregistration in `shutDown`, until which this object lives.
        let result = unsafe libusb_hotplug_register_callback(
            context.pointer, events, Int32(LIBUSB_HOTPLUG_ENUMERATE.rawValue),
            Int32(StickModel.vendor), LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, usbDeviceCameOrWent,
            Unmanaged.passUnretained(self).toOpaque(), &handle)
        if result == 0 { hotplug = handle } else { rescanAt = now }
    }

    fileprivate func came(_ device: USBDevice) { arrivals.append(device) }
    fileprivate func went(_ device: USBDevice) { departures.append(device) }

    /// Arrivals and departures are taken here, because libusb forbids most of its functions within its callbacks.
    private func settle(at time: Timestamp) {
        if let due = rescanAt, time >= due {
            rescan()
            rescanAt = time.advanced(bySeconds: Self.rescanEvery)
        }
        let (came, went) = (arrivals, departures)
        arrivals.removeAll()
        departures.removeAll()
        for device in came {
            // The first look and the callback can both bring a device.
            guard !plugged.contains(where: { $0.device == device && !$0.isUnplugged }),
                let stick = PluggedStick(device, at: time)
            else { continue }
            plugged.append(stick)
            tell(.deviceArrived, "\(stick.name) is plugged in", stick, at: time)
            if case .unusable = stick.state {
                tell(
                    .deviceUnusable, "\(stick.name) is a serial stick of the first kind, which sprintd cannot use",
                    stick,
                    at: time)
            }
        }
        for device in went {
            for stick in plugged where stick.device == device {
                stick.isUnplugged = true
                tellGone(stick, at: time)
            }
        }
    }

    private func rescan() {
        let found = USBDevice.all(context)
        for device in found where !plugged.contains(where: { $0.device == device }) { came(device) }
        for stick in plugged where !stick.isUnplugged && !found.contains(where: { $0 == stick.device }) {
            went(stick.device)
        }
    }

    private func tellGone(_ stick: PluggedStick, at time: Timestamp) {
        guard !stick.toldGone else { return }
        stick.toldGone = true
        tell(.deviceLeft, "\(stick.name) is gone", stick, at: time)
    }

    // MARK: Sticks

    private func attend(_ stick: PluggedStick, at time: Timestamp) {
        switch stick.state {
        case .unusable: return
        case .waiting(let until):
            guard !stick.isUnplugged, time >= until else { return }
            open(stick, at: time)
        case .open(let live):
            if !stick.isUnplugged, !live.isGone {
                if live.attend(at: time), !live.isGone { return }
                if !live.isGone { trouble(stick, "does not transfer any more, and is opened anew", at: time) }
            }
            if live.isGone || stick.isUnplugged { tellGone(stick, at: time) }
            live.abandon()
            stick.state = .closing(live, reopenAt: stick.rest(from: time))
            attend(stick, at: time)
        case .closing(let live, let reopenAt):
            guard live.isQuiet else { return }
            live.close()
            stick.state = .waiting(until: reopenAt)
        }
    }

    private func open(_ stick: PluggedStick, at time: Timestamp) {
        do throws(OpenStick.Obstacle) {
            let live = try OpenStick(stick, stickConfiguration, self)
            stick.state = .open(live)
            if stick.toldGone {
                stick.toldGone = false
                tell(.deviceArrived, "\(stick.name) is there again", stick, at: time)
            }
            // What a host reads first of any device; it makes the capture tell of what make the stick is.
            let descriptor = stick.descriptor
            capture(descriptor.span, .received, stick, endpoint: 0x80, transfer: .control, at: time)
            live.start(at: time)
        } catch {
            stick.state = .waiting(until: stick.rest(from: time))
            switch error {
            case .noPermission:
                trouble(
                    stick, "cannot be opened: no permission for \(stick.node); sprintctl doctor tells what to type",
                    at: time)
            case .busy:
                let holder = DeviceHolder.find(node: stick.node)
                trouble(
                    stick,
                    "is held by " + (holder?.description ?? "another program, or a kernel driver that does not let go"),
                    at: time)
            case .noPipes:
                trouble(stick, "has no pair of bulk endpoints: it is no ANT+ stick, or it is broken", at: time)
            // The notice of its departure is on its way.
            case .gone: break
            case .other(let error): trouble(stick, "cannot be opened: \(error.text)", at: time)
            }
        }
    }

    /// A channel for any sensor listens, on the next stick too, to the one that was locked.
    private var stickConfiguration: StickConfiguration {
        var wanted = configuration.stick
        guard case .channels(let sensors) = wanted.mode else { return wanted }
        wanted.mode = .channels(
            sensors.map { sensor in
                guard case .ant(let type, 0) = sensor else { return sensor }
                return registry.locks[type] ?? sensor
            })
        return wanted
    }

    /// Told when it is new.
    private func trouble(_ stick: PluggedStick, _ text: String, at time: Timestamp) {
        guard stick.toldTrouble != text else { return }
        stick.toldTrouble = text
        tell(.deviceUnusable, "\(stick.name) \(text)", stick, at: time)
    }

    // MARK: To the pipeline

    /// - Parameter endpoint: its address, with the direction's bit.
    func capture(
        _ bytes: Span<UInt8>, _ direction: FrameDirection, _ stick: PluggedStick, endpoint: UInt8,
        transfer: USBPacket.Transfer = .bulk, at time: Timestamp
    ) {
        transfers &+= 1
        frame.removeAll(keepingCapacity: true)
        USBPacket.encode(
            time: time, direction: direction, transfer: transfer, bus: UInt16(stick.bus), device: stick.address,
            endpoint: endpoint & 0x0F, identifier: transfers, data: bytes, into: &frame)
        let captured = CapturedFrame(
            time: time, link: .usbLinuxMmapped, interface: UInt32(stick.bus),
            originalLength: UInt32(clamping: frame.count))
        let whole = frame
        sink.frame(captured, whole.span)
    }

    func hear(_ message: ANTMessage, from id: ANTChannelID, _ stick: PluggedStick, at time: Timestamp) {
        registry.hear(message, from: id, at: time) { event in tell(event, device: stick.number, at: time) }
    }

    func tell(
        _ kind: TransportNotice.Kind, _ text: String, _ stick: PluggedStick? = nil, at time: Timestamp
    ) {
        sink.notice(TransportNotice(time: time, kind: kind, device: stick?.number ?? 0), text)
    }

    private func tell(_ event: SensorRegistry.Event, device: UInt32, at time: Timestamp) {
        let sensor = event.sensor
        let (kind, text): (TransportNotice.Kind, String) =
            switch event {
            case .found(_, true): (.sensorFound, "\(sensor.words) is heard")
            case .found(_, false): (.sensorFound, "\(sensor.words) is heard, and is nobody's here")
            case .lost: (.sensorLost, "\(sensor.words) has been silent for \(Int(SensorRegistry.lostAfter)) s")
            case .back(_, let seconds): (.sensorBack, "\(sensor.words) is back after \(Int(seconds.rounded())) s")
            case .batteryLow(_, let level):
                (.batteryLow, "\(sensor.words) has a low battery" + (level.map { ": \($0) %" } ?? ""))
            }
        sink.notice(TransportNotice(time: time, kind: kind, device: device, sensor: sensor), text)
    }

    // MARK: Ending

    private func shutDown() {
        var live: [OpenStick] = []
        for stick in plugged {
            switch stick.state {
            case .open(let one), .closing(let one, _): live.append(one)
            case .waiting, .unusable: break
            }
        }
        for one in live { one.stopSession(at: now) }
        wait(atMost: 0.3) { live.allSatisfy { $0.hasSentAll || $0.isGone } }
        for one in live { one.abandon() }
        wait(atMost: 3) { live.allSatisfy(\.isQuiet) }
        for one in live {
            if one.isQuiet {
                one.close()
            } else {
                // SAFETY: the kernel may still write to its transfers: better lost than freed.
                _ = unsafe Unmanaged.passRetained(one)
            }
        }
        // SAFETY: registered with this context, and not deregistered before.
        if let hotplug { unsafe libusb_hotplug_deregister_callback(context.pointer, hotplug) }
        plugged.removeAll()
        arrivals.removeAll()
        departures.removeAll()
    }

    private func wait(atMost seconds: Double, until isDone: () -> Bool) {
        let end = now.advanced(bySeconds: seconds)
        while !isDone(), now < end { sleep(until: end) }
    }
}

/// libusb's callback. Not a closure: one written in an actor's context would trap on the event thread.
private func usbDeviceCameOrWent(
    _ context: OpaquePointer?, _ device: OpaquePointer?, _ event: libusb_hotplug_event,
    _ user: UnsafeMutableRawPointer?
) -> Int32 {
    guard let device = unsafe device, let user = unsafe user else { return 0 }
    // SAFETY: the loop that registered this callback lives until it has deregistered it.
    let loop = unsafe Unmanaged<USBEventLoop>.fromOpaque(user).takeUnretainedValue()
    let reference = unsafe USBDevice(device)
    if event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED { loop.came(reference) } else { loop.went(reference) }
    // 0 keeps the callback registered.
    return 0
}
