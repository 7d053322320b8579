// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// `sprintctl scan` and `sensors`, the programs as they are, among Bluetooth sensors.
@Suite(.serialized, .enabled(if: World.isPossible, "the fake kernel (libFakeBluetooth.so) was not built"))
struct SensorCommandTests {
    private static let address: UInt64 = 0xC412_F500_A001
    /// Resolvable: its first two bits are 01.
    private static let passing: UInt64 = 0x5A12_F500_A002

    private func world() throws -> (world: World, strap: FakePeripheral, pod: FakePeripheral) {
        let world = try World()
        let strap = world.add(.strap, Self.address, name: "Strap 1")
        let pod = world.add(.pod, Self.passing, name: "Pod \"2\"")
        strap.period = 0.05
        pod.period = 0.05
        return (world, strap, pod)
    }

    private func objects(_ world: World) throws -> [[String: Any]] {
        try world.lines.filter { $0.hasPrefix("{") }.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func scanShowsWhoIsThereAndConnectsNobody() throws {
        let (world, strap, pod) = try world()
        world.launchSprintctl("scan", "--bluetooth", "--seconds", "3", "--format", "json")
        #expect(world.waitForEnd() == 0)
        let objects = try objects(world)
        #expect(objects.compactMap { $0["id"] as? String } == ["ble:5A:12:F5:00:A0:02", "ble:C4:12:F5:00:A0:01"])
        #expect(objects.compactMap { $0["name"] as? String } == ["Pod \"2\"", "Strap 1"])
        #expect(objects.compactMap { $0["kinds"] as? [String] } == [["footpod"], ["heart rate"]])
        // 0xC4 is -60.
        #expect(objects.compactMap { $0["signal_dbm"] as? Int } == [-60, -60])
        #expect(objects.allSatisfy { $0["radio"] as? String == "bluetooth" && $0["hr_bpm"] is NSNull })
        #expect(strap.connections + pod.connections == 0)
        #expect(!world.controllers[0].isScanning)
    }

    @Test func scanIsATableForPeople() throws {
        let (world, _, _) = try world()
        world.launchSprintctl("scan", "--bluetooth", "--seconds", "3")
        #expect(world.waitForEnd() == 0)
        #expect(world.lines.first?.split(separator: " ").prefix(5) == ["radio", "sensor", "name", "kind", "signal"])
        #expect(world.lines.last?.hasPrefix("Bluetooth  ble:C4:12:F5:00:A0:01  Strap 1  heart rate  -60 dBm") == true)
    }

    @Test func sensorsAreAskedAndLetGoOf() throws {
        let (world, strap, pod) = try world()
        world.launchSprintctl("sensors", "--bluetooth", "--seconds", "4")
        #expect(world.waitForEnd() == 0)
        for line in [
            "ble:C4:12:F5:00:A0:01  heart rate", "  name: Strap 1", "  now: 120 bpm", "  battery: 95 %",
            "  worn at: chest",
            "  manufacturer: A maker with a name longer than one PDU",
        ] {
            #expect(world.lines.contains(line), "\(line) of \(world.lines)")
        }
        // An address that changes is no good in a file; the name is.
        #expect(world.lines.last == #"sensors = ["ble:name:Pod \"2\"", "ble:C4:12:F5:00:A0:01"]"#)
        #expect(strap.connections == 1)
        #expect(world.play { !strap.isConnected && !pod.isConnected })
    }

    @Test func whatIsMissingIsSaidForThisProgram() throws {
        let (world, _, _) = try world()
        world.set("noraw", true)
        world.launchSprintctl("scan", "--bluetooth", "--seconds", "1")
        #expect(world.waitForEnd() == 69)
        #expect(
            world.lines.last == "sprintctl: no permission to scan with Bluetooth adapter hci0; try: "
                + #"sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v sprintctl)"; sprintctl doctor tells more"#)
    }

    @Test func withoutAnAdapterThatIsSaid() throws {
        let world = try World(adapters: 0)
        world.launchSprintctl("scan", "--bluetooth", "--seconds", "1")
        #expect(world.waitForEnd() == 69)
        #expect(world.lines.last?.hasPrefix("sprintctl: there is no Bluetooth adapter; try: ") == true)
    }

    /// Whatever there is of ANT+ on this machine, Bluetooth works without it.
    @Test func oneRadioIsEnough() throws {
        let (world, _, _) = try world()
        world.launchSprintctl("scan", "--seconds", "3")
        #expect(world.waitForEnd() == 0)
        #expect(world.lines.contains { $0.hasPrefix("Bluetooth  ble:C4:12:F5:00:A0:01") })
    }
}
