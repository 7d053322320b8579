// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import SessionStore
import Testing

@testable import SessionIndex

@Suite struct SessionIndexTests {
    let state: String

    init() throws {
        state = FileManager.default.temporaryDirectory.appendingPathComponent("index-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: state + "/sessions", withIntermediateDirectories: true)
    }

    private func clean() { try? FileManager.default.removeItem(atPath: state) }

    private func write(_ name: String, score: Double?, athlete: String = "Ada", mass: String = "61.5") throws {
        let folder = "\(state)/sessions/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard let score else { return }
        let text = """
            {"schema":"sprintd.analysis/1",
             "source":{"kind":"fit","duration_s":600.5},"athlete":{"name":"\(athlete)","mass_kg":\(mass)},
             "phases":[{"distance_m":100.5,"max_speed_mps":6.5,"peak_hr_bpm":170},
                       {"distance_m":50,"max_speed_mps":null,"peak_hr_bpm":181}],
             "sprints":[{"effort":0.75,"effort_basis":"speed","mean_speed_mps":6,"hr_recovery_bpm":{"30":10,"60":20,"90":null}},
                        {"effort":0.85,"effort_basis":"speed","mean_speed_mps":null,"hr_recovery_bpm":{"30":null,"60":30,"90":null}}],
             "score":{"value":\(score),"sprints":2,"on_target":1,"intervals":3,"fade":-0.1,
                      "plan":{"name":"p","compliance":0.9}},
             "best":{"speed_5s_mps":6.25,"hr_5s_bpm":180.5},"load":{"edwards_trimp":45.5},"quality":{"frames":1200}}
            """
        try Data(text.utf8).write(to: URL(filePath: folder + "/analysis.json"))
    }

    private func sessions() throws -> [IndexedSession] {
        let index = try SessionIndex(state: state)
        try index.update()
        return try index.sessions()
    }

    @Test func whatAnAnalysisSaysIsKept() throws {
        defer { clean() }
        try write("20260105T060000Z-ada", score: 71.5)
        let session = try #require(try sessions().first).digest
        #expect(session.start == 1_767_592_800)
        #expect(session.athlete == "Ada")
        #expect(session.kind == "fit")
        #expect(session.duration == 600.5)
        #expect(session.distance == 150.5)
        #expect(session.peakHeartRate == 181)
        #expect(session.sprints == 2)
        #expect(session.onTarget == 1)
        #expect(session.bestEffort == 0.85)
        #expect(session.meanEffort == 0.8)
        #expect(session.bestSprintSpeed == 6)
        #expect(session.bestSpeed == 6.25 && session.bestHeartRate == 180.5)
        #expect(session.mass == 61.5 && session.intervals == 3 && session.frames == 1200 && session.load == 45.5)
        #expect(session.plan == "p" && session.effortBasis == "speed")
        #expect(session.recovery30 == 10)
        #expect(session.recovery60 == 25)
        #expect(session.recovery90 == nil)
        #expect(session.fade == -0.1)
        #expect(session.compliance == 0.9)
    }

    @Test func changesAreNoticed() throws {
        defer { clean() }
        try write("20260105T060000Z-ada", score: 50)
        try write("20260106T060000Z-ada", score: nil)
        #expect(try sessions().map(\.digest.score) == [50, nil])
        #expect(try sessions().map(\.isFinished) == [true, false])
        try write("20260105T060000Z-ada", score: 60.25)
        try write("20260106T060000Z-ada", score: 70)
        try write("20260107T060000Z-ada", score: 80)
        #expect(try sessions().map(\.digest.score) == [60.25, 70, 80])
        try FileManager.default.removeItem(atPath: "\(state)/sessions/20260106T060000Z-ada")
        #expect(try sessions().map(\.digest.score) == [60.25, 80])
    }

    @Test func onlyWhatChangedIsRead() throws {
        defer { clean() }
        for day in 1...5 { try write("2026010\(day)T060000Z-ada", score: 50) }
        let index = try SessionIndex(state: state)
        var read: [Int] = []
        try index.update { done, _ in read.append(done) }
        #expect(read == [1, 2, 3, 4, 5])
        read = []
        try index.update { done, _ in read.append(done) }
        #expect(read == [])
        try index.update(fromScratch: true) { done, _ in read.append(done) }
        #expect(read == [1, 2, 3, 4, 5])
    }

    @Test(arguments: ["", "no database", "SQLite format 3\u{0}and then nothing of the kind"])
    func aDamagedIndexIsMadeAgain(_ text: String) throws {
        defer { clean() }
        try write("20260105T060000Z-ada", score: 50)
        #expect(try sessions().count == 1)
        try Data(text.utf8).write(to: URL(filePath: "\(state)/\(SessionIndex.fileName)"))
        #expect(try sessions().map(\.digest.score) == [50])
    }

    /// Another process may be long about it: what it writes must not be taken from under it.
    @Test func anIndexThatIsBusyIsNotMadeAgain() throws {
        defer { clean() }
        try write("20260105T060000Z-ada", score: 50)
        #expect(try sessions().count == 1)
        let path = "\(state)/\(SessionIndex.fileName)"
        let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        let other = try Database(path, patience: 0)
        try other.run("BEGIN EXCLUSIVE")
        #expect(throws: SessionIndexError(path: path, reason: "database is locked")) {
            try SessionIndex(state: state, patience: 1)
        }
        try other.run("COMMIT")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == number)
        #expect(try sessions().map(\.digest.score) == [50])
    }

    @Test func anIndexOfNobodysTableIsMadeAgain() throws {
        defer { clean() }
        try write("20260105T060000Z-ada", score: 50)
        #expect(try sessions().count == 1)
        try Database("\(state)/\(SessionIndex.fileName)", patience: 0).run("DROP TABLE session")
        #expect(try sessions().map(\.digest.score) == [50])
    }

    @Test func questionsAreNarrowed() throws {
        defer { clean() }
        for day in 1...5 { try write("2026010\(day)T060000Z-ada", score: Double(day)) }
        let index = try SessionIndex(state: state)
        try index.update()
        // 2026-01-02T06:00:00Z and two days later.
        #expect(try index.sessions(from: 1_767_333_600, until: 1_767_506_400).map(\.digest.score) == [2, 3])
        #expect(try index.sessions(last: 2).map(\.digest.score) == [4, 5])
        #expect(try index.sessions(athlete: "Bob").isEmpty)
        #expect(try index.sessions(athlete: "Ada'; DROP TABLE session; --").isEmpty)
        #expect(try index.sessions().count == 5)
    }

    @Test func aStateFolderThatIsNotThereHasNoSessions() throws {
        clean()
        #expect(try sessions().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test func brokenAnalysesAreListedWithoutFigures() throws {
        defer { clean() }
        try write("20260105T060000Z-ada", score: 50)
        try Data("{".utf8).write(to: URL(filePath: "\(state)/sessions/20260105T060000Z-ada/analysis.json"))
        let session = try #require(try sessions().first)
        #expect(session.isFinished)
        #expect(session.digest == SessionDigest(name: "20260105T060000Z-ada"))
    }

    @Test func athletesComeInTheOrderOfTheirFirstSessionsWithTheirLastMass() throws {
        defer { clean() }
        try write("20260105T060000Z-bob", score: 50, athlete: "Bob", mass: "80")
        try write("20260106T060000Z-ada", score: 50)
        try write("20260107T060000Z-bob", score: 50, athlete: "Bob", mass: "79.5")
        try write("20260108T060000Z-bob", score: 50, athlete: "Bob", mass: "null")
        try write("20260109T060000Z-cy", score: nil)
        let index = try SessionIndex(state: state)
        try index.update()
        let athletes = try index.athletes()
        #expect(athletes.map(\.name) == ["Bob", "Ada"])
        #expect(athletes.map(\.mass) == [79.5, 61.5])
    }

    /// What is asked of the index and of the file is the same.
    @Test func aDigestComesBackWhole() throws {
        defer { clean() }
        try write("20260105T060000Z-ada", score: 71.5)
        let text = try String(contentsOfFile: "\(state)/sessions/20260105T060000Z-ada/analysis.json", encoding: .utf8)
        let read = try #require(SessionDigest(name: "20260105T060000Z-ada", analysis: text))
        #expect(try sessions() == [IndexedSession(read, isFinished: true)])
    }

    @Test func weeksBeginOnMonday() {
        func session(_ start: Int64, score: Double) -> IndexedSession {
            var digest = SessionDigest(name: "x")
            digest.start = start
            digest.score = score
            digest.sprints = 5
            digest.bestEffort = score / 100
            return IndexedSession(digest, isFinished: true)
        }
        // Sunday 2026-01-04 23:30 and Monday 2026-01-05 00:30, UTC; Monday 2026-01-19.
        let some = [
            session(1_767_569_400, score: 80), session(1_767_573_000, score: 90), session(1_768_780_800, score: 70),
        ]
        let inUTC = Trend(some, weeks: 12) { _ in 0 }
        #expect(inUTC.weeks.map(\.monday) == ["2025-12-29", "2026-01-05", "2026-01-12", "2026-01-19"])
        #expect(inUTC.weeks.map(\.sessions) == [1, 1, 0, 1])
        // An hour further east both are on Monday.
        let east = Trend(some, weeks: 12) { _ in 3600 }
        #expect(east.weeks.map(\.sessions) == [2, 0, 1])
        #expect(east.weeks.map(\.score) == [85, nil, 70])
        #expect(east.weeks[0].bestEffort == 0.9)
        #expect(Trend(some, weeks: 1) { _ in 0 }.weeks.map(\.monday) == ["2026-01-19"])
        #expect(Trend([], weeks: 3) { _ in 0 }.weeks.isEmpty)
    }
}
