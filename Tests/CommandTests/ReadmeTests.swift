// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// The README shows what the programs print.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"))
struct ReadmeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func theReportIsThatOfTheBundledSession() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let section = try #require(readme.components(separatedBy: "## What it prints\n").dropFirst().first)
        let shown = try #require(section.components(separatedBy: "```\n").dropFirst().first)
        let session = Self.root.appending(path: "Fixtures/perfect-session").path
        let printed = try Programs.run(
            "/usr/bin/env",
            [
                "COLUMNS=80", "LC_ALL=C.UTF-8", Programs.path("sprintctl"), "analyze", session + "/capture.pcapng",
                "--athlete", session + "/athlete.toml",
            ])
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(shown == printed.output)
    }
}
