// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// Holds the one direction in which targets may depend on each other, and keeps clocks, files and Foundation out of the
/// core.
@Suite struct LayeringTests {
    /// From the ground up. A target may depend on layers below its own, never on its neighbours or on what is above.
    static let layers: [(names: [String], isCore: Bool)] = [
        (["CUSB", "CBluetooth", "CChecksum", "CDoorbell", "CLinux", "CSQLite"], false),
        // The ring's doorbell is a file descriptor, so it may call the system.
        (["RingBuffer"], false),
        (["Measurement", "BinaryCoding", "JSON"], true),
        (["Capture", "ANT", "FIT", "CSV", "TCX"], true),
        (["ANTSession", "GATT", "Fusion"], true),
        (["Segmentation", "BluetoothCentral"], true),
        (["Scoring"], true),
        (["Analysis"], true),
        (["Pipeline", "Report", "ActivityFile", "SocketProtocol"], true),
        (["LiveView", "Simulation", "Plot"], true),
        (["FileIO", "Transport"], false),
        (["ProcessIO", "SessionStore"], false),
        (
            [
                "AthleteFile", "BluetoothTransport", "LiveCapture", "Replay", "ServiceIO", "SessionIndex",
                "SimulatedTransport", "USBTransport",
            ], false
        ),
        (["Configuration"], false),
        (["LocalSocket"], false),
        (["sprintctl", "sprintd"], false),
        // Above all others, so that no program can come to depend on it.
        (["TestSupport", "FakeBluetooth", "BluetoothProbe", "FuzzedParsers"], false),
        (["CUMockdev", "SimulatedStick", "VirtualRadio"], false),
        (["stick-emulator", "stick-trials", "usbip-stick", "vhci-controller"], false),
    ]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let swift: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/swift" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    private struct Package: Decodable {
        struct Target: Decodable {
            struct Dependency: Decodable {
                /// The name is the first element; what follows differs by kind.
                private struct Name: Decodable {
                    var value: String
                    init(from decoder: any Decoder) throws {
                        var elements = try decoder.unkeyedContainer()
                        value = try elements.decode(String.self)
                    }
                }
                var name: String
                var isProduct: Bool

                private enum Key: String, CodingKey { case byName, target, product }
                init(from decoder: any Decoder) throws {
                    let kinds = try decoder.container(keyedBy: Key.self)
                    let kind = try #require(kinds.allKeys.first)
                    name = try kinds.decode(Name.self, forKey: kind).value
                    isProduct = kind == .product
                }
            }
            var name: String
            var type: String
            var dependencies: [Dependency]
        }
        var targets: [Target]
    }

    private static func level(_ name: String) -> Int? {
        layers.firstIndex { $0.names.contains(name) }
    }

    @Test(.enabled(if: swift != nil, "there is no swift on the PATH"))
    func dependenciesPointDownwards() throws {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("layering-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.swift))
        // A scratch folder of its own: the running tests hold the lock of the usual one.
        process.arguments = [
            "package", "--package-path", Self.root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)

        let package = try JSONDecoder().decode(Package.self, from: data)
        #expect(package.targets.contains { $0.name == "Measurement" })
        for target in package.targets where target.type != "test" {
            guard let level = Self.level(target.name) else {
                Issue.record("\(target.name) stands in no layer: give it one")
                continue
            }
            for dependency in target.dependencies {
                if dependency.isProduct {
                    #expect(
                        !Self.layers[level].isCore,
                        "\(target.name) is core and depends on the package \(dependency.name)")
                } else {
                    let below = try #require(Self.level(dependency.name))
                    #expect(below < level, "\(target.name) depends on \(dependency.name), which is not below it")
                }
            }
        }
    }

    @Test func theCoreReachesForNothingOutsideItself() throws {
        let forbidden = try Regex(
            #"\bimport\s+(?:\w+\s+)?(Foundation|FoundationEssentials|Glibc|Musl|Dispatch|Synchronization)\b|\b(ContinuousClock|SuspendingClock|Clock)\b"#
        )
        var filesSeen = 0
        for name in Self.layers.filter(\.isCore).flatMap(\.names) {
            let folder = Self.root.appending(path: "Sources/\(name)")
            guard let paths = FileManager.default.enumerator(atPath: folder.path) else { continue }
            for case let path as String in paths where path.hasSuffix(".swift") {
                filesSeen += 1
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
                    guard code.firstMatch(of: forbidden) != nil else { continue }
                    Issue.record("Sources/\(name)/\(path):\(number + 1): \(line.trimmingCharacters(in: .whitespaces))")
                }
            }
        }
        #expect(filesSeen > 10)
    }
}
