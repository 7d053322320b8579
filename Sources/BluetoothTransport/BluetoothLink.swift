// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import Capture
internal import GATT
internal import Measurement

/// One socket to a sensor, from the attempt at it on.
struct BluetoothLink {
    let id: LinkID
    let address: DeviceAddress
    let adapter: UInt16
    let descriptor: Int32
    var client = GATTClient()
    var isConnected = false
    /// PDUs for which the kernel had no room. The protocol has at most a request, a response and a confirmation under way.
    var waiting: [[UInt8]] = []
    /// Everything up to the end of discovery, for captures that begin later.
    var discovery: [(direction: FrameDirection, pdu: [UInt8])] = []
    var discoveryBytes = 0
    var isComplete = false
    var lastValue: Timestamp?
    var isSilent = false
    var saidBatteryLow = false

    static let waitingLimit = 8
    /// Bytes. A strap's discovery has about 600.
    static let discoveryLimit = 16 << 10
    /// Seconds without a value after which a sensor counts as lost though it is connected: measurements come about once a second.
    static let silenceLimit = 10.0

    init(id: LinkID, address: DeviceAddress, adapter: UInt16, descriptor: Int32) {
        self.id = id
        self.address = address
        self.adapter = adapter
        self.descriptor = descriptor
    }

    /// The connection's handle in the capture: 12 bits, of which the topmost 256 values are reserved (Core 5.4, Vol 4 Part E, 5.4.2).
    var handle: UInt16 { UInt16(id.number % 0x0EFF) + 1 }

    var sensor: SensorID { .bluetooth(address: address.value) }

    /// When something has to be looked at though nothing has come.
    var deadline: Timestamp? {
        let silence = isSilent ? nil : lastValue?.advanced(bySeconds: Self.silenceLimit)
        guard let answer = client.deadline else { return silence }
        return silence.map { min($0, answer) } ?? answer
    }

    /// Notes a question or an answer. Values that come unasked belong to their own time.
    mutating func remember(_ direction: FrameDirection, _ pdu: Span<UInt8>) {
        guard !pdu.isEmpty else { return }
        let opcode = ATTOpcode(rawValue: pdu[0])
        if direction == .sent, opcode == .readByGroupTypeRequest, pdu.count >= 3, pdu[1] == 1, pdu[2] == 0 {
            // Discovery begins, perhaps anew: what was found before holds no longer.
            discovery = []
            discoveryBytes = 0
            isComplete = false
        }
        guard !isComplete else { return }
        switch opcode?.role {
        case .request, .response: break
        case .command, .notification, .indication, .confirmation, nil: return
        }
        guard discoveryBytes + pdu.count <= Self.discoveryLimit else { return }
        discoveryBytes += pdu.count
        discovery.append((direction, pdu.indices.map { pdu[$0] }))
    }
}
