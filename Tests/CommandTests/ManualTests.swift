// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// The manual pages say what the programs say of themselves, no more and no less.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"))
struct ManualTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// What `--experimental-dump-help` of swift-argument-parser writes, as far as it is needed.
    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }
            var names: [Name]?
        }
        var commandName: String
        var subcommands: [Command]?
        var arguments: [Argument]?

        /// Long options of every command that does something, by its full name.
        func options(under path: [String]) -> [String: Set<String>] {
            var found: [String: Set<String>] = [:]
            for command in subcommands ?? [] where command.commandName != "help" {
                let path = path + [command.commandName]
                if (command.subcommands ?? []).isEmpty {
                    let names = (command.arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }
                    found[path.joined(separator: " ")] = Set(names.map(\.name)).subtracting(["help", "version"])
                }
                found.merge(command.options(under: path)) { $1 }
            }
            return found
        }
    }

    private struct Dump: Decodable { var command: Command }

    @Test func sprintctlHasNoOtherCommandsAndOptions() throws {
        let result = try Programs.run("sprintctl", ["--experimental-dump-help"])
        let expected = try JSONDecoder().decode(Dump.self, from: Data(result.output.utf8)).command.options(under: [])
        var written: [String: Set<String>] = [:]
        var section: String?
        for line in try lines("man/sprintctl.1") {
            if line.hasPrefix(".Sh ") { section = nil }
            if line.hasPrefix(".Ss ") {
                section = String(line.dropFirst(4))
                written[section ?? "", default: []] = []
            }
            guard let section, line.hasPrefix(".It Fl -") else { continue }
            for part in line.dropFirst(8).components(separatedBy: " , Fl -") {
                written[section]?.insert(String(part.prefix { $0 != " " }))
            }
        }
        #expect(Set(written.keys) == Set(expected.keys))
        for (command, options) in expected { #expect(written[command] == options, "sprintctl \(command)") }
    }

    @Test func sprintdHasNoOtherOptions() throws {
        let help = try Programs.run("sprintd", ["--help"]).output
        let expected = Set(help.matches(of: /--([a-z][a-z-]*)/).map { String($0.1) })
        var written: Set<String> = []
        for line in try lines("man/sprintd.8") where line.hasPrefix(".It Fl -") {
            written.insert(String(line.dropFirst(8).prefix { $0 != " " }))
        }
        #expect(written == expected)
    }

    @Test func theConfigurationHasNoOtherKeys() throws {
        var expected: Set<String> = []
        for line in try lines("systemd/sprintd.toml") {
            let code = line.hasPrefix("#") ? line.dropFirst() : line[...]
            if let match = code.prefixMatch(of: #/([a-z_]+) = /#) { expected.insert(String(match.1)) }
        }
        #expect(expected.count > 20)
        var written: Set<String> = []
        for line in try lines("man/sprintd.toml.5") {
            if let match = line.prefixMatch(of: /\.It Ic ([a-z_]+)/) { written.insert(String(match.1)) }
        }
        #expect(written == expected)
    }
}
