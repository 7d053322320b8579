// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// What one sensor can be the source of, each chosen apart from the others.
enum Channel: Int, CaseIterable {
    case heartRate
    case interval
    case speed
    case cadence
    case distance
    /// Not chosen, only watched for gaps: any heart-rate reading, any stride reading.
    case heartRatePresence
    case stridePresence

    var kind: SensorKind {
        switch self {
        case .heartRate, .interval, .heartRatePresence: .heartRate
        case .speed, .cadence, .distance, .stridePresence: .footpod
        }
    }
}

/// What fusion keeps of one sensor, apart from what it computes with.
struct SensorState {
    /// Radios that one device may have one of each of.
    enum Radio: UInt8 {
        case ant
        case bluetooth
        case none
    }

    let id: SensorID
    let radio: Radio
    let limits: Liveness.Limits
    /// Position in the athlete's order: the lower is preferred. Meaningless for what is not owned.
    var rank: Int
    /// Whether it is the athlete's own, for each kind.
    var ownsHeartRate: Bool
    var ownsStride: Bool
    var battery: UInt8?
    /// The sensor that is the same device and was adopted first.
    var sameAs: Int?
    /// Of an ANT sensor: the Bluetooth sensor that tells the same serial number.
    var proven: Int?
    /// Of a Bluetooth sensor: the ANT number in its name.
    var hinted: Int?
    var firstSeen: Int64?
    var lastSeen: Int64 = 0

    init(id: SensorID, owned: Bool, rank: Int, configuration: FusionConfiguration) {
        self.id = id
        self.rank = rank
        ownsHeartRate = owned
        ownsStride = owned
        let freshness = configuration.freshness
        let highest = Self.nanoseconds(freshness.limit)
        let lowest: Int64
        let initial: Int64
        switch id {
        case .ant:
            radio = .ant
            lowest = Self.nanoseconds(freshness.ant)
            initial = lowest
        case .bluetooth, .bluetoothConnection:
            radio = .bluetooth
            lowest = Self.nanoseconds(freshness.bluetooth)
            initial = lowest
        case .file:
            radio = .none
            lowest = Self.nanoseconds(freshness.file)
            initial = highest
        }
        limits = Liveness.Limits(
            lowest: min(lowest, highest), highest: highest, initial: min(initial, highest))
    }

    @inline(__always)
    mutating func see(at now: Int64) {
        if firstSeen == nil { firstSeen = now }
        lastSeen = now
    }

    func owns(_ kind: SensorKind) -> Bool {
        switch kind {
        case .heartRate: ownsHeartRate
        case .footpod: ownsStride
        }
    }

    static func nanoseconds(_ seconds: Double) -> Int64 {
        max(0, Timestamp(seconds: seconds).nanoseconds)
    }

    /// One number per identity, so that finding a sensor compares words.
    static func key(_ id: SensorID) -> UInt64 {
        switch id {
        case .ant(let deviceType, let number): 1 << 60 | UInt64(deviceType) << 32 | UInt64(number)
        case .bluetooth(let address): 2 << 60 | address & 0xFFFF_FFFF_FFFF
        case .bluetoothConnection(let adapter, let handle):
            3 << 60 | UInt64(adapter) << 16 | UInt64(handle)
        case .file(let kind): 4 << 60 | UInt64(kind.rawValue)
        }
    }
}
