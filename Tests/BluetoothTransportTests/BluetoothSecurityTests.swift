// SPDX-License-Identifier: GPL-3.0-or-later
import GATT
import Measurement
import TestSupport
import Testing

/// Sensors that show nothing before the link is encrypted.
@Suite(.serialized, .enabled(if: World.isPossible, "the fake kernel (libFakeBluetooth.so) was not built"))
struct BluetoothSecurityTests {
    private static let address: UInt64 = 0xC412_F500_A001

    @Test(arguments: [UInt8(2), 3]) func aSensorThatWantsSafetyGetsItWithTheKernelsKey(level: UInt8) throws {
        let world = try World()
        let strap = world.add(.strap, Self.address)
        strap.period = 0.01
        strap.wantedLevel = level
        world.setKey(Int(level), for: strap)
        try world.launch()
        #expect(world.play { world.intervals(strap).count > 5 }, "\(world.notices)")
        #expect(strap.level == level)
        #expect(strap.connections == 1)
        #expect(world.stop() == 0)
    }

    @Test func withoutAKeyItIsSaidHowToGetOneAndThenItWorks() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address)
        strap.period = 0.01
        strap.wantedLevel = 2
        try world.launch()
        let words = "C4:12:F5:00:A0:01 wants to be paired first; try: bluetoothctl pair C4:12:F5:00:A0:01"
        #expect(world.play { world.notices.contains { $0.hasSuffix(words) } }, "\(world.notices)")
        #expect(world.intervals(strap).isEmpty)
        // Somebody pairs it.
        world.setKey(2, for: strap)
        #expect(world.play { world.intervals(strap).count > 5 }, "\(world.notices)")
        #expect(world.notices.count { $0.hasSuffix(words) } == 1)
        #expect(world.stop() == 0)
    }

    /// A key that was made without a person is none where the sensor wants one that was.
    @Test func aKeyThatIsTooWeakIsNoKey() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address)
        strap.wantedLevel = 3
        world.setKey(2, for: strap)
        try world.launch()
        #expect(world.play { world.notices.contains { $0.contains("bluetoothctl pair") } }, "\(world.notices)")
        #expect(world.play { strap.connections > 2 })
        #expect(world.stop() == 0)
    }
}

/// As a user without any privileges, before a kernel that looks at the capabilities that the process really has.
@Suite(
    .serialized,
    .enabled(if: World.canDropRights, "needs root and setpriv, and a build that every user may read"))
struct BluetoothRightsTests {
    private static let address: UInt64 = 0xC412_F500_A001
    private static let remedy = #"sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v sprintd)""#

    @Test func theTwoCapabilitiesThatAreStatedAreEnough() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address)
        strap.period = 0.01
        world.set("hci0.down", true)
        try world.launch(withOnly: ["net_raw", "net_admin"])
        #expect(world.play { world.intervals(strap).count > 5 }, "\(world.notices)")
        #expect(!world.notices.contains { $0.hasPrefix("deviceUnusable") })
        #expect(world.stop() == 0)
    }

    @Test func toScanOneIsEnoughWhereTheAdapterIsOn() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address)
        strap.period = 0.01
        try world.launch(withOnly: ["net_raw"])
        #expect(world.play { world.intervals(strap).count > 5 }, "\(world.notices)")
        #expect(!world.notices.contains { $0.hasPrefix("deviceUnusable") })
        #expect(world.stop() == 0)
    }

    @Test func withoutThemItIsSaidWhichCommandGivesThem() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address)
        try world.launch(withOnly: [])
        let words = "deviceUnusable - no permission to scan with Bluetooth adapter hci0; try: \(Self.remedy)"
        #expect(world.play { world.notices.contains(words) }, "\(world.notices)")
        #expect(strap.connections == 0)
        #expect(world.stop() == 0)
    }

    @Test func toSwitchTheAdapterOnTheOtherIsNeeded() throws {
        let world = try World()
        world.set("hci0.down", true)
        try world.launch(withOnly: ["net_raw"])
        let words = "deviceUnusable - no permission to switch Bluetooth adapter hci0 on; try: \(Self.remedy)"
        #expect(world.play { world.notices.contains(words) }, "\(world.notices)")
        #expect(world.stop() == 0)
    }

    @Test func aBoundSensorNeedsNone() throws {
        let world = try World(adapters: 1, ["--bind", "C4:12:F5:00:A0:01"])
        let strap = world.add(.strap, Self.address)
        strap.period = 0.01
        try world.launch(withOnly: [])
        #expect(world.play { world.intervals(strap).count > 5 }, "\(world.notices)")
        #expect(world.stop() == 0)
    }
}
