// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Scoring
import Segmentation
import SocketProtocol

/// One of everything. Numbers have no more decimals than are written, so that a round trip is exact.
enum Samples {
    static func phase(_ index: Int = 0) -> AnalysisDocument.Phase {
        var phase = AnalysisDocument.Phase(
            kind: .interval, start: 60.5 + Double(index), end: 130.25, decided: 62.125, evidence: .cadence,
            confidence: 0.9375)
        phase.becameInterval = 120.5
        phase.meanSpeed = 6.125
        phase.maxSpeed = 7.25
        phase.meanHeartRate = 161.5
        phase.peakHeartRate = 178.5
        phase.cadence = 184.5
        phase.distance = 427.5
        return phase
    }

    static func sprint(_ index: Int = 1) -> AnalysisDocument.Sprint {
        var sprint = AnalysisDocument.Sprint(
            index: index, start: 60.5 * Double(index), end: 90.5, onTarget: true, timeOnTarget: 28.25)
        sprint.effort = 0.8125
        sprint.effortBasis = .heartRate
        sprint.target = 0.8
        sprint.rest = 90.5
        sprint.externalEffort = 0.75
        sprint.internalEffort = 0.8125
        sprint.heartRateReserve = 0.6875
        sprint.meanSpeed = 6.125
        sprint.maxSpeed = 7.25
        sprint.peakHeartRate = 178.5
        sprint.recovery30 = 12.5
        sprint.recovery60 = 31.5
        sprint.recovery90 = -2.5
        return sprint
    }

    static var sensor: SensorStatus {
        var sensor = SensorStatus(id: "ant:120:16815", transport: .ant, state: .connected)
        sensor.kind = "heart_rate"
        sensor.name = "Strap \"1\"\u{1B}[2J\n"
        sensor.athlete = "Ada"
        sensor.signal = -61
        sensor.battery = 68
        sensor.batteryState = "good"
        sensor.silence = 0.25
        return sensor
    }

    static var status: StatusMessage {
        var status = StatusMessage(
            time: "2026-11-23T11:00:00Z", uptime: 12.5, storage: .memory, frames: 42, droppedFrames: 1)
        var ada = AthleteStatus(name: "Ada", target: 0.8)
        ada.maxSpeed = .init(value: 8.125, basis: .measured)
        ada.maxHeartRate = .init(value: 189.5, basis: .observed, origin: "20261101T110000Z-ada")
        var session = SessionStatus(id: "20261123T110000Z-ada", start: "2026-11-23T11:00:00Z", elapsed: 312.25)
        session.plan = "sprint-5x30-90"
        var open = phase(3)
        open.end = open.start
        session.phases = [phase(), open]
        session.hasOpenPhase = true
        session.sprints = [sprint()]
        session.intervals = [sprint(2)]
        session.omittedPhases = 3
        ada.session = session
        status.athletes = [ada, AthleteStatus(name: nil, target: 0.9)]
        status.sensors = [sensor, SensorStatus(id: "ble:C4:12:F5:00:A0:01", transport: .bluetooth, state: .searching)]
        status.devices = [
            DeviceStatus(name: "USB 1-2", kind: .stick, state: .failed, message: "held by Garmin Express")
        ]
        return status
    }

    static var now: NowMessage {
        var now = NowMessage(athlete: "Ada", time: 312.25, target: 0.8)
        now.phase = .init(kind: .sprint, start: 311)
        now.speed = 6.125
        now.heartRate = 171.5
        now.cadence = 184.5
        now.effort = 0.875
        now.isOnTarget = true
        now.step = .init(
            index: 2, of: 12, kind: .sprint, elapsed: 1.25, planned: 30, left: 28.75, repetition: 1, repetitions: 5,
            isComplete: false)
        now.next = .init(kind: .recovery, planned: 90)
        return now
    }

    static var session: SessionMessage {
        var session = SessionMessage(.stored, athlete: "Ada", id: "20261123T110000Z-ada")
        session.start = "2026-11-23T11:00:00Z"
        session.duration = 1218
        session.folder = "/var/lib/sprintd/sessions/20261123T110000Z-ada"
        return session
    }

    static var messages: [SocketMessage] {
        var open = phase()
        open.end = open.start
        return [
            .version(program: "sprintd 0.1.0", protocolName: SocketLimits.protocolName), .status(status),
            .status(StatusMessage(time: "", uptime: 0, storage: .disk, frames: 0, droppedFrames: 0)),
            .sensors([sensor]), .sensors([]), .session(session),
            .session(SessionMessage(.started, athlete: nil, id: "x")),
            .phase(PhaseMessage(.ended, athlete: "Ada", phase: phase())),
            .phase(PhaseMessage(.began, athlete: nil, phase: open)),
            .phase(PhaseMessage(.relabelled, athlete: nil, phase: open)),
            .sprint(SprintMessage(athlete: "Ada", kind: .interval, isFinal: true, sprint: sprint())),
            .now(now), .now(NowMessage(athlete: nil, time: 0, target: 0.8)),
            .notice(device: "USB 1-2", message: "gone"),
            .notice(device: nil, message: ""), .trouble("disk full"), .configuration(.refused, message: "line 3"),
            .configuration(.reloaded, message: nil), .done(command: "watch"), .error(command: nil, message: "no JSON"),
            .bye(.tooSlow),
        ]
    }
}
