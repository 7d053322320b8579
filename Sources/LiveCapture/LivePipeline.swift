// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
package import Measurement
import Pipeline
package import Scoring
import Segmentation
import SessionStore
package import Transport

/// All that the pipeline's thread decides, without the thread: frames in order of time go in, sessions begin, grow and end.
///
/// Each session has a pipeline of its own that is given exactly the frames that its capture is given, from its first on. So the analysis of
/// a live session is that of its capture, whatever else was heard.
///
/// An athlete whose sensors are listed gets what these say and what every reader needs to understand it (``ContextStore``). Neighbours'
/// hearts are nobody else's business, and many athletes cost each frame once, not once for each. An athlete without a list gets
/// everything: the pipeline then adopts the first sensor of each kind.
package struct LivePipeline: Sendable {
    /// An athlete, and the plan that sessions are held against.
    package struct Member: Equatable, Sendable {
        package var athlete: Athlete
        package var plan: Plan?

        package init(athlete: Athlete, plan: Plan? = nil) {
            self.athlete = athlete
            self.plan = plan
        }
    }

    private struct Session: Sendable {
        let id: UInt32
        let member: Int
        var pipeline: RecordingPipeline
        /// Lost since the last recorded frame.
        var pendingDrops: UInt32 = 0
        var drops = 0
        /// Bouts as they were reported with their recovery.
        var told = ToldBouts()
    }

    private let program: String
    private var table: MemberTable
    private var members: [Member] { table.members }
    private var owners: [SensorID: [Int]] { table.owners }
    private var rules: [SessionRule]
    /// By member; where its session lies in `sessions`.
    private var places: [Int?]
    private var sessions: [Session] = []
    private var router = FrameRouter()
    private var context = ContextStore()
    private var nextID: UInt32 = 0
    /// Not later than the earliest deadline of the rules.
    private var earliestDeadline: Timestamp?
    private var now = Timestamp.zero
    private var episode = DropEpisode()

    /// Frames that came in.
    package private(set) var frames: UInt64 = 0
    /// Frames that transports dropped before the pipeline, and frames of sessions that the writer had no room for.
    package private(set) var drops: UInt64 = 0

    /// - Parameters:
    ///   - program: with its version, for the captures.
    ///   - rule: what begins and ends a session.
    package init(program: String, members: [Member], rule: SessionRule = SessionRule()) {
        self.program = program
        table = MemberTable(members)
        rules = Array(repeating: rule, count: members.count)
        places = Array(repeating: nil, count: members.count)
    }

    package var isRecording: Bool { !sessions.isEmpty }
    /// Those in the air.
    package var sensors: [HeardSensor] { router.ledger.sensors }
    /// Of all places, taken or not.
    package var memberIndices: Range<Int> { members.indices }

    /// When ``advance(to:output:)`` should be called though no frame came; it may find that it is too early by then.
    package var deadline: Timestamp? { earliestDeadline }

    // MARK: Time and commands

    /// Ends sessions whose time is over.
    package mutating func advance(to time: Timestamp, output: inout some LiveOutput & ~Copyable) {
        now = max(now, time)
        guard let earliest = earliestDeadline, now >= earliest else { return }
        for member in members.indices where rules[member].tick(at: now) == .stop { end(member, &output) }
        earliestDeadline = rules.compactMap(\.deadline).min()
    }

    /// - Parameter wall: the wall clock less the frames' clock, in nanoseconds; asked for when a session begins.
    package mutating func take(
        _ command: SessionRule.Command, of member: Int, at time: Timestamp, wall: () -> Int64,
        output: inout some LiveOutput & ~Copyable
    ) {
        now = max(now, time)
        guard table.isActive(member) else { return }
        switch rules[member].take(command, at: now) {
        case .start: begin(member, at: time, wall: wall(), &output)
        case .stop: end(member, &output)
        case nil: break
        }
        earliestDeadline = rules.compactMap(\.deadline).min()
    }

    /// Ends every session.
    package mutating func finish(output: inout some LiveOutput & ~Copyable) {
        for member in members.indices { end(member, &output) }
    }

    /// Takes a new configuration. What it says of athletes, plans and sensors holds for each athlete from the next session on; when sessions
    /// begin and end changes at once.
    ///
    /// - Returns: the names of those whose running session goes on as it began.
    package mutating func replace(
        members: [Member], rule: SessionRule, output: inout some LiveOutput & ~Copyable
    ) -> [String?] {
        let before = table.present.map { $0?.athlete.name }
        let waiting = table.replace(members) { places[$0] != nil }
        while rules.count < table.members.count {
            rules.append(rule)
            places.append(nil)
        }
        for member in rules.indices {
            // Whoever has taken a place of somebody else begins anew.
            guard table.isActive(member), before.indices.contains(member),
                before[member] == table.members[member].athlete.name
            else {
                rules[member] = rule
                continue
            }
            rules[member].silence = rule.silence
            rules[member].startsBySign = rule.startsBySign
        }
        earliestDeadline = rules.compactMap(\.deadline).min()
        output.tell(.members(table.present))
        return waiting.map { table.members[$0].athlete.name }
    }

    // MARK: Frames

    /// Notes frames that were lost before they came here: whose they were nobody knows.
    package mutating func lost(_ count: Int, output: inout some LiveOutput & ~Copyable) {
        guard count > 0 else { return }
        drops += UInt64(count)
        for index in sessions.indices { lose(count, session: index) }
    }

    private mutating func lose(_ count: Int, session: Int) {
        sessions[session].drops += count
        sessions[session].pendingDrops = UInt32(clamping: Int(sessions[session].pendingDrops) + count)
    }

    /// - Parameters:
    ///   - slot: a frame or a notice.
    ///   - wall: as above.
    package mutating func take(
        _ slot: borrowing FrameSlot, wall: () -> Int64, output: inout some LiveOutput & ~Copyable
    ) {
        advance(to: slot.time, output: &output)
        switch slot.content {
        case .frame: takeFrame(slot, wall: wall, output: &output)
        case .notice(let notice): take(notice, slot.text, output: &output)
        }
    }

    private mutating func takeFrame(
        _ slot: borrowing FrameSlot, wall: () -> Int64, output: inout some LiveOutput & ~Copyable
    ) {
        frames += 1
        let kind = router.route(slot)
        if let (sensor, name) = router.named { learn(sensor, name, at: slot.time, &output) }
        for index in router.signs.indices {
            let sensor = router.signs[index]
            for member in table.unbound { sign(of: member, at: slot.time, wall, &output) }
            guard let owners = owners[sensor] else { continue }
            for member in owners { sign(of: member, at: slot.time, wall, &output) }
        }
        switch kind {
        case .data:
            for member in table.unbound { record(slot, for: member, &output) }
            if router.sensors.count == 1, let owners = owners[router.sensors[0]] {
                for member in owners { record(slot, for: member, &output) }
            } else if router.sensors.count > 1 {
                for index in sessions.indices where concerns(sessions[index].member) {
                    record(slot, session: index, &output)
                }
            }
        case .shared:
            for index in sessions.indices { record(slot, session: index, &output) }
        case .context(let key, let restarts):
            for index in sessions.indices where isWanted(key, by: sessions[index].member) {
                record(slot, session: index, &output)
            }
            context.keep(copy slot, of: key, restarts: restarts)
        }
    }

    /// A sensor that tells a listed name is that athlete's from here on. What it said before goes into a session that is under way.
    private mutating func learn(
        _ sensor: SensorID, _ name: String, at time: Timestamp, _ output: inout some LiveOutput & ~Copyable
    ) {
        for member in table.learn(sensor, name) {
            guard let place = places[member] else { continue }
            let before = context.frames { $0 == .peer(sensor) || $0 == .advertiser(sensor) }
            for slot in before.compactMap({ $0.stamped(time) }) { record(slot, session: place, &output) }
        }
    }

    /// Whether a listed sensor of the member speaks in this frame.
    private func concerns(_ member: Int) -> Bool {
        guard members[member].athlete.listsSensors else { return false }
        return router.sensors.contains { owners[$0]?.contains(member) ?? false }
    }

    private func isWanted(_ key: ContextStore.Key, by member: Int) -> Bool {
        switch key {
        case .descriptor, .stick, .adapter: true
        case .peer(let sensor), .advertiser(let sensor):
            !members[member].athlete.listsSensors || owners[sensor]?.contains(member) ?? false
        }
    }

    private mutating func sign(
        of member: Int, at time: Timestamp, _ wall: () -> Int64, _ output: inout some LiveOutput & ~Copyable
    ) {
        let action = rules[member].sign(at: now)
        if let deadline = rules[member].deadline { earliestDeadline = min(earliestDeadline ?? deadline, deadline) }
        if action == .start { begin(member, at: time, wall: wall(), &output) }
    }

    private mutating func record(
        _ slot: borrowing FrameSlot, for member: Int, _ output: inout some LiveOutput & ~Copyable
    ) {
        if let session = places[member] { record(slot, session: session, &output) }
    }

    /// The capture first: what it does not get, the pipeline must not see.
    private mutating func record(_ slot: borrowing FrameSlot, session: Int, _ output: inout some LiveOutput & ~Copyable)
    {
        guard case .frame(let frame) = slot.content else { return }
        let record = LogRecord(
            session: sessions[session].id, drops: sessions[session].pendingDrops, slot: copy slot)
        guard output.record(record) else {
            drops += 1
            if let text = episode.dropped(at: now) { output.tell(.trouble(text)) }
            return lose(1, session: session)
        }
        if let text = episode.taken(at: now) { output.tell(.trouble(text)) }
        sessions[session].pendingDrops = 0
        let member = sessions[session].member
        var began = 0
        var isRelabelled = false
        sessions[session].pipeline.ingest(frame, slot.bytes) { _, event in
            switch event {
            case .fused(let sample): return output.status(sample, of: member)
            case .phase(.began): began += 1
            case .phase(.becameInterval): isRelabelled = true
            case .boutEnded: break
            }
            output.tell(.pipeline(athlete: member, event))
        }
        guard output.takesReports else { return }
        if began > 0 || isRelabelled { report(session, began: began, isRelabelled: isRelabelled, &output) }
        let measured = sessions[session].pipeline.measuredBouts(of: 0)
        let told = sessions[session].told.counts
        if measured.sprints > told.sprints || measured.intervals > told.intervals { reportBouts(session, &output) }
    }

    // MARK: Reports

    /// - Parameters:
    ///   - began: how many phases have just begun.
    ///   - isRelabelled: whether the one before them has become an interval.
    private func report(
        _ session: Int, began: Int, isRelabelled: Bool, _ output: inout some LiveOutput & ~Copyable
    ) {
        let member = sessions[session].member
        let phases = sessions[session].pipeline.latestPhases(of: 0, began + 1)
        if isRelabelled, phases.count > began { output.report(.phase(athlete: member, .relabelled, phases[0])) }
        for index in phases.indices.suffix(began) {
            if index > 0 { output.report(.phase(athlete: member, .ended, phases[index - 1])) }
            if let bout = sessions[session].pipeline.endedBout(of: 0, before: phases.count - index) {
                output.report(.bout(athlete: member, isInterval: bout.isInterval, isFinal: false, bout.sprint))
            }
            output.report(.phase(athlete: member, .began, phases[index]))
        }
    }

    /// Those that are final. The rest after a bout is known when the next one begins, and a plan's target when it is clear which of its bouts this
    /// was. They are gone through one by one: the whole analysis of a long session would be the most memory that is ever needed for it.
    private mutating func reportBouts(_ session: Int, _ output: inout some LiveOutput & ~Copyable) {
        var told = ToldBouts()
        swap(&told, &sessions[session].told)
        var news: [(isInterval: Bool, bout: AnalysisDocument.Sprint)] = []
        sessions[session].pipeline.measuredBouts(of: 0) { isInterval, bout in
            if told.tell(bout, isInterval: isInterval) { news.append((isInterval, bout)) }
        }
        sessions[session].told = told
        report(news, session, &output)
    }

    /// All of a session that has ended.
    private mutating func reportBouts(
        of document: AnalysisDocument, _ session: Int, _ output: inout some LiveOutput & ~Copyable
    ) {
        var news: [(isInterval: Bool, bout: AnalysisDocument.Sprint)] = []
        for bout in document.sprints where sessions[session].told.tell(bout, isInterval: false) {
            news.append((false, bout))
        }
        for bout in document.intervals where sessions[session].told.tell(bout, isInterval: true) {
            news.append((true, bout))
        }
        report(news, session, &output)
    }

    private func report(
        _ news: [(isInterval: Bool, bout: AnalysisDocument.Sprint)], _ session: Int,
        _ output: inout some LiveOutput & ~Copyable
    ) {
        let member = sessions[session].member
        for isInterval in [false, true] {
            for news in news where news.isInterval == isInterval {
                output.report(.bout(athlete: member, isInterval: isInterval, isFinal: true, news.bout))
            }
        }
    }

    private mutating func take(_ notice: TransportNotice, _ text: String, output: inout some LiveOutput & ~Copyable) {
        output.tell(.notice(notice, text))
        for session in sessions {
            if let sensor = notice.sensor, members[session.member].athlete.listsSensors,
                owners[sensor]?.contains(session.member) != true
            {
                continue
            }
            output.order(.comment(session: session.id, text, at: notice.time))
        }
    }

    // MARK: Sessions

    /// - Parameter time: the sign's or the command's. `now` may be later by what the frame took to come here.
    private mutating func begin(
        _ member: Int, at time: Timestamp, wall: Int64, _ output: inout some LiveOutput & ~Copyable
    ) {
        guard places[member] == nil else { return }
        let before = context.frames { isWanted($0, by: member) }.compactMap { $0.stamped(time) }
        // Readers add whole seconds to every time, so these are the times that a replay sees.
        let offset = Timestamp(nanoseconds: wall).nanoseconds / 1_000_000_000
        let start = time.nanoseconds / 1_000_000_000 &+ offset
        var athlete = members[member].athlete
        athlete.plan = members[member].plan?.name
        // As a reader of the capture will know it, to the last digit.
        var metadata = SessionMetadata(program: program, athlete: athlete, plan: members[member].plan).asKept
        let configuration = AthleteConfiguration(
            metadata.athlete, plan: metadata.plan, year: CalendarDate(unixSeconds: start).year)
        var session = Session(id: nextID, member: member, pipeline: RecordingPipeline(athletes: [configuration]))
        nextID &+= 1
        for slot in before {
            guard case .frame(let frame) = slot.content else { continue }
            session.pipeline.ingest(frame, slot.bytes) { _, _ in }
        }
        metadata.clock = ClockAnchor(
            boot: time, unix: Timestamp(nanoseconds: time.nanoseconds &+ Timestamp(nanoseconds: wall).nanoseconds))
        output.order(
            .open(
                session: session.id,
                SessionOpening(
                    name: SessionName.make(unixSeconds: start, athlete: athlete.name), metadata: metadata,
                    clockOffset: offset),
                context: before))
        output.report(
            .sessionBegan(
                athlete: member, name: SessionName.make(unixSeconds: start, athlete: athlete.name), unixSeconds: start))
        output.tell(.sessionStarted(athlete: member, start: time, configuration: configuration))
        places[member] = sessions.count
        sessions.append(session)
    }

    private mutating func end(_ member: Int, _ output: inout some LiveOutput & ~Copyable) {
        guard let place = places[member] else { return }
        sessions[place].pipeline.finish()
        let session = sessions[place]
        let document = session.pipeline.analysis(of: 0, kind: "pcapng", droppedFrames: session.drops)
        output.order(
            .finish(
                session: session.id, analysis: document.json(pretty: true) + "\n", drops: session.pendingDrops))
        if output.takesReports {
            if let last = document.phases.last { output.report(.phase(athlete: member, .ended, last)) }
            reportBouts(of: document, place, &output)
        }
        output.tell(.sessionEnded(athlete: member, duration: session.pipeline.duration))
        places[member] = nil
        sessions.remove(at: place)
        for (index, session) in sessions.enumerated() { places[session.member] = index }
        if sessions.isEmpty, let text = episode.end() { output.tell(.trouble(text)) }
        guard table.endSession(of: member) else { return }
        if !table.isActive(member) {
            rules[member] = SessionRule(silence: rules[member].silence, startsBySign: rules[member].startsBySign)
        }
        output.tell(.members(table.present))
    }
}

extension FrameSlot {
    /// The same frame as of another time; `nil` for a notice.
    fileprivate func stamped(_ time: Timestamp) -> FrameSlot? {
        guard case .frame(var frame) = content else { return nil }
        frame.time = time
        return FrameSlot(.frame(frame), bytes)
    }
}
