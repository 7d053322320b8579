// SPDX-License-Identifier: GPL-3.0-or-later
internal import CDoorbell
internal import FileIO
internal import Glibc
internal import Synchronization

/// What other threads ask of the Bluetooth thread.
final class Mailbox: Sendable {
    enum Request: Sendable {
        case stop
        case sessionBegan
        case sessionEnded
    }

    private let requests = Mutex<[Request]>([])
    /// Readable when there is a request; read by ``take()``.
    let descriptor: Int32

    init() throws(ErrorNumber) {
        descriptor = cdoorbell_eventfd()
        guard descriptor >= 0 else { throw ErrorNumber(errno) }
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
    }

    func post(_ request: Request) {
        requests.withLock { $0.append(request) }
        var one: UInt64 = 1
        // SAFETY: eventfd(2) reads these eight bytes. When the counter is full the descriptor is readable already.
        _ = unsafe write(descriptor, &one, 8)
    }

    func take() -> [Request] {
        var count: UInt64 = 0
        // SAFETY: eventfd(2) writes these eight bytes, or nothing.
        _ = unsafe read(descriptor, &count, 8)
        return requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
    }
}
