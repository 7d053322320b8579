// SPDX-License-Identifier: GPL-3.0-or-later

/// One Bluetooth LE sensor and its connection.
struct BluetoothDevice: Sendable {
    let athlete: Int
    let isStrap: Bool
    /// 48 bits, most significant byte first; a static random address (two upper bits set).
    let address: UInt64
    let handle: UInt16
    /// The connection interval in 1.25 ms.
    let interval: UInt16
    /// The ATT_MTU this server offers; the smaller of it and the client's 185 holds.
    let mtu: Int
    let name: [UInt8]
    /// dBm.
    let strength: Int8
    let table: AttributeTable
    var record: SensorRecord
    var random: SplitMix64

    /// Notifications before this time (s) are not sent: the connection is not up.
    var connectedFrom = Double.infinity
    private var nextMeasurement: Double
    private var nextBattery = Double.infinity
    private let period: Double
    private let sayContact: Bool
    private let sayEnergy: Bool
    private let sayStrideLength: Bool
    private let sayDistance: Bool
    private let strides: Bool
    private let measurementHandle: UInt16
    private let batteryHandle: UInt16
    private let age: Double
    /// The last beat whose interval was sent or lost.
    private var beatsSent = 0
    private var measurements = 0

    /// The measurement characteristic's UUID.
    var measurement: UInt16 { isStrap ? 0x2A37 : 0x2A53 }

    init(
        athlete: Int, isStrap: Bool, address: UInt64, handle: UInt16, record: SensorRecord,
        _ configuration: SimulatedSession.Configuration
    ) {
        var random = SplitMix64(seed: configuration.seed, stream: isStrap ? 0x424C_4501 : 0x424C_4502, index: athlete)
        self.athlete = athlete
        self.isStrap = isStrap
        self.address = address
        self.handle = handle
        self.record = record
        interval = UInt16(24 + random.integer(below: 17))
        mtu = random.chance(0.5) ? 23 : 65
        let digits = String(address & 0xFFFF, radix: 16, uppercase: true)
        name = Array((isStrap ? "Strap " : "Pod ").utf8) + Array(digits.utf8)
        strength = Int8(-50 - random.integer(below: 35))
        period = 1 + random.uniform(-60...60) * 1e-6
        sayContact = random.chance(0.7)
        sayEnergy = random.chance(0.3)
        sayStrideLength = random.chance(0.5)
        sayDistance = random.chance(0.5)
        strides = configuration.rscCadenceIsStrides
        age = random.uniform(0...2_000_000)
        nextMeasurement = random.uniform()

        var table = AttributeTable()
        table.addService(0x1800)
        table.addCharacteristic(0x2A00, value: name)
        table.addCharacteristic(0x2A01, value: isStrap ? [0x41, 0x03] : [0x41, 0x04])
        table.addService(isStrap ? 0x180D : 0x1814, gap: 10)
        table.addCharacteristic(isStrap ? 0x2A37 : 0x2A53, value: [], notifies: true, reads: false)
        if isStrap {
            // Body location: chest.
            table.addCharacteristic(0x2A38, value: [0x01])
        } else {
            let features: UInt8 = (sayStrideLength ? 1 : 0) | (sayDistance ? 2 : 0) | 4
            table.addCharacteristic(0x2A54, value: [features, 0x00])
        }
        table.addService(0x180F, gap: 4)
        table.addCharacteristic(0x2A19, value: [ANTDevice.battery(after: age)], notifies: true)
        table.addService(0x180A, gap: 4)
        table.addCharacteristic(0x2A29, value: Array("Simulated".utf8))
        self.table = table
        measurementHandle = table.handle(of: isStrap ? 0x2A37 : 0x2A53)
        batteryHandle = table.handle(of: 0x2A19)
        self.random = random
    }

    /// What it advertises: flags, complete list of 16-bit UUIDs, complete local name; at most 31 bytes.
    ///
    /// Source: Bluetooth Core Specification Supplement, Part A.
    var advertisement: [UInt8] {
        var bytes: [UInt8] = [0x02, 0x01, 0x06, 0x03, 0x03]
        bytes.append16(isStrap ? 0x180D : 0x1814)
        return bytes + [UInt8(truncatingIfNeeded: name.count + 1), 0x09] + name
    }

    /// When the sensor next has something to say, s.
    var due: Double { min(nextMeasurement, nextBattery) }

    /// - Parameter time: when notifications begin, s.
    mutating func connected(from time: Double) {
        connectedFrom = time
        nextBattery = time + 300
    }

    var batteryIsDue: Bool { nextBattery < nextMeasurement }

    mutating func advance() {
        if batteryIsDue {
            nextBattery += 300
        } else {
            nextMeasurement += period
        }
    }

    /// Seconds until the next connection event carries what is due.
    mutating func wait() -> Double {
        random.uniform() * Double(interval) * 0.00125
    }

    /// Intervals measured so far go nowhere.
    mutating func forget(_ strap: StrapSensor) {
        beatsSent = strap.beats
    }

    private func begin(_ bytes: inout [UInt8], _ valueHandle: UInt16) {
        bytes.append16(handle | 0x2000)
        bytes.append32(0)
        bytes.append16(0x0004)
        bytes.append(0x1B)
        bytes.append16(valueHandle)
    }

    /// Fills in the two lengths of ``begin(_:_:)``.
    private func end(_ bytes: inout [UInt8]) {
        let message = bytes.count - 8
        bytes[2] = UInt8(truncatingIfNeeded: message + 4)
        bytes[4] = UInt8(truncatingIfNeeded: message)
    }

    /// Battery Level, in percent.
    func writeBattery(_ bytes: inout [UInt8], at time: Double) {
        begin(&bytes, batteryHandle)
        bytes.append(ANTDevice.battery(after: age + max(0, time)))
        end(&bytes)
    }

    /// Heart Rate Measurement.
    ///
    /// Source: Bluetooth GATT Specification Supplement, "Heart Rate Measurement".
    mutating func write(_ bytes: inout [UInt8], _ strap: StrapSensor) {
        measurements += 1
        begin(&bytes, measurementHandle)
        // The first beat ever ends no interval.
        let first = max(beatsSent + 1, strap.beats - 8, 2)
        let hasIntervals = first <= strap.beats
        let hasEnergy = sayEnergy && measurements % 10 == 1
        var flags: UInt8 = hasIntervals ? 0x10 : 0
        if hasEnergy { flags |= 0x08 }
        if sayContact { flags |= strap.feelsSkin ? 0x06 : 0x04 }
        bytes.append(flags)
        bytes.append(strap.computedRate)
        // About 0.2 kJ a second.
        if hasEnergy { bytes.append16(UInt16(clamping: measurements / 5)) }
        if hasIntervals {
            for beat in first...strap.beats { bytes.append16(strap.interval(endingWith: beat)) }
        }
        beatsSent = strap.beats
        end(&bytes)
    }

    /// RSC Measurement.
    ///
    /// Source: Bluetooth GATT Specification Supplement, "RSC Measurement".
    mutating func write(_ bytes: inout [UInt8], _ pod: inout FootpodSensor) {
        measurements += 1
        begin(&bytes, measurementHandle)
        let speed = pod.spokenSpeed(messagesPerSecond: 1)
        var flags: UInt8 = speed > 2.05 ? 0x04 : 0
        if sayStrideLength { flags |= 0x01 }
        if sayDistance { flags |= 0x02 }
        bytes.append(flags)
        bytes.append16(UInt16(clamped((speed * 256).rounded(), 0...65_535)))
        bytes.append(UInt8(clamped((pod.cadence * (strides ? 1 : 2)).rounded(), 0...255)))
        if sayStrideLength {
            let length = pod.cadence > 1 ? pod.speed * 60 / pod.cadence : 0
            bytes.append16(UInt16(clamped((length * 100).rounded(), 0...65_535)))
        }
        if sayDistance {
            let decimetres = UInt64(clamped((pod.distance * 10).rounded(.down), 0...1e18))
            bytes.append32(UInt32(truncatingIfNeeded: decimetres))
        }
        end(&bytes)
    }
}
