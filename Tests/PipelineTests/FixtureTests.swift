// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import AthleteFile
import Foundation
import Pipeline
import Scoring
import Segmentation
import Testing

/// Every folder of Fixtures/ is replayed and must give its expected analysis to the byte.
///
/// `UPDATE_FIXTURES=1` writes the expected analyses anew; look at the difference before you commit it.
@Suite struct FixtureTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    /// One capture as seen by one athlete.
    struct Fixture: Sendable, CustomTestStringConvertible {
        var name: String
        var athleteFile: String
        var expectedFile: String
        /// The athlete's place in the truth.
        var athlete: Int
        var testDescription: String { "\(name)/\(expectedFile)" }

        func path(_ file: String) -> String { FixtureTests.folder.appending(path: "\(name)/\(file)").path() }

        func analysis() throws -> AnalysisDocument {
            let athlete = try AthleteFile.athlete(atPath: path(athleteFile))
            let plan = athlete.plan.flatMap { Plan.named($0) }
            return try Recordings.analysis(
                path("capture.pcapng"), AthleteConfiguration(athlete, plan: plan, year: 2026))
        }
    }

    static let all: [Fixture] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.sorted().flatMap { name in
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path() + "/" + name)) ?? []
            let athletes = files.filter { $0.hasPrefix("athlete") && $0.hasSuffix(".toml") }.sorted()
            return athletes.enumerated().map { index, file in
                let expected = file.replacing("athlete", with: "analysis").replacing(".toml", with: ".json")
                return Fixture(name: name, athleteFile: file, expectedFile: expected, athlete: index)
            }
        }
    }()

    @Test func thereAreAtLeastTen() {
        #expect(Set(Self.all.map(\.name)).count >= 10)
    }

    @Test(arguments: all) func replaysToTheByte(_ fixture: Fixture) throws {
        let found = try fixture.analysis().json(pretty: true) + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
            try Data(found.utf8).write(to: URL(filePath: fixture.path(fixture.expectedFile)))
        }
        let expected = try String(contentsOfFile: fixture.path(fixture.expectedFile), encoding: .utf8)
        let difference = zip(found.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
        #expect(
            found == expected,
            "found \(difference?.0 ?? "another length"), expected \(difference?.1 ?? "another length")")
    }

    @Test(arguments: all) func saysWhereItComesFrom(_ fixture: Fixture) {
        #expect(FileManager.default.fileExists(atPath: fixture.path("SOURCE.md")))
    }

    /// Expected files are written by the program itself, so they are held to what the simulated athletes truly did.
    @Test(arguments: all.filter { !["heart-rate-only", "fartlek", "torn-file"].contains($0.name) })
    func agreesWithTheTruth(_ fixture: Fixture) throws {
        let analysis = try fixture.analysis()
        let data = try Data(contentsOf: URL(filePath: fixture.path("truth.json")))
        let truth = try JSONDecoder().decode(Truth.self, from: data).athletes[fixture.athlete]
        #expect(analysis.sprints.count == truth.sprints.count)
        for (found, actual) in zip(analysis.sprints, truth.sprints) {
            #expect(abs(found.start - actual.start) <= 2)
            #expect(abs(found.end - actual.end) <= 2)
            #expect(abs((found.externalEffort ?? 0) - actual.effort) <= 0.03)
            #expect(found.onTarget == actual.isOnTarget)
        }
        #expect(!analysis.phases.contains { $0.kind == .interval })
    }

    @Test func heartRateAloneFindsTheSprintsAndSaysSo() throws {
        let fixture = try #require(Self.all.first { $0.name == "heart-rate-only" })
        let analysis = try fixture.analysis()
        #expect(analysis.sprints.count == 5)
        #expect(analysis.sprints.allSatisfy { $0.effortBasis == .heartRate })
        #expect(analysis.phases.filter(\.kind.isWork).allSatisfy { $0.confidence <= 0.5 })
    }

    @Test func aTornFileGivesWhatItHoldsAndSaysWhatItLost() throws {
        let fixture = try #require(Self.all.first { $0.name == "torn-file" })
        let analysis = try fixture.analysis()
        #expect(analysis.sprints.count == 3)
        #expect(analysis.quality.notes.contains { $0.contains("byte") })
    }

    @Test func theStrapOfTwoRadiosIsOne() throws {
        let fixture = try #require(Self.all.first { $0.name == "two-radios" })
        let rows = try fixture.analysis().source.sensors.filter { $0.kind == "heart_rate" }
        #expect(rows.count == 2)
        #expect(rows.contains { $0.sameAs != nil })
    }

    private struct Truth: Decodable {
        struct Athlete: Decodable {
            var sprints: [Sprint]
        }
        struct Sprint: Decodable {
            var start: Double
            var end: Double
            var effort: Double
            var isOnTarget: Bool

            enum CodingKeys: String, CodingKey {
                case start = "start_s"
                case end = "end_s"
                case effort
                case isOnTarget = "on_target"
            }
        }
        var athletes: [Athlete]
    }
}
