// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later
import PackageDescription

/// The same as in `../Package.swift`, so that what is evaluated is what is shipped.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// `Sources/sprintd` is a symbolic link to the daemon's own `Sources`, as in `../Benchmarks`: `package` access does not
/// cross packages.
func subject(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/sprintd/" + name, swiftSettings: settings)
}

let package = Package(
    name: "evaluation",
    targets: [
        .systemLibrary(name: "CChecksum", path: "Sources/sprintd/CChecksum"),
        subject("Measurement"),
        subject("BinaryCoding", ["CChecksum"]),
        subject("JSON"),
        subject("Capture", ["BinaryCoding", "Measurement"]),
        subject("ANT", ["BinaryCoding", "Measurement"]),
        subject("GATT", ["BinaryCoding", "Capture", "Measurement"]),
        subject("CSV", ["BinaryCoding", "Measurement"]),
        subject("Fusion", ["Measurement"]),
        subject("Segmentation", ["Measurement", "Fusion"]),
        subject("Scoring", ["Measurement", "Fusion", "Segmentation"]),
        subject("Analysis", ["Segmentation", "Scoring", "JSON"]),
        subject(
            "Pipeline",
            ["Measurement", "Capture", "ANT", "GATT", "Fusion", "Segmentation", "Scoring", "Analysis"]),
        subject("Simulation", ["Capture", "Measurement", "JSON"]),
        .executableTarget(
            name: "evaluate",
            dependencies: [
                "Analysis", "CSV", "Capture", "Fusion", "JSON", "Measurement", "Pipeline", "Scoring", "Segmentation",
                "Simulation",
            ],
            swiftSettings: settings),
        .testTarget(name: "evaluateTests", dependencies: ["evaluate"], swiftSettings: settings),
    ]
)
