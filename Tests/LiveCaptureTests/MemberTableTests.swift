// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import Scoring
import Testing

@Suite struct MemberTableTests {
    private let strap: SensorID
    private let pod: SensorID

    init() throws {
        strap = try #require(SensorID("ant:120:1"))
        pod = try #require(SensorID("ant:124:2"))
    }

    private static func member(_ name: String?, _ sensors: [SensorID] = [], speed: Double? = nil) -> LivePipeline.Member
    {
        var athlete = Athlete()
        athlete.name = name
        athlete.sensors = sensors
        athlete.maxSpeed = speed
        return LivePipeline.Member(athlete: athlete)
    }

    private func names(_ table: MemberTable) -> [String?] { table.present.map { $0?.athlete.name } }

    @Test func withoutASessionWhatIsNewHoldsAtOnce() {
        var table = MemberTable([Self.member("Ada", [strap]), Self.member("Bob")])
        let waiting = table.replace([Self.member("Bob", [pod]), Self.member("Ada", speed: 8)]) { _ in false }
        #expect(waiting.isEmpty)
        // The numbers stay.
        #expect(names(table) == ["Ada", "Bob"])
        #expect(table.members[0].athlete.maxSpeed == 8)
        #expect(table.owners == [pod: [1]])
        #expect(table.unbound == [0])
    }

    @Test func aRunningSessionKeepsWhatItBeganWith() {
        var table = MemberTable([Self.member("Ada", [strap])])
        let waiting = table.replace([Self.member("Ada", [pod])]) { _ in true }
        #expect(waiting == [0])
        #expect(table.owners == [strap: [0]])
        var hasChanged = table.endSession(of: 0)
        #expect(hasChanged)
        #expect(table.owners == [pod: [0]])
        hasChanged = table.endSession(of: 0)
        #expect(!hasChanged)
    }

    @Test func whatIsTakenBackDuringASessionChangesNothing() {
        let ada = Self.member("Ada", [strap])
        var table = MemberTable([ada])
        var waiting = table.replace([Self.member("Ada", [pod])]) { _ in true }
        #expect(waiting == [0])
        waiting = table.replace([ada]) { _ in true }
        #expect(waiting == [])
        let hasChanged = table.endSession(of: 0)
        #expect(!hasChanged)
        #expect(table.owners == [strap: [0]])
    }

    @Test func whoIsNoLongerNamedStaysUntilTheSessionEnds() {
        var table = MemberTable([Self.member("Ada", [strap]), Self.member("Bob", [pod])])
        var waiting = table.replace([Self.member("Eve", [strap])]) { $0 == 0 }
        #expect(waiting == [0])
        // Eve takes the place that Bob has left.
        #expect(names(table) == ["Ada", "Eve"])
        #expect(table.owners == [strap: [0, 1]])
        let hasChanged = table.endSession(of: 0)
        #expect(hasChanged)
        #expect(names(table) == [nil, "Eve"])
        #expect(!table.isActive(0) && table.isActive(1) && !table.isActive(2))
        waiting = table.replace([Self.member("Eve"), Self.member("Ada"), Self.member("Bob")]) { _ in false }
        #expect(waiting.isEmpty)
        #expect(names(table) == ["Ada", "Eve", "Bob"])
    }

    @Test func twoWithoutANameAreTwo() {
        var table = MemberTable([Self.member(nil, [strap]), Self.member(nil, [pod])])
        let waiting = table.replace([Self.member(nil), Self.member(nil, speed: 8)]) { _ in false }
        #expect(waiting.isEmpty)
        #expect(table.members.map(\.athlete.maxSpeed) == [nil, 8])
    }

    /// A sensor that hides behind ever new addresses is learned for as long as it runs, and takes nobody's place who still speaks.
    @Test func whatTellsItsNameUnderEverNewAddressesIsAlwaysLearned() throws {
        var member = Self.member("Ada", [strap])
        member.athlete.sensorNames = [try #require(SensorName("ble:name:Hides"))]
        var pod = Self.member("Bob")
        pod.athlete.sensorNames = [try #require(SensorName("ble:name:Stays"))]
        var table = MemberTable([member, pod])
        let stays = SensorID.bluetooth(address: 1)
        let first = SensorID.bluetooth(address: 1000)
        var learned = table.learn(stays, "Stays")
        #expect(learned == [1])
        for address in UInt64(1000)..<2000 {
            learned = table.learn(.bluetooth(address: address), "Hides")
            #expect(learned == [0])
            learned = table.learn(stays, "Stays")
            #expect(learned == [])
            learned = table.learn(.bluetooth(address: 5), "Nobody's")
            #expect(learned == [])
        }
        #expect(table.owners[stays] == [1] && table.owners[strap] == [0])
        #expect(table.owners[.bluetooth(address: 1999)] == [0])
        // The oldest are forgotten, so that nothing grows.
        #expect(table.owners[first] == nil)
        #expect(table.owners.count == 257)
    }
}
