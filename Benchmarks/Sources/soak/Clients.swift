// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import LocalSocket
import ProcessIO
import Simulation
import SocketProtocol
import Synchronization

/// One client that behaves, and one that does not.
final class Clients: Sendable {
    private let path: String
    private let isStopping = Atomic<Bool>(false)
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

    private func watch() {
        while !isStopping.load(ordering: .acquiring) {
            guard let client = try? LocalSocketClient(path: path), (try? client.send(.watch)) != nil else {
                MonotonicClock.sleep(nanoseconds: 10_000_000)
                continue
            }
            reading: while !isStopping.load(ordering: .acquiring) {
                switch try? client.next(timeout: .milliseconds(200)) {
                case .message:
                    let count = messages.add(1, ordering: .relaxed).newValue
                    if count.isMultiple(of: 1000) { _ = try? client.send(.status) }
                case .timedOut: continue
                case .closed, nil: break reading
                }
            }
            reconnections.add(1, ordering: .relaxed)
        }
    }

    private func abuse(_ generator: SplitMix64) {
        var random = generator
        var held: [LocalSocketClient] = []
        let long = [UInt8](repeating: 0x78, count: 2 << 20)
        while !isStopping.load(ordering: .acquiring) {
            MonotonicClock.sleep(nanoseconds: Int64(random.uniform(2...60) * 1e6))
            guard let client = try? LocalSocketClient(path: path) else { continue }
            abuses.add(1, ordering: .relaxed)
            switch random.integer(below: 5) {
            case 0: break
            case 1:
                // Watches, and never reads.
                _ = try? client.send(.watch)
                held.append(client)
            case 2:
                for _ in 0..<200 where (try? client.send(.status)) == nil { break }
            case 3: send(long, to: client)
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
