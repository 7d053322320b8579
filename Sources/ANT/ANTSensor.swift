// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What is fixed about a kind of sensor.
package struct ANTProfile: Sendable {
    /// The ANT+ device type.
    package var deviceType: UInt8
    /// In words.
    package var name: StaticString
    /// Between two messages, in 1/32768 s.
    package var period: UInt16

    package init(deviceType: UInt8, name: StaticString, period: UInt16) {
        self.deviceType = deviceType
        self.name = name
        self.period = period
    }
}

/// The decoder of one sensor of one kind: pages in, samples out.
package protocol ANTSensor: Sendable, BitwiseCopyable {
    static var profile: ANTProfile { get }

    /// A page in words, for inspection.
    static func summary(of page: ANTPage) -> String

    init(sensor: SensorID)

    /// - Parameters:
    ///   - time: when the page arrived, by the recording's clock.
    ///   - output: gets the samples, and everything else.
    mutating func receive(_ page: ANTPage, at time: Timestamp, into output: inout ANTOutput)
}

extension ANTSensor {
    /// As ``receive(_:at:into:)``, the samples as events too.
    package mutating func receive(_ page: ANTPage, at time: Timestamp, emit: (ANTEvent) -> Void) {
        var output = ANTOutput()
        receive(page, at: time, into: &output)
        output.forEach(sample: { emit(.sample($0)) }, event: emit)
    }
}

/// Every kind of sensor that is understood. To add one, write its ``ANTSensor`` and add a line here.
package typealias KnownSensor =
    OneOf<
        HeartRateMonitor,
        OneOf<
            StrideSensor,
            NoSensor
        >
    >

/// A sensor of one of several kinds, chosen by device type.
///
/// The list of kinds is a type, so that the compiler makes a plain struct with direct calls of it: nothing is boxed or
/// looked up.
package protocol ANTSensorChoice: Sendable, BitwiseCopyable {
    /// - Returns: `nil` when no kind has this device type.
    init?(deviceType: UInt8, sensor: SensorID)
    /// One that only takes its place beside the kind that was chosen.
    init(unused sensor: SensorID)
    /// As ``ANTSensor/receive(_:at:into:)``.
    mutating func receive(_ page: ANTPage, at time: Timestamp, into output: inout ANTOutput)
    /// The first profile that `condition` holds for.
    static func profile(where condition: (ANTProfile) -> Bool) -> ANTProfile?
    static func summary(of page: ANTPage, deviceType: UInt8) -> String?
}

extension ANTSensorChoice {
    /// As ``ANTSensor/receive(_:at:emit:)``.
    package mutating func receive(_ page: ANTPage, at time: Timestamp, emit: (ANTEvent) -> Void) {
        var output = ANTOutput()
        receive(page, at: time, into: &output)
        output.forEach(sample: { emit(.sample($0)) }, event: emit)
    }
}

package struct OneOf<First: ANTSensor, Rest: ANTSensorChoice>: ANTSensorChoice {
    // Only one of the two is used. No enum and no optionals: what they carry is copied to be changed, and sensors are
    // hundreds of bytes.
    private let isFirst: Bool
    private var first: First
    private var rest: Rest

    package init?(deviceType: UInt8, sensor: SensorID) {
        first = First(sensor: sensor)
        if deviceType == First.profile.deviceType {
            isFirst = true
            rest = Rest(unused: sensor)
        } else if let chosen = Rest(deviceType: deviceType, sensor: sensor) {
            isFirst = false
            rest = chosen
        } else {
            return nil
        }
    }

    package init(unused sensor: SensorID) {
        isFirst = true
        first = First(sensor: sensor)
        rest = Rest(unused: sensor)
    }

    @inline(__always)
    package mutating func receive(
        _ page: ANTPage, at time: Timestamp, into output: inout ANTOutput
    ) {
        if isFirst {
            first.receive(page, at: time, into: &output)
        } else {
            rest.receive(page, at: time, into: &output)
        }
    }

    package static func profile(where condition: (ANTProfile) -> Bool) -> ANTProfile? {
        condition(First.profile) ? First.profile : Rest.profile(where: condition)
    }

    package static func summary(of page: ANTPage, deviceType: UInt8) -> String? {
        deviceType == First.profile.deviceType
            ? First.summary(of: page) : Rest.summary(of: page, deviceType: deviceType)
    }
}

/// The end of a list of kinds.
package struct NoSensor: ANTSensorChoice {
    package init?(deviceType: UInt8, sensor: SensorID) { return nil }
    package init(unused sensor: SensorID) {}
    package mutating func receive(
        _ page: ANTPage, at time: Timestamp, into output: inout ANTOutput
    ) {}
    package static func profile(where condition: (ANTProfile) -> Bool) -> ANTProfile? { nil }
    package static func summary(of page: ANTPage, deviceType: UInt8) -> String? { nil }
}
