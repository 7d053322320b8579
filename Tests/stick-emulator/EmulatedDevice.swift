// SPDX-License-Identifier: GPL-3.0-or-later
import CUMockdev
import Glibc
import SimulatedStick
import Synchronization

/// A stick's USB side: the ioctls of its device node, answered as the kernel would. Behind it is a ``StickFirmware``.
///
/// libusb waits for its node to become writable. The node is a FIFO with room for nothing, which is emptied while a transfer can be
/// taken back and filled otherwise, so that libusb wakes when, and only when, there is something for it.
///
/// umockdev answers ioctls on a thread of its own; `lock` keeps it and the main thread apart.
@safe
final class EmulatedDevice {
    @safe private struct Request {
        /// Whose it is: one program can have gone while its successor is there.
        let client: UnsafeMutableRawPointer
        /// The client's `usbdevfs_urb` and its buffer.
        let urb: UnsafeMutableRawPointer
        let buffer: UnsafeMutableRawPointer?
        let length: Int
    }

    private struct Completion {
        let request: Request
        let bytes: [UInt8]
        let status: Int32
    }

    let name: String
    let address: UInt8
    let node: String
    let sysPath: String
    /// Of the FIFO, both ends.
    private let fifo: Int32
    private let fifoPath: String
    let handler: UnsafeMutableRawPointer

    private let lock = Mutex(())
    private var firmware: StickFirmware
    /// Data messages that the client took.
    private var delivered = FrameCounter()
    private var isGone = false
    /// Clients that have the interface.
    private var claims = 0
    private var goneSince: Int64?
    /// Ioctls so far.
    private var calls = 0
    /// The claim is refused.
    private var isBusy = false
    /// So many transfers to come fail with EPROTO.
    private var protocolErrors = 0
    private var inputHalted = false
    private var outputHalted = false
    private var waiting: [Request] = []
    private var finished: [Completion] = []
    private var isWritable = true

    /// `F_SETPIPE_SZ`, which the Glibc module lacks.
    private static let setPipeSize: Int32 = 1031
    private static let urbLength = unsafe MemoryLayout<usbdevfs_urb>.size

    init?(name: String, address: UInt8, root: String, firmware: StickFirmware) {
        self.name = name
        self.address = address
        self.firmware = firmware
        let digits = String(address)
        node = "/dev/bus/usb/001/" + String(repeating: "0", count: 3 - digits.count) + digits
        sysPath = "/sys/devices/pci0000:00/usb1/1-\(address)"
        fifoPath = root + node
        guard let handler = unsafe cumockdev_handler() else { return nil }
        unsafe self.handler = unsafe handler
        for depth in ["/dev", "/dev/bus", "/dev/bus/usb", "/dev/bus/usb/001"] { unsafe mkdir(root + depth, 0o755) }
        guard unsafe mkfifo(fifoPath, 0o666) == 0 else { return nil }
        // By another name, so that who looks for the node's holder does not find the emulator.
        let secondName = root + "/emulated-\(address)"
        unsafe link(fifoPath, secondName)
        fifo = unsafe Glibc.open(secondName, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        unsafe unlink(secondName)
        guard fifo >= 0 else { return nil }
        // One page: then one byte is all that the FIFO holds, as far as poll is concerned.
        _ = fcntl(fifo, Self.setPipeSize, 4096)
        showWhetherFinished()
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe cumockdev_connect(handler, "handle-ioctl", emulatedDeviceCall, user)
    }

    deinit {
        drop { _ in true }
        close(fifo)
        // Not earlier: umockdev loses a descriptor of a client that opens a node which is gone.
        unsafe unlink(fifoPath)
        unsafe cumockdev_release(handler)
    }

    /// The device of the mocked `/sys`, in umockdev's format.
    func description(vendor: String, product: String, driver: String?) -> String {
        // USB 2.0, tables 9-8, 9-10, 9-12, 9-13: device; configuration; interface, vendor-specific; bulk in 81, bulk out 01, 64 bytes.
        let little = { (text: String) in String(text.suffix(2) + text.prefix(2)) }
        let descriptors =
            "1201000200000040" + little(vendor) + little(product) + "000101020301" + "09022000010100a032"
            + "0904000002ff000002" + "07058102400001" + "07050102400001"
        let path = sysPath.dropFirst("/sys".count)
        return """
            P: \(path)
            E: DEVNAME=\(node)
            E: DEVTYPE=usb_device
            E: SUBSYSTEM=usb
            E: BUSNUM=001
            E: DEVNUM=\(node.suffix(3))
            E: MAJOR=189
            E: MINOR=\(address - 1)
            A: busnum=1\\n
            A: devnum=\(address)\\n
            A: speed=12\\n
            A: bConfigurationValue=1\\n
            A: idVendor=\(vendor)\\n
            A: idProduct=\(product)\\n
            H: descriptors=\(descriptors)

            """
                + (driver.map { driver in
                    """

                    P: \(path)/1-\(address):1.0
                    E: DEVTYPE=usb_interface
                    E: SUBSYSTEM=usb
                    E: DRIVER=\(driver)
                    L: driver=../../../../../bus/usb/drivers/\(driver)
                    A: bInterfaceNumber=00\\n

                    """
                } ?? "")
    }

    // MARK: From the main thread

    /// Whether it is unplugged and nobody asks anything of it any more. umockdev's own sign of a client's end does not come; but who
    /// ends well releases the interface last, and who never had it is gone a moment after the device.
    func isForgotten(at time: Int64) -> Bool {
        lock.withLock { _ in claims == 0 && goneSince.map { time - $0 > 1_000_000_000 } ?? false }
    }

    /// When there is something to do. What nobody can take is not looked after all the time.
    func deadline(at time: Int64) -> Int64? {
        lock.withLock { _ in
            guard !isGone, let due = firmware.deadline else { return nil }
            return waiting.isEmpty || inputHalted ? max(due, time + 20_000_000) : due
        }
    }

    /// Data messages handed over.
    var handedOver: Int { lock.withLock { _ in delivered.broadcasts } }

    /// Data messages handed over, data messages heard, ioctls, commands.
    var stats: String {
        lock.withLock { _ in
            "\(delivered.broadcasts) \(firmware.counters.sent) \(calls) \(firmware.counters.commands)"
        }
    }

    func hear(_ message: AirMessage, at time: Int64) { change(at: time) { $0.hear(message, at: time) } }

    func tick(at time: Int64) { change(at: time) { $0.tick(at: time) } }

    /// Changes the firmware, and serves what comes of it.
    func change(at time: Int64, _ body: (inout StickFirmware) -> Void) {
        lock.withLock { _ in
            body(&firmware)
            serve(at: time)
        }
    }

    /// Whether nobody may open the node. One that may do everything (CAP_DAC_OVERRIDE) opens it all the same.
    func setForbidden(_ forbidden: Bool) { unsafe chmod(fifoPath, forbidden ? 0 : 0o666) }

    func setBusy(_ busy: Bool) { lock.withLock { _ in isBusy = busy } }

    func failTransfers(_ count: Int, at time: Int64) {
        lock.withLock { _ in
            protocolErrors = count
            serve(at: time)
        }
    }

    /// Pulls it out: what is on its way comes back with an error, and nothing works any more.
    func unplug(at time: Int64) {
        lock.withLock { _ in
            isGone = true
            goneSince = time
            for request in waiting { finish(request, [], status: -ESHUTDOWN) }
            waiting.removeAll()
        }
    }

    func stall(input: Bool) {
        lock.withLock { _ in
            if input { inputHalted = true } else { outputHalted = true }
            if input, let first = waiting.first {
                waiting.removeFirst()
                finish(first, [], status: -EPIPE)
            }
        }
    }

    // MARK: On either thread, with the lock

    /// Gives the client what the firmware has for it.
    private func serve(at time: Int64) {
        guard !isGone, !inputHalted else { return }
        while let request = waiting.first {
            if protocolErrors > 0 {
                protocolErrors -= 1
                waiting.removeFirst()
                finish(request, [], status: -EPROTO)
                continue
            }
            guard let bytes = firmware.read(at: time) else { return }
            waiting.removeFirst()
            finish(request, bytes, status: 0)
        }
    }

    private func finish(_ request: Request, _ bytes: [UInt8], status: Int32) {
        finished.append(Completion(request: request, bytes: bytes, status: status))
        showWhetherFinished()
    }

    private func showWhetherFinished() {
        let wanted = !finished.isEmpty
        guard wanted != isWritable else { return }
        isWritable = wanted
        var byte: UInt8 = 0
        if wanted {
            while unsafe read(fifo, &byte, 1) > 0 {}
        } else {
            _ = unsafe write(fifo, &byte, 1)
        }
    }

    // MARK: The node

    private func drop(_ isMeant: (Request) -> Bool) {
        for request in waiting where isMeant(request) { release(request) }
        waiting.removeAll(where: isMeant)
        for completion in finished where isMeant(completion.request) { release(completion.request) }
        finished.removeAll { isMeant($0.request) }
        showWhetherFinished()
    }

    private func release(_ request: Request) {
        unsafe cumockdev_release(request.urb)
        if let buffer = unsafe request.buffer { unsafe cumockdev_release(buffer) }
    }

    fileprivate func call(_ client: UnsafeMutableRawPointer, at time: Int64) {
        let (result, error) = lock.withLock { _ in
            calls += 1
            return unsafe answer(cumockdev_request(client), client, at: time)
        }
        unsafe cumockdev_complete(client, Int(result), error)
        // The answer to a command may be due before the main thread would look.
        cumockdev_wake()
    }

    private func answer(
        _ request: UInt, _ client: UnsafeMutableRawPointer, at time: Int64
    ) -> (result: Int32, error: Int32) {
        guard let argument = unsafe cumockdev_argument(client) else { return (-1, EFAULT) }
        switch request {
        case cumockdev_reap_urb, cumockdev_reap_urb_no_delay: return unsafe reap(argument, client)
        case cumockdev_discard_urb: return unsafe discard(argument, client)
        case cumockdev_release_interface:
            claims -= 1
            drop { unsafe $0.client == client }
            return isGone ? (-1, ENODEV) : (0, 0)
        default: break
        }
        guard !isGone else { return (-1, ENODEV) }
        switch request {
        case cumockdev_submit_urb: return unsafe submit(argument, client, at: time)
        case cumockdev_get_capabilities:
            // Zero packets, continuation, any packet size, reaping after the disconnect.
            guard let data = unsafe cumockdev_resolve(argument, 0, 4) else { return (-1, EFAULT) }
            defer { unsafe cumockdev_release(data) }
            unsafe cumockdev_update(data, 0, [0x17, 0, 0, 0], 4)
            return (0, 0)
        case cumockdev_claim_interface, cumockdev_disconnect_claim:
            guard !isBusy else { return (-1, EBUSY) }
            claims += 1
            return (0, 0)
        case cumockdev_reset: return (0, 0)
        case cumockdev_clear_halt:
            guard let data = unsafe cumockdev_resolve(argument, 0, 4) else { return (-1, EFAULT) }
            defer { unsafe cumockdev_release(data) }
            let isInput = unsafe cumockdev_bytes(data).map { unsafe $0[0] & 0x80 != 0 } ?? false
            if isInput { inputHalted = false } else { outputHalted = false }
            serve(at: time)
            return (0, 0)
        // No driver to take off or put back.
        case cumockdev_driver, cumockdev_get_driver: return (-1, ENODATA)
        default: return (-1, ENOTTY)
        }
    }

    private func submit(
        _ argument: UnsafeMutableRawPointer, _ client: UnsafeMutableRawPointer, at time: Int64
    ) -> (result: Int32, error: Int32) {
        guard let data = unsafe cumockdev_resolve(argument, 0, Self.urbLength),
            let bytes = unsafe cumockdev_bytes(data)
        else { return (-1, EFAULT) }
        let urb = unsafe UnsafeRawPointer(bytes).loadUnaligned(as: usbdevfs_urb.self)
        let length = unsafe Int(urb.buffer_length)
        let offset = unsafe MemoryLayout<usbdevfs_urb>.offset(of: \.buffer) ?? 0
        let buffer = unsafe cumockdev_resolve(data, offset, length)
        let request = unsafe Request(client: client, urb: data, buffer: buffer, length: length)
        if unsafe urb.endpoint & 0x80 != 0 {
            waiting.append(request)
            serve(at: time)
        } else if outputHalted {
            finish(request, [], status: -EPIPE)
        } else {
            let sent = unsafe buffer.flatMap { unsafe cumockdev_bytes($0) }.map { start in
                unsafe Array(UnsafeBufferPointer(start: start, count: length))
            }
            firmware.write(sent ?? [], at: time)
            finish(request, sent ?? [], status: 0)
            serve(at: time)
        }
        return (0, 0)
    }

    private func reap(
        _ argument: UnsafeMutableRawPointer, _ client: UnsafeMutableRawPointer
    ) -> (result: Int32, error: Int32) {
        guard let place = finished.firstIndex(where: { unsafe $0.request.client == client }) else {
            return (-1, isGone ? ENODEV : EAGAIN)
        }
        let completion = finished.remove(at: place)
        defer {
            release(completion.request)
            showWhetherFinished()
        }
        guard let pointer = unsafe cumockdev_resolve(argument, 0, MemoryLayout<UInt>.size) else { return (-1, EFAULT) }
        defer { unsafe cumockdev_release(pointer) }
        let urb = unsafe completion.request.urb
        let isInput = unsafe (cumockdev_bytes(urb).map { unsafe $0[1] & 0x80 != 0 } ?? false)
        let bytes = completion.bytes
        if isInput, let buffer = unsafe completion.request.buffer, !bytes.isEmpty {
            unsafe cumockdev_update(buffer, 0, bytes, Int32(bytes.count))
        }
        unsafe put(completion.status, \.status, urb)
        unsafe put(Int32(bytes.count), \.actual_length, urb)
        unsafe _ = cumockdev_set_pointer(pointer, 0, urb)
        if isInput { delivered.take(bytes) }
        return (0, 0)
    }

    private func put(_ value: Int32, _ field: PartialKeyPath<usbdevfs_urb>, _ urb: UnsafeMutableRawPointer) {
        guard let offset = unsafe MemoryLayout<usbdevfs_urb>.offset(of: field) else { return }
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * Int32($0))) }
        unsafe cumockdev_update(urb, offset, bytes, 4)
    }

    private func discard(
        _ argument: UnsafeMutableRawPointer, _ client: UnsafeMutableRawPointer
    ) -> (result: Int32, error: Int32) {
        guard let bytes = unsafe cumockdev_bytes(argument) else { return (-1, EFAULT) }
        let wanted = unsafe UnsafeRawPointer(bytes).loadUnaligned(as: UInt.self)
        guard
            let index = waiting.firstIndex(where: { unsafe cumockdev_address($0.urb) == wanted && $0.client == client })
        else {
            return (-1, EINVAL)
        }
        let request = waiting.remove(at: index)
        finish(request, [], status: -ENOENT)
        return (0, 0)
    }
}

// SAFETY: the device that is `user` lives until its handler is detached.

private func emulatedDeviceCall(
    _ handler: UnsafeMutableRawPointer?, _ client: UnsafeMutableRawPointer, _ user: UnsafeMutableRawPointer?
) -> Int32 {
    guard let user = unsafe user else { return 0 }
    unsafe Unmanaged<EmulatedDevice>.fromOpaque(user).takeUnretainedValue().call(client, at: Clock.now)
    return 1
}
