// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import GATT
internal import Measurement

/// One socket to a sensor, from the attempt at it on.
struct BluetoothLink {
    let id: LinkID
    let address: DeviceAddress
    let adapter: UInt16
    let descriptor: Int32
    /// The connection's handle in the capture.
    let handle: UInt16
    var client = GATTClient()
    var isConnected = false
    /// The kernel encrypts it, and takes nothing meanwhile.
    var isSecuring = false
    /// PDUs for which the kernel had no room. The protocol has at most a request, a response and a confirmation under way.
    var waiting: [[UInt8]] = []
    var lastValue: Timestamp?
    var isSilent = false
    var saidBatteryLow = false

    static let waitingLimit = 8
    /// Seconds without a value after which a sensor counts as lost though it is connected: measurements come about once a second.
    static let silenceLimit = 10.0

    init(id: LinkID, address: DeviceAddress, adapter: UInt16, descriptor: Int32, handle: UInt16) {
        self.id = id
        self.address = address
        self.adapter = adapter
        self.descriptor = descriptor
        self.handle = handle
    }

    var sensor: SensorID { .bluetooth(address: address.value) }

    /// When something has to be looked at though nothing has come.
    var deadline: Timestamp? {
        let silence = isSilent ? nil : lastValue?.advanced(bySeconds: Self.silenceLimit)
        guard let answer = client.deadline else { return silence }
        return silence.map { min($0, answer) } ?? answer
    }
}
