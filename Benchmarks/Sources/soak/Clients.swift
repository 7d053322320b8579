// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import Glibc
import LocalSocket
import ProcessIO
import Simulation
import SocketProtocol
import Synchronization

/// One client that behaves, and one that does not.
final class Clients: Sendable {
    private let path: String
    private let isStopping = Atomic<Bool>(false)
    private let wantsRest = Atomic<Bool>(false)
    private let resting = Atomic<Int>(0)
    private let threads = Mutex<[Box]>([])
    let messages = Atomic<Int>(0)
    let reconnections = Atomic<Int>(0)
    let abuses = Atomic<Int>(0)

    private final class Box: Sendable {
        let thread: Mutex<WorkerThread?>
        init(_ thread: consuming sending WorkerThread) { self.thread = Mutex(thread) }
    }

    init(path: String) { self.path = path }

    func start(seed: UInt64) throws {
        let watcher = try WorkerThread(name: "watcher") { [self] in watch() }
        let abuser = try WorkerThread(name: "abuser") { [self] in abuse(SplitMix64(seed: seed, stream: 0x6162_7573)) }
        let boxes = [Box(watcher), Box(abuser)]
        threads.withLock { $0 = boxes }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        for box in threads.withLock({ $0 }) { box.thread.withLock { $0.take() }?.join() }
    }

    /// Returns when no client is connected any more. None connects before ``goOn()``.
    func rest() {
        wantsRest.store(true, ordering: .releasing)
        while resting.load(ordering: .acquiring) < 2 { MonotonicClock.sleep(nanoseconds: 1_000_000) }
    }

    func goOn() { wantsRest.store(false, ordering: .releasing) }

    private var isDisturbed: Bool { isStopping.load(ordering: .acquiring) || wantsRest.load(ordering: .acquiring) }

    /// Called without a connection.
    private func takeRest() {
        guard wantsRest.load(ordering: .acquiring) else { return }
        resting.add(1, ordering: .releasing)
        while wantsRest.load(ordering: .acquiring) { MonotonicClock.sleep(nanoseconds: 1_000_000) }
        resting.subtract(1, ordering: .releasing)
    }

    private func watch() {
        while !isStopping.load(ordering: .acquiring) {
            takeRest()
            guard let client = try? LocalSocketClient(path: path), (try? client.send(.watch)) != nil else {
                MonotonicClock.sleep(nanoseconds: 10_000_000)
                continue
            }
            reading: while !isDisturbed {
                switch try? client.next(timeout: .milliseconds(200)) {
                case .message:
                    let count = messages.add(1, ordering: .relaxed).newValue
                    if count.isMultiple(of: 1000) { _ = try? client.send(.status) }
                case .timedOut: continue
                case .closed, nil: break reading
                }
            }
            if !isDisturbed { reconnections.add(1, ordering: .relaxed) }
        }
    }

    private func abuse(_ generator: SplitMix64) {
        var random = generator
        var held: [LocalSocketClient] = []
        let long = [UInt8](repeating: 0x78, count: 2 << 20)
        while !isStopping.load(ordering: .acquiring) {
            MonotonicClock.sleep(nanoseconds: Int64(random.uniform(2...60) * 1e6))
            if wantsRest.load(ordering: .acquiring) {
                held.removeAll()
                takeRest()
            }
            guard let client = try? LocalSocketClient(path: path) else { continue }
            abuses.add(1, ordering: .relaxed)
            switch random.integer(below: 10) {
            case 0: break
            case 1:
                // Watches, and never reads.
                _ = try? client.send(.watch)
                held.append(client)
            case 2:
                for _ in 0..<200 where (try? client.send(.status)) == nil { break }
            case 3: send(long, to: client)
            case 4:
                // Has said all, and never reads what it asked for.
                _ = try? client.send(.watch)
                shutdown(client.fileDescriptor, Int32(SHUT_WR))
                held.append(client)
            case 5:
                // Wants to be told, and takes nothing any more.
                _ = try? client.send(.watch)
                shutdown(client.fileDescriptor, Int32(SHUT_RD))
                held.append(client)
            case 6:
                // Asks on, and takes no answer.
                shutdown(client.fileDescriptor, Int32(SHUT_RD))
                for _ in 0..<20 where (try? client.send(.status)) == nil { break }
                held.append(client)
            case 7:
                // In the middle of a command.
                send(Array("{\"command\":\"sta".utf8), to: client)
                shutdown(client.fileDescriptor, Int32(SHUT_WR))
                held.append(client)
            case 8:
                // Both halves, and the descriptor stays open.
                _ = try? client.send(.watch)
                shutdown(client.fileDescriptor, Int32(SHUT_RDWR))
                held.append(client)
            default:
                var bytes: [UInt8] = []
                for _ in 0..<4096 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
                send(bytes, to: client)
                held.append(client)
            }
            if held.count > 20 { held.removeFirst(10) }
        }
    }

    /// Until the server has had enough.
    private func send(_ bytes: [UInt8], to client: LocalSocketClient) {
        var sent = 0
        while sent < bytes.count,
            let count = try? FileDescriptor(rawValue: client.fileDescriptor).writeSome(
                bytes.span.extracting(sent..<min(sent + 65_536, bytes.count))), count > 0
        {
            sent += count
        }
    }
}
