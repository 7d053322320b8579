// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later
import PackageDescription

/// The same as in `../Package.swift`, so that what is measured is what is shipped.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// As there.
let linkedAtOnce: [SwiftSetting] = [
    .unsafeFlags(
        ["-Xfrontend", "-function-sections", "-Xfrontend", "-internalize-at-link"], .when(configuration: .release))
]

/// As there.
let hot: Set = ["ANT", "Capture", "Fusion", "Pipeline", "Scoring", "Segmentation"]
let inlined: [SwiftSetting] = [.unsafeFlags(["-Xllvm", "-inline-threshold=1000"], .when(configuration: .release))]

/// `Sources/sprintd` is a symbolic link to the daemon's own `Sources`: its targets are compiled as they are, but as
/// targets of this package, because `package` access does not cross packages. See README.md.
func subject(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/sprintd/" + name,
        swiftSettings: settings + linkedAtOnce + (hot.contains(name) ? inlined : []))
}

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0")
    ],
    targets: [
        .systemLibrary(name: "CDoorbell", path: "Sources/sprintd/CDoorbell"),
        .systemLibrary(name: "CLinux", path: "Sources/sprintd/CLinux"),
        .systemLibrary(name: "CChecksum", path: "Sources/sprintd/CChecksum"),
        subject("RingBuffer", ["CDoorbell"]),
        subject("Measurement"),
        subject("BinaryCoding", ["CChecksum"]),
        subject("JSON"),
        subject("Capture", ["BinaryCoding", "Measurement"]),
        subject("ANT", ["BinaryCoding", "Measurement"]),
        subject("GATT", ["BinaryCoding", "Capture", "Measurement"]),
        subject("FIT", ["BinaryCoding", "Measurement"]),
        subject("Fusion", ["Measurement"]),
        subject("Segmentation", ["Measurement", "Fusion"]),
        subject("Scoring", ["Measurement", "Fusion", "Segmentation"]),
        subject("Analysis", ["Segmentation", "Scoring", "JSON"]),
        subject(
            "Pipeline",
            ["Measurement", "Capture", "ANT", "GATT", "Fusion", "Segmentation", "Scoring", "Analysis"]),
        subject("Simulation", ["Capture", "Measurement", "JSON"]),
        subject("Report", ["Analysis", "JSON", "Measurement", "Scoring", "Segmentation"]),
        subject("FileIO", ["CLinux"]),
        subject("Transport", ["Capture", "Measurement", "RingBuffer"]),
        subject(
            "SessionStore",
            ["Analysis", "Capture", "FileIO", "JSON", "Measurement", "Pipeline", "Scoring", "Segmentation"]),
        subject("ProcessIO", ["FileIO", "Measurement", "Report"]),
        subject(
            "LiveCapture",
            [
                "Analysis", "ANT", "BinaryCoding", "Capture", "FileIO", "Fusion", "GATT", "Measurement", "Pipeline",
                "ProcessIO", "RingBuffer", "Scoring", "Segmentation", "SessionStore", "Transport",
            ]),
        subject("SocketProtocol", ["Analysis", "JSON", "Measurement", "Scoring", "Segmentation"]),
        subject(
            "LocalSocket",
            [
                "Analysis", "CLinux", "FileIO", "Fusion", "LiveCapture", "Measurement", "Pipeline", "ProcessIO",
                "RingBuffer", "Scoring", "Segmentation", "SessionStore", "SocketProtocol", "Transport",
            ]),
        subject(
            "SimulatedTransport",
            ["Capture", "FileIO", "Measurement", "ProcessIO", "RingBuffer", "Simulation", "Transport"]),
        .target(name: "CThreads"),
        .target(name: "Figures", swiftSettings: settings),
        .target(name: "Workloads", dependencies: ["FIT"], swiftSettings: settings),
        .target(name: "CBoostQueue", dependencies: ["CThreads"]),
        .executableTarget(
            name: "ring-benchmark",
            dependencies: [
                "RingBuffer", "CBoostQueue", "CThreads", "Figures",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "pipeline-benchmark",
            dependencies: [
                "ANT", "Analysis", "Capture", "CThreads", "Figures", "Fusion", "Measurement", "Pipeline", "Scoring",
                "Segmentation", "Simulation",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings,
            // Nothing here imports the C library, whose mathematics `rounded()` calls.
            linkerSettings: [.linkedLibrary("m")]
        ),
        .executableTarget(
            name: "engine-benchmark",
            dependencies: [
                "CThreads", "LiveCapture", "Measurement", "ProcessIO", "Scoring", "SessionStore", "SimulatedTransport",
                "Simulation", "Transport",
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "soak",
            dependencies: [
                "Analysis", "CThreads", "Capture", "FileIO", "LiveCapture", "LocalSocket", "Measurement", "ProcessIO",
                "Scoring", "SessionStore", "SimulatedTransport", "Simulation", "SocketProtocol", "Transport",
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "socket-benchmark",
            dependencies: [
                "Analysis", "LiveCapture", "LocalSocket", "Measurement", "Pipeline", "ProcessIO", "Scoring",
                "Segmentation", "SessionStore", "SimulatedTransport", "Simulation", "SocketProtocol",
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "fit-benchmark", dependencies: ["CThreads", "FIT", "Figures", "Workloads"], swiftSettings: settings,
            // As above.
            linkerSettings: [.linkedLibrary("m")]
        ),
        .executableTarget(
            name: "peer-benchmark",
            dependencies: [
                "ANT", "CThreads", "FIT", "FileIO", "Fusion", "Measurement", "Segmentation", "Simulation", "Workloads",
            ], swiftSettings: settings,
            // As above.
            linkerSettings: [.linkedLibrary("m")]
        ),
    ],
    cxxLanguageStandard: .cxx17
)
