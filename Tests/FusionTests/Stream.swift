// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

@testable import Fusion

/// Feeds samples written in seconds and keeps what comes out.
struct Stream {
    var fusion: Fusion
    var out: [FusedSample] = []
    var intervals: [RRInterval] = []

    init(_ configuration: FusionConfiguration = FusionConfiguration()) {
        fusion = Fusion(configuration: configuration)
    }

    mutating func send(_ seconds: Double, _ sensor: SensorID, _ reading: Reading) {
        send(Sample(time: Timestamp(seconds: seconds), sensor: sensor, reading: reading))
    }

    mutating func send(_ sample: Sample) {
        var emitted: [FusedSample] = []
        var told: [RRInterval] = []
        fusion.ingest(
            sample, emit: { emitted.append($0) }, emitInterval: { told.append($1) })
        out += emitted
        intervals += told
    }

    mutating func heart(
        _ seconds: Double, _ bpm: Double?, _ sensor: SensorID = .strap, contact: Bool? = nil
    ) {
        send(
            seconds, sensor,
            .heartRate(HeartRateReading(beatsPerMinute: bpm, skinContact: contact)))
    }

    mutating func run(
        _ seconds: Double, speed: Double? = nil, cadence: Double? = nil,
        as convention: Cadence.Convention = .steps, distance: Double? = nil, aged age: Float? = nil,
        _ sensor: SensorID = .pod
    ) {
        send(
            seconds, sensor,
            .stride(
                StrideReading(
                    speed: speed,
                    cadence: cadence.map { Cadence(perMinute: $0, convention: convention) },
                    distance: distance, distanceAge: age)))
    }

    mutating func beat(
        _ seconds: Double, _ ticks: UInt16, _ sensor: SensorID = .strap, gap: Bool = false
    ) {
        send(seconds, sensor, .rrInterval(RRInterval(ticks: ticks, followsGap: gap)))
    }

    /// The values of the samples that brought the field.
    func brought<Value>(
        _ field: FusedSample.Fields, _ value: (FusedSample) -> Value
    ) -> [Value] {
        out.filter { $0.updated.contains(field) }.map(value)
    }

    /// How many of the heart rates that came were marked.
    var markedHeartRates: Int {
        out.count { $0.updated.contains(.heartRate) && $0.doubts.contains(.heartRateArtefact) }
    }

    var markedSpeeds: Int {
        out.count { $0.updated.contains(.speed) && $0.doubts.contains(.speedOutlier) }
    }
}

extension SensorID {
    static let strap = SensorID.ant(deviceType: 120, number: 16815)
    static let strapByBluetooth = SensorID.bluetooth(address: 0xC412_F500_A001)
    static let otherStrap = SensorID.ant(deviceType: 120, number: 777)
    static let otherByBluetooth = SensorID.bluetooth(address: 0xC412_F500_B002)
    static let pod = SensorID.ant(deviceType: 124, number: 31)
    static let podByBluetooth = SensorID.bluetooth(address: 0xD000_0000_0001)
}
