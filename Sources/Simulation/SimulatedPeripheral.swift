// SPDX-License-Identifier: GPL-3.0-or-later

/// A simulated Bluetooth LE sensor as a host meets it: what it advertises, and how its ATT server answers.
package struct SimulatedPeripheral: Sendable {
    /// 48 bits, most significant byte first; a static random address.
    package let address: UInt64
    /// Of its connection in the session's frames.
    package let handle: UInt16
    /// Flags, the service's UUID and the name: at most 31 bytes.
    package let advertisement: [UInt8]
    /// dBm.
    package let strength: Int8
    /// The ATT_MTU that it offers.
    package let mtu: Int
    private let table: AttributeTable

    init(_ device: BluetoothDevice) {
        address = device.address
        handle = device.handle
        strength = device.strength
        mtu = device.mtu
        table = device.table
        advertisement = device.advertisement
    }

    /// The ATT server's answer to a request; to a command there is none.
    ///
    /// - Parameter request: an ATT PDU.
    package func answer(to request: [UInt8]) -> [UInt8] { table.answer(to: request, mtu: mtu) }
}
