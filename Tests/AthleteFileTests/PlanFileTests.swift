// SPDX-License-Identifier: GPL-3.0-or-later
import Scoring
import Segmentation
import TestSupport
import Testing

@testable import AthleteFile

@Suite struct PlanFileTests {
    static let hills = """
        name = "hills"
        source = "my coach"
        target = 0.85   # for all but the last
        steps = [
            { kind = "warmup", seconds = 600 },
            { repeat = 2, steps = [   # a repeat
                { kind = "sprint", seconds = 20 },
                { kind = "recovery", seconds = 100.5 },
            ] },
            { kind = "interval", seconds = 240, target = 0.9, basis = "heart_rate" },
            { kind = "cooldown", seconds = 300 },
        ]
        """

    @Test func readsAPlan() throws {
        let pair = [Plan.Step(.sprint, seconds: 20), Plan.Step(.recovery, seconds: 100.5)]
        let expected = Plan(
            name: "hills",
            steps: [.init(.warmup, seconds: 600)] + pair + pair
                + [.init(.interval, seconds: 240, target: 0.9, basis: .heartRate), .init(.cooldown, seconds: 300)],
            target: 0.85, source: "my coach")
        #expect(try PlanFile.plan(Self.hills) == expected)
    }

    @Test func repeatsMayHoldRepeats() throws {
        let text = """
            name = "x"
            steps = [{ repeat = 3, steps = [{ repeat = 5, steps = [{ kind = "sprint", seconds = 10 }] }, \
            { kind = "recovery", seconds = 120 }] }]
            """
        let plan = try PlanFile.plan(text)
        #expect(plan.work.count == 15 && plan.steps.count == 18 && plan.target == 0.8)
    }

    static let refused: [(text: String, line: Int, column: Int, reason: String)] = [
        ("", 1, 1, "name: is missing"),
        ("name = \"x\"", 1, 1, "steps: are missing"),
        ("name = \"x\"\nstep = []", 2, 1, "step: unknown key"),
        ("name = \"x\"\nsteps = 1", 2, 1, "steps: expected an array of steps"),
        ("name = \"x\"\nsteps = []", 2, 1, "steps: are none"),
        ("name = \"x\"\nsteps = [1]", 2, 1, "steps: expected an array of steps, each { … }, found a whole number"),
        ("name = \"x\"\nsteps = [{ kind = \"rest\", seconds = 9 }]", 2, 1, "steps: hold no sprint and no interval"),
        ("name = \"x\"\nsteps = [{ kind = \"run\", seconds = 9 }]", 2, 12, "kind: \"run\" is not"),
        ("name = \"x\"\nsteps = [{ seconds = 9 }]", 2, 10, "kind: is missing in this step"),
        ("name = \"x\"\nsteps = [\n  { kind = \"sprint\" }]", 3, 3, "seconds: is missing in this step"),
        ("name = \"x\"\nsteps = [{ kind = \"sprint\", seconds = 0 }]", 2, 29, "seconds: 0.0 is not between"),
        ("name = \"x\"\nsteps = [{ kind = \"sprint\", seconds = nan }]", 2, 29, "seconds: nan is not between"),
        (
            "name = \"x\"\nsteps = [{ kind = \"rest\", seconds = 9, target = 0.8 }]", 2, 10,
            "only a sprint or an interval"
        ),
        ("name = \"x\"\nsteps = [{ repeat = 2 }]", 2, 10, "steps: is missing in this repeat"),
        ("name = \"x\"\nsteps = [{ repeat = 0, steps = [] }]", 2, 12, "repeat: 0 is not between 1 and 100"),
        (
            "name = \"x\"\nsteps = [{ repeat = 2, kind = \"rest\", steps = [] }]", 2, 24,
            "kind: has no place in a repeat"
        ),
        ("name = \"x\"\n[[steps]]\nkind = \"sprint\"", 2, 1, "an array of tables has no place here"),
    ]

    @Test(arguments: refused.indices) func refusesWithItsPlace(_ index: Int) {
        let (text, line, column, reason) = Self.refused[index]
        #expect {
            try PlanFile.plan(text)
        } throws: { error in
            guard let error = error as? AthleteFileError else { return false }
            return error.line == line && error.column == column && error.reason.hasPrefix(reason)
        }
    }

    @Test func aBombOfRepeatsIsRefused() {
        var text = "{ kind = \"sprint\", seconds = 9 }"
        for _ in 0..<3 { text = "{ repeat = 100, steps = [\(text)] }" }
        #expect(throws: AthleteFileError.self) { try PlanFile.plan("name = \"x\"\nsteps = [\(text)]") }
    }

    @Test func anAthleteHasNoTablesInArrays() {
        #expect(throws: AthleteFileError(line: 1, column: 12, reason: "a table in an array has no place here")) {
            try AthleteFile.athlete("sensors = [{ a = 1 }]")
        }
    }

    @Test func neitherPrefixesNorMutationsTrap() {
        let text = Array(Self.hills.unicodeScalars)
        func read(_ scalars: [Unicode.Scalar]) {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            _ = try? PlanFile.plan(String(view))
        }
        for count in text.indices { read(Array(text.prefix(count))) }
        var generator = SeededGenerator(seed: 5)
        let alphabet = Array("[]{}=,\"#\n .0159-eakstpr".unicodeScalars)
        for _ in 0..<2000 {
            var scalars = text
            for _ in 0..<(1 + Int(generator.next() % 4)) {
                let place = Int(generator.next() % UInt64(scalars.count))
                let scalar = alphabet[Int(generator.next() % UInt64(alphabet.count))]
                switch generator.next() % 3 {
                case 0: scalars[place] = scalar
                case 1: scalars.insert(scalar, at: place)
                default: scalars.remove(at: place)
                }
            }
            read(scalars)
        }
    }
}

@Suite struct AthleteFileEditTests {
    @Test func changesAFigureAndNothingElse() throws {
        let text = "# Ada\nmax_speed_mps = 8.1      # in May\nname = \"Ada\"\n\n[cadence]\n\"ant:124:7\" = \"steps\"\n"
        let expected =
            "# Ada\nmax_speed_mps = 8.34      # in May\nname = \"Ada\"\n\nmax_hr_bpm = 191\n[cadence]\n\"ant:124:7\" = \"steps\"\n"
        let found = try AthleteFile.setting(
            [.init(key: "max_speed_mps", value: "8.34"), .init(key: "max_hr_bpm", value: "191")], in: text)
        #expect(found == expected)
    }

    @Test(arguments: ["", "name = \"Ada\"", "name = \"Ada\"\n", "name = \"Ada\" # no line end"])
    func addsAFigureAtTheEnd(_ text: String) throws {
        let found = try AthleteFile.setting([.init(key: "max_speed_mps", value: "8")], in: text)
        #expect(found.hasPrefix(text) && found.hasSuffix("max_speed_mps = 8\n"))
        #expect(try AthleteFile.athlete(found).maxSpeed == 8)
    }

    @Test func whatIsNoFileOrWouldBeNoneIsRefused() {
        #expect(throws: AthleteFileError.self) {
            try AthleteFile.setting([.init(key: "max_speed_mps", value: "8")], in: "speed = 1")
        }
        #expect(throws: AthleteFileError.self) {
            try AthleteFile.setting([.init(key: "max_speed_mps", value: "99")], in: "")
        }
        // Below the resting rate.
        #expect(throws: AthleteFileError.self) {
            try AthleteFile.setting([.init(key: "max_hr_bpm", value: "110")], in: "resting_hr_bpm = 115")
        }
    }

    @Test func anythingOutsideAsciiStays() throws {
        let text = "name = \"Ada Lovelace 👩🏽‍🔬 é\"\nmax_hr_bpm = 180 # ❤\n"
        let found = try AthleteFile.setting([.init(key: "max_hr_bpm", value: "185")], in: text)
        #expect(found == "name = \"Ada Lovelace 👩🏽‍🔬 é\"\nmax_hr_bpm = 185 # ❤\n")
    }
}
