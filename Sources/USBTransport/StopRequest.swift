// SPDX-License-Identifier: GPL-3.0-or-later
internal import CUSB
internal import Synchronization

/// The wish that a ``USBEventLoop`` should end. Made by any thread, and asked for by the loop's own.
final class StopRequest: Sendable {
    private let flag = Atomic(false)
    private let context: USBContext

    init(_ context: USBContext) { self.context = context }

    var isMade: Bool { flag.load(ordering: .acquiring) }

    func make() {
        flag.store(true, ordering: .releasing)
        // SAFETY: libusb lets any thread interrupt a context that lives.
        unsafe libusb_interrupt_event_handler(context.pointer)
    }
}
