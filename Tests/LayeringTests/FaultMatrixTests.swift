// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// docs/faults.md names the test behind each fault; here it is looked for, so that the table cannot tell of tests that have gone.
@Suite struct FaultMatrixTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// A test as the document names it.
    private struct Reference: Hashable {
        /// A suite of `make test`, or the program whose row it is.
        var place: String
        var name: String
        /// One of several cases.
        var detail: String?
    }

    /// - Returns: `nil` when the words are no reference.
    private static func reference(_ words: Substring) -> Reference? {
        if let match = words.wholeMatch(of: /(\w+Tests)\/(\w+)(?:\((.+)\))?/) {
            return Reference(place: String(match.1), name: String(match.2), detail: match.3.map(String.init))
        }
        guard let match = words.wholeMatch(of: /(test-system|abuse-socket) (\w+)/) else { return nil }
        return Reference(place: String(match.1), name: String(match.2))
    }

    /// The cells of each row, without the tables' heads.
    private static func rows() throws -> [[Substring]] {
        try text("docs/faults.md").split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| fault ") }
            .map { line in line.split(separator: " | ", omittingEmptySubsequences: false).map { $0 } }
    }

    private static func codes(_ cell: Substring) -> [Substring] {
        cell.matches(of: /`([^`]+)`/).map(\.1)
    }

    private struct Suite {
        var tests: Set<String> = []
        var source = ""
    }

    /// By the names of their files.
    private static func suites() throws -> [String: Suite] {
        var suites: [String: Suite] = [:]
        let files = FileManager.default.enumerator(atPath: root.appending(path: "Tests").path)
        while let path = files?.nextObject() as? String {
            guard path.hasSuffix("Tests.swift") else { continue }
            let source = try text("Tests/" + path)
            let suite = String(path.split(separator: "/").last?.dropLast(".swift".count) ?? "")
            for piece in source.split(separator: "@Test").dropFirst() {
                guard let name = piece.firstMatch(of: /func (\w+)\(/)?.1 else { continue }
                suites[suite, default: Suite()].tests.insert(String(name))
            }
            suites[suite]?.source += source
        }
        return suites
    }

    @Test func everyRowSaysWhatIsSeenAndNamesATest() throws {
        let rows = try Self.rows()
        #expect(rows.count > 60)
        for row in rows {
            try #require(row.count == 4, "\(row)")
            #expect(row.allSatisfy { $0.contains { $0.isLetter } }, "\(row[0]) has an empty cell")
            #expect(!Self.codes(row[3]).isEmpty, "\(row[0]) names no test")
            for words in Self.codes(row[3]) { #expect(Self.reference(words) != nil, "\(words) is no test's name") }
        }
    }

    @Test func everyTestThatIsNamedIsThere() throws {
        let suites = try Self.suites()
        let system = try Self.text("Tests/System/run")
        let abuse = try Self.text("scripts/abuse-socket")
        let references = Set(try Self.rows().flatMap { Self.codes($0[3]).compactMap(Self.reference) })
        #expect(references.count > 100)
        for reference in references {
            switch reference.place {
            case "test-system": #expect(system.contains("\"\(reference.name)\": \""), "\(reference)")
            case "abuse-socket": #expect(abuse.contains("def \(reference.name)("), "\(reference)")
            default:
                let suite = suites[reference.place]
                #expect(suite?.tests.contains(reference.name) == true, "\(reference.place)/\(reference.name)")
                // A case is a literal among its arguments.
                if let detail = reference.detail {
                    #expect(suite?.source.contains("\"\(detail)\"") == true, "\(reference)")
                }
            }
        }
    }
}
