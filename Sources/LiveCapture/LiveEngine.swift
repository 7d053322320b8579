// SPDX-License-Identifier: GPL-3.0-or-later
package import FileIO
import ProcessIO
import RingBuffer
import Scoring
package import SessionStore
package import Transport

/// Live capture with its threads:
///
///     transport ─ring─┐ one doorbell
///     transport ─ring─┴► pipeline ──ring──► writer ──► disk
///                           └──── events ────┴──────► whoever watches
///
/// Nobody waits for anybody to the right of him: a full ring drops the newest frame, which is counted and said, and stands in the
/// session's analysis.
package final class LiveEngine: Sendable {
    package struct Configuration: Sendable {
        /// With its version, for the captures.
        package var program: String
        package var members: [LivePipeline.Member]
        package var rule = SessionRule()
        package var policy = CommitPolicy()
        /// Who wants signs of life; `nil`: nobody.
        package var pulse: EnginePulse?
        /// What sessions are written through: the seam for a disk that fails while the threads run. Called once, for the writer's thread.
        package var files: @Sendable () -> any FileSystem = { PosixFileSystem() }

        package init(program: String, members: [LivePipeline.Member]) {
            self.program = program
            self.members = members
        }

        /// Frames between a transport and the pipeline, which never waits for the disk.
        static let transportRing = 1024

        /// Frames between pipeline and writer: minutes for a few sensors, and 10 s for many, at ANT+'s four messages a second.
        var writerRing: Int {
            max(2048, 40 * members.reduce(0) { $0 + $1.athlete.sensors.count + $1.athlete.sensorNames.count })
        }
    }

    /// What may change while it runs.
    package struct Reload: Sendable {
        package var members: [LivePipeline.Member]
        package var rule: SessionRule
        /// What of the new configuration does not hold before a restart, a line each: passed on.
        package var remarks: [String]
        /// What to listen to from now on, instead of what is listened to; `nil`: that goes on. Made and started when no session is running.
        package var transports: (@Sendable () -> [any Transport])?

        package init(
            members: [LivePipeline.Member], rule: SessionRule, remarks: [String] = [],
            transports: (@Sendable () -> [any Transport])? = nil
        ) {
            self.members = members
            self.rule = rule
            self.remarks = remarks
            self.transports = transports
        }
    }

    /// Why it cannot start.
    package enum Failure: Error {
        case session(SessionError)
        case transport(name: String, TransportError)
        case system(ErrorNumber)
    }

    package let counters = EngineCounters()
    package let events: EventQueue
    /// For the thread that serves other programs.
    package let watch: WatchQueue?
    private let fan: EventFan
    private let configuration: Configuration
    package let clock: EngineClock
    private let doorbell: Doorbell
    private let wishes: PipelineWishes

    /// - Parameters:
    ///   - showsStatus: whether ``events`` is to tell what is so now.
    ///   - isWatched: whether somebody takes from ``watch``.
    package init(
        _ configuration: Configuration, clock: EngineClock = EngineClock(), showsStatus: Bool = false,
        isWatched: Bool = false
    ) throws(Failure) {
        self.configuration = configuration
        self.clock = clock
        do throws(DoorbellError) {
            events = try EventQueue(keepsStatus: showsStatus)
            watch = isWatched ? try WatchQueue() : nil
        } catch {
            throw .system(ErrorNumber(error.errno))
        }
        fan = EventFan(display: events, watch: watch)
        doorbell = try Self.doorbell()
        wishes = PipelineWishes(doorbell)
    }

    private static func doorbell() throws(Failure) -> Doorbell {
        do throws(DoorbellError) {
            return try Doorbell()
        } catch {
            throw .system(ErrorNumber(error.errno))
        }
    }

    /// Starts all threads. Called once.
    ///
    /// - Parameters:
    ///   - lock: of the state folder; given to the writer.
    ///   - told: takes what is said of a transport that cannot start; the others do.
    /// - Throws: when no transport can start, or a thread or the state folder fails.
    package func start(
        _ transports: [any Transport], lock: sending StateLock, told: (String) -> Void
    ) throws(Failure) {
        let unfinished: [String]
        do throws(SessionError) {
            unfinished = try SessionRecovery(lock).unfinished()
        } catch {
            throw .session(error)
        }
        let writerDoorbell = try Self.doorbell()
        let orders = OrderQueue()
        let records = SPSCRing<LogRecord>(minimumCapacity: configuration.writerRing)
        let producer = WakingProducer(records.producer, doorbell: writerDoorbell)
        let writer = WriterThread(
            ring: records.consumer, orders: orders, doorbell: writerDoorbell, events: fan, lock: lock,
            files: configuration.files(), policy: configuration.policy, wallOffset: clock.trueWallOffset,
            unfinished: unfinished, counters: counters, pulse: configuration.pulse,
            isStopping: { [wishes] in wishes.isStopping })
        let output = ThreadOutput(producer, orders, fan, writerDoorbell)
        let receivers = Receivers(transports, doorbell)
        for complaint in receivers.complaints { told(complaint) }
        if receivers.isEmpty, let failure = receivers.failure { throw failure }
        let running = receivers.transports
        let pipeline = PipelineThread(
            receivers: receivers,
            pipeline: LivePipeline(
                program: configuration.program, members: configuration.members, rule: configuration.rule),
            output: output, doorbell: doorbell, wishes: wishes, clock: clock, counters: counters,
            pulse: configuration.pulse)
        do throws(ErrorNumber) {
            // Nobody joins them: `.ended` comes when both are done.
            _ = try WorkerThread(name: "writer") { writer.run() }
            _ = try WorkerThread(name: "pipeline") { pipeline.run() }
        } catch {
            for transport in running { transport.stop() }
            throw .system(error)
        }
    }

    /// Asks for the end: transports stop, sessions are finished and stored, and `.ended` comes as the last event.
    package func stop() { wishes.stop() }

    /// - Parameter member: as numbered by the last ``LiveEvent/members(_:)``, at first by the configuration; `nil` for all.
    package func command(_ command: SessionRule.Command, member: Int?) { wishes.add(command, member: member) }

    /// Takes a new configuration that is known to be right. Running sessions go on: what is said of athletes, plans and sensors holds from each
    /// athlete's next session on; the rule holds at once. ``LiveEvent/members(_:)`` and ``LiveEvent/reloaded(remarks:)`` tell when it is so.
    /// May be called by any thread.
    package func reload(_ reload: Reload) { wishes.add(reload) }

    /// Tells whoever watches, in the place of one of the engine's threads.
    package func tell(_ event: LiveEvent) { fan.post(event) }
}
