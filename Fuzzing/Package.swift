// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later
import PackageDescription

/// The same as in `../Package.swift`, so that what is fuzzed is what is shipped.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// `Sources/sprintd` is a symbolic link to the daemon's own `Sources`: its targets are compiled as they are, but as
/// targets of this package, because `package` access does not cross packages.
func subject(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/sprintd/" + name, swiftSettings: settings)
}

let package = Package(
    name: "fuzzing",
    targets: [
        .systemLibrary(name: "CLinux", path: "Sources/sprintd/CLinux"),
        .systemLibrary(name: "CChecksum", path: "Sources/sprintd/CChecksum"),
        subject("Measurement"),
        subject("BinaryCoding", ["CChecksum"]),
        subject("JSON"),
        subject("Capture", ["BinaryCoding", "Measurement"]),
        subject("ANT", ["BinaryCoding", "Measurement"]),
        subject("ANTSession", ["ANT", "Measurement"]),
        subject("GATT", ["BinaryCoding", "Capture", "Measurement"]),
        subject("BluetoothCentral", ["BinaryCoding", "GATT", "Measurement"]),
        subject("FIT", ["BinaryCoding", "Measurement"]),
        subject("CSV", ["BinaryCoding", "Measurement"]),
        subject("TCX", ["BinaryCoding", "Measurement"]),
        subject("Fusion", ["Measurement"]),
        subject("Segmentation", ["Measurement", "Fusion"]),
        subject("Scoring", ["Measurement", "Fusion", "Segmentation"]),
        subject("Analysis", ["JSON", "Segmentation", "Scoring"]),
        subject("SocketProtocol", ["Analysis", "JSON", "Measurement", "Scoring", "Segmentation"]),
        subject("Report", ["Analysis", "JSON", "Measurement", "Scoring", "Segmentation"]),
        subject("FileIO", ["CLinux"]),
        subject("ProcessIO", ["FileIO", "Measurement", "Report"]),
        subject("AthleteFile", ["Measurement", "ProcessIO", "Scoring", "Segmentation"]),
        subject("ServiceIO", ["ProcessIO"]),
        subject("Configuration", ["AthleteFile", "FileIO", "Measurement", "ProcessIO", "Scoring", "ServiceIO"]),
        .target(
            name: "FuzzedParsers",
            dependencies: [
                "ANT", "ANTSession", "AthleteFile", "BinaryCoding", "BluetoothCentral", "CSV", "Capture",
                "Configuration", "FIT", "GATT", "Measurement", "Scoring", "SocketProtocol", "TCX",
            ],
            swiftSettings: settings),
        // Has no `main`: libFuzzer brings one.
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzedParsers"], swiftSettings: settings,
            linkerSettings: [.linkedLibrary("m")]),
        .executableTarget(
            name: "read-inputs", dependencies: ["FileIO", "FuzzedParsers", "ProcessIO"], swiftSettings: settings),
        .executableTarget(
            name: "tell-input", dependencies: ["Capture", "FIT", "Measurement", "ProcessIO"], swiftSettings: settings),
    ]
)
