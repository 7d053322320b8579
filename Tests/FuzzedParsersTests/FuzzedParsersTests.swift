// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import FuzzedParsers
import Testing

/// The fuzzer's targets without the fuzzer: see docs/fuzzing.md.
@Suite struct FuzzedParsersTests {
    /// Damaged inputs for each parser: `SPRINTD_FUZZ_INPUTS`, or enough for some seconds of an unoptimised build.
    private static let inputs = ProcessInfo.processInfo.environment["SPRINTD_FUZZ_INPUTS"].flatMap { Int($0) } ?? 200

    /// In a process of its own: a trap is what is looked for, and it fails this test instead of ending all.
    @Test(
        .enabled(if: KeptInputs.python != nil, "there is no python3 on the PATH"),
        arguments: fuzzedParsers.keys.sorted())
    func seedsKeptInputsAndDamagedOnesAreRead(parser: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzzed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        await #expect(processExitsWith: .success, "the input that ends it lies in \(folder.path)") {
            [parser = parser as String, folder = folder.path as String] in
            try Self.readAll(parser, in: folder)
        }
        // Kept if there is an input that ends it.
        if try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty {
            try FileManager.default.removeItem(at: folder)
        }
    }

    private static func readAll(_ name: String, in folder: String) throws {
        guard let parser = fuzzedParsers[name] else { fatalError("there is no \(name)") }
        let seeds = try KeptInputs.seeds(of: name)
        let kept = try KeptInputs.regressions(of: name)
        var mutator = Mutator(seeds + kept, longest: 4096, seed: 0xF022)
        // A configuration may name files.
        guard FileManager.default.changeCurrentDirectoryPath(folder) else { fatalError("no \(folder)") }
        let place = URL(filePath: folder).appendingPathComponent(name)
        for input in seeds + kept { try read(input, with: parser, keptAt: place) }
        for _ in 0..<inputs { try read(mutator.next(), with: parser, keptAt: place) }
        try FileManager.default.removeItem(at: place)
    }

    private static func read(_ input: [UInt8], with parser: any FuzzedParser.Type, keptAt place: URL) throws {
        try Data(input).write(to: place)
        parser.read(input)
    }
}
