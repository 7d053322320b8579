// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// All that is known of the device at the other end of a connection.
struct Peer: Sendable {
    /// `nil` when the recording began after the connection did.
    let address: DeviceAddress?
    let sensor: SensorID
    /// Bonded hosts read it once and never again, so it is kept across connections.
    var database = AttributeDatabase()
    var information = SensorInformation()
    var stream = SensorStream()

    init(address: DeviceAddress) {
        self.address = address
        sensor = .bluetooth(address: address.value)
    }

    init(unknownOn connection: ConnectionID) {
        address = nil
        sensor = .bluetoothConnection(adapter: connection.adapter, handle: connection.handle)
    }
}

/// The devices that were connected or that advertised themselves, and are not connected now. Bounded: who advertises
/// most recently displaces who has been silent longest, and a device that was once connected stays longer.
struct PeerMemory: Sendable {
    static let limit = 256

    private var peers: [Peer] = []
    private var lastUse: [UInt64] = []
    private var clock: UInt64 = 0

    private func position(of address: DeviceAddress) -> Int? {
        for index in peers.indices where peers[index].address == address { return index }
        return nil
    }

    /// Takes a device out, to belong to a connection.
    mutating func take(_ address: DeviceAddress) -> Peer? {
        guard let position = position(of: address) else { return nil }
        let last = peers.count - 1
        peers.swapAt(position, last)
        lastUse.swapAt(position, last)
        lastUse.removeLast()
        return peers.removeLast()
    }

    /// Keeps a device; one without an address cannot be met again.
    mutating func keep(_ peer: Peer, counters: inout GATTCounters) {
        guard let address = peer.address else { return }
        clock &+= 1
        if let position = position(of: address) {
            peers[position] = peer
            lastUse[position] = clock
        } else if peers.count < Self.limit {
            peers.append(peer)
            lastUse.append(clock)
        } else {
            counters.overLimit &+= 1
            var victim = 0
            for index in peers.indices {
                let (isPlain, use) = (peers[index].database.entries.isEmpty, lastUse[index])
                let victimIsPlain = peers[victim].database.entries.isEmpty
                if isPlain != victimIsPlain ? isPlain : use < lastUse[victim] { victim = index }
            }
            peers[victim] = peer
            lastUse[victim] = clock
        }
    }

    /// - Returns: what is known of the device after the advertisement, if that taught something; a stranger that offers
    ///   and says nothing of interest is not kept.
    mutating func learn(
        _ advertisement: borrowing Advertisement, from address: DeviceAddress, counters: inout GATTCounters
    ) -> SensorInformation? {
        if let position = position(of: address) {
            clock &+= 1
            lastUse[position] = clock
            return advertisement.teach(&peers[position].information) ? peers[position].information : nil
        }
        var peer = Peer(address: address)
        guard advertisement.teach(&peer.information) else { return nil }
        keep(peer, counters: &counters)
        return peer.information
    }
}
