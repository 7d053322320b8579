// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import Scoring
import Testing

@Suite struct MemberTableTests {
    private static let strap = SensorID("ant:120:1")!
    private static let pod = SensorID("ant:124:2")!

    private static func member(_ name: String?, _ sensors: [SensorID] = [], speed: Double? = nil) -> LivePipeline.Member {
        var athlete = Athlete()
        athlete.name = name
        athlete.sensors = sensors
        athlete.maxSpeed = speed
        return LivePipeline.Member(athlete: athlete)
    }

    private func names(_ table: MemberTable) -> [String?] { table.present.map { $0?.athlete.name } }

    @Test func withoutASessionWhatIsNewHoldsAtOnce() {
        var table = MemberTable([Self.member("Ada", [Self.strap]), Self.member("Bob")])
        let waiting = table.replace([Self.member("Bob", [Self.pod]), Self.member("Ada", speed: 8)]) { _ in false }
        #expect(waiting.isEmpty)
        // The numbers stay.
        #expect(names(table) == ["Ada", "Bob"])
        #expect(table.members[0].athlete.maxSpeed == 8)
        #expect(table.owners == [Self.pod: [1]])
        #expect(table.unbound == [0])
    }

    @Test func aRunningSessionKeepsWhatItBeganWith() {
        var table = MemberTable([Self.member("Ada", [Self.strap])])
        let waiting = table.replace([Self.member("Ada", [Self.pod])]) { _ in true }
        #expect(waiting == [0])
        #expect(table.owners == [Self.strap: [0]])
        var hasChanged = table.endSession(of: 0)
        #expect(hasChanged)
        #expect(table.owners == [Self.pod: [0]])
        hasChanged = table.endSession(of: 0)
        #expect(!hasChanged)
    }

    @Test func whatIsTakenBackDuringASessionChangesNothing() {
        let ada = Self.member("Ada", [Self.strap])
        var table = MemberTable([ada])
        var waiting = table.replace([Self.member("Ada", [Self.pod])]) { _ in true }
        #expect(waiting == [0])
        waiting = table.replace([ada]) { _ in true }
        #expect(waiting == [])
        let hasChanged = table.endSession(of: 0)
        #expect(!hasChanged)
        #expect(table.owners == [Self.strap: [0]])
    }

    @Test func whoIsNoLongerNamedStaysUntilTheSessionEnds() {
        var table = MemberTable([Self.member("Ada", [Self.strap]), Self.member("Bob", [Self.pod])])
        var waiting = table.replace([Self.member("Eve", [Self.strap])]) { $0 == 0 }
        #expect(waiting == [0])
        // Eve takes the place that Bob has left.
        #expect(names(table) == ["Ada", "Eve"])
        #expect(table.owners == [Self.strap: [0, 1]])
        let hasChanged = table.endSession(of: 0)
        #expect(hasChanged)
        #expect(names(table) == [nil, "Eve"])
        #expect(!table.isActive(0) && table.isActive(1) && !table.isActive(2))
        waiting = table.replace([Self.member("Eve"), Self.member("Ada"), Self.member("Bob")]) { _ in false }
        #expect(waiting.isEmpty)
        #expect(names(table) == ["Ada", "Eve", "Bob"])
    }

    @Test func twoWithoutANameAreTwo() {
        var table = MemberTable([Self.member(nil, [Self.strap]), Self.member(nil, [Self.pod])])
        let waiting = table.replace([Self.member(nil), Self.member(nil, speed: 8)]) { _ in false }
        #expect(waiting.isEmpty)
        #expect(table.members.map(\.athlete.maxSpeed) == [nil, 8])
    }
}
