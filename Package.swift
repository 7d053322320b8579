// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later
import PackageDescription

/// Declared once for every Swift target: see "Language settings" in ARCHITECTURE.md.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Of the programs and what goes into them: all are linked at once. Without these, each public function stays in a program, called or not, for a
/// module's users might be elsewhere, and a file's other functions stay or go together. And each function is a section, which `Linking/layout.ld` can put
/// in its place. A change here is seen by a clean build only: the compiler keeps objects whose code is the same.
let linkedAtOnce: [SwiftSetting] = [
    .unsafeFlags(
        ["-Xfrontend", "-function-sections", "-Xfrontend", "-internalize-at-link"], .when(configuration: .release))
]

/// What every frame goes through: LLVM may inline more of it than it would at its usual threshold of 225. A fiftieth of the pipeline's time.
let hot: Set = ["ANT", "Capture", "Fusion", "Pipeline", "Scoring", "Segmentation"]
let inlined: [SwiftSetting] = [.unsafeFlags(["-Xllvm", "-inline-threshold=1000"], .when(configuration: .release))]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: settings + linkedAtOnce + (hot.contains(name) ? inlined : []))
}

func executable(
    _ name: String, _ dependencies: [Target.Dependency] = [], linker: [LinkerSetting] = []
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: settings + linkedAtOnce, linkerSettings: linker)
}

/// Swift's runtime and what it needs of the C++ library inside the program, without what is not used of them: with the shared libraries the loader
/// touches more than the program needs. The C libraries stay shared: libusb and libbluetooth get Debian's security fixes. Symbols that
/// nobody looks up are not exported, and the table of relocations is packed: its pages are read once, and would stay. How much that saves: Benchmarks/README.md.
let small: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-use-ld=lld", "-L", Context.packageDirectory + "/Linking", "-Xclang-linker",
            "-static-libgcc",
            "-Xlinker", "--gc-sections", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z", "-Xlinker",
            "pack-relative-relocs",
        ], .when(configuration: .release))
]

/// Where things lie in the file of a program that runs all day.
let layout: [LinkerSetting] = [
    .unsafeFlags(
        ["-Xlinker", "-T", "-Xlinker", Context.packageDirectory + "/Linking/layout.ld"],
        .when(configuration: .release))
]

func tests(_ subject: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: subject + "Tests",
        dependencies: [.target(name: subject), "TestSupport"] + dependencies,
        swiftSettings: settings
    )
}

let package = Package(
    name: "sprintd",
    products: [
        .executable(name: "sprintctl", targets: ["sprintctl"]),
        .executable(name: "sprintd", targets: ["sprintd"]),
        // For tests: put in front of the C library with LD_PRELOAD.
        .library(name: "FakeBluetooth", type: .dynamic, targets: ["FakeBluetooth"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // C libraries, as Debian ships them.
        .systemLibrary(
            name: "CUSB", pkgConfig: "libusb-1.0", providers: [.apt(["libusb-1.0-0-dev"])]),
        .systemLibrary(
            name: "CBluetooth", pkgConfig: "bluez", providers: [.apt(["libbluetooth-dev"])]),

        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        // Linux calls that the Glibc module lacks.
        .systemLibrary(name: "CDoorbell"),
        .systemLibrary(name: "CLinux"),

        // What the processor can do and Swift cannot name.
        .systemLibrary(name: "CChecksum"),

        // The core: pure, no Foundation, no clock, no I/O.
        target("Measurement"),
        target("BinaryCoding", ["CChecksum"]),
        target("RingBuffer", ["CDoorbell"]),
        target("JSON"),
        target("Capture", ["BinaryCoding", "Measurement"]),
        target("ANT", ["BinaryCoding", "Measurement"]),
        target("ANTSession", ["ANT", "Measurement"]),
        target("GATT", ["BinaryCoding", "Capture", "Measurement"]),
        target("BluetoothCentral", ["BinaryCoding", "GATT", "Measurement"]),
        target("FIT", ["BinaryCoding", "Measurement"]),
        target("CSV", ["BinaryCoding", "Measurement"]),
        target("Fusion", ["Measurement"]),
        target("Segmentation", ["Measurement", "Fusion"]),
        target("Scoring", ["Measurement", "Fusion", "Segmentation"]),
        target("Analysis", ["JSON", "Segmentation", "Scoring"]),
        target("Pipeline", ["Measurement", "Capture", "ANT", "GATT", "Fusion", "Segmentation", "Scoring", "Analysis"]),
        target("Simulation", ["Capture", "JSON", "Measurement"]),
        target("ActivityFile", ["Analysis", "BinaryCoding", "FIT", "Fusion", "JSON", "Measurement", "Segmentation"]),
        target("TCX", ["BinaryCoding", "Measurement"]),
        target("SocketProtocol", ["Analysis", "JSON", "Measurement", "Scoring", "Segmentation"]),
        target("Report", ["Analysis", "JSON", "Measurement", "Scoring", "Segmentation"]),
        target("Plot", ["ActivityFile", "Analysis", "FIT", "JSON", "Measurement", "Report", "Segmentation"]),
        target("LiveView", ["Analysis", "Report", "Segmentation", "SocketProtocol"]),

        // The shell: files, terminal, configuration.
        target("FileIO", ["CLinux"]),
        target("Transport", ["Capture", "Measurement", "RingBuffer"]),
        target("Replay", ["Capture", "CSV", "FIT", "FileIO", "Measurement"]),
        target(
            "SessionStore",
            ["Analysis", "Capture", "FileIO", "JSON", "Measurement", "Pipeline", "Scoring", "Segmentation"]),
        target("SessionIndex", ["CSQLite", "FileIO", "Measurement", "SessionStore"]),
        target("ProcessIO", ["FileIO", "Measurement", "Report"]),
        target("AthleteFile", ["Measurement", "ProcessIO", "Scoring", "Segmentation"]),
        target("ServiceIO", ["ProcessIO"]),
        target("Configuration", ["AthleteFile", "FileIO", "Measurement", "ProcessIO", "Scoring", "ServiceIO"]),
        target(
            "LiveCapture",
            [
                "Analysis", "ANT", "BinaryCoding", "Capture", "FileIO", "Fusion", "GATT", "Measurement", "Pipeline",
                "ProcessIO", "RingBuffer", "Scoring", "Segmentation", "SessionStore", "Transport",
            ]),
        target(
            "LocalSocket",
            [
                "Analysis", "CLinux", "FileIO", "Fusion", "LiveCapture", "Measurement", "Pipeline", "ProcessIO",
                "Scoring", "Segmentation", "SessionStore", "SocketProtocol", "Transport",
            ]),
        target(
            "SimulatedTransport",
            ["Capture", "FileIO", "Measurement", "ProcessIO", "RingBuffer", "Simulation", "Transport"]),
        target(
            "BluetoothTransport",
            [
                "BluetoothCentral", "Capture", "CBluetooth", "CDoorbell", "CLinux", "FileIO", "GATT", "Measurement",
                "ProcessIO", "Transport",
            ]),
        target(
            "USBTransport", ["ANT", "ANTSession", "Capture", "CUSB", "FileIO", "Measurement", "ProcessIO", "Transport"]),
        executable(
            "sprintctl",
            [
                "ActivityFile", "Analysis", "ANT", "ANTSession", "AthleteFile", "BluetoothCentral",
                "BluetoothTransport", "Capture", "FileIO", "FIT", "GATT", "JSON", "LiveView", "LocalSocket",
                "Measurement", "Pipeline", "Plot", "ProcessIO", "Replay", "Report", "RingBuffer", "Scoring",
                "SessionIndex", "SessionStore", "Simulation", "SocketProtocol", "TCX", "Transport",
                "USBTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        executable(
            "sprintd",
            [
                "Analysis", "AthleteFile", "BluetoothCentral", "BluetoothTransport", "Capture", "CBluetooth",
                "Configuration",
                "CUSB", "FileIO", "Fusion", "LiveCapture", "LocalSocket", "Measurement", "Pipeline", "ProcessIO",
                "Replay", "Report",
                "Scoring", "Segmentation", "ServiceIO", "SessionStore", "SimulatedTransport", "Simulation", "Transport",
                "USBTransport",
            ], linker: small + layout),

        // What tests of several targets share.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "FakeBluetooth", path: "Tests/FakeBluetooth"),
        .executableTarget(
            name: "BluetoothProbe",
            dependencies: [
                "BluetoothCentral", "BluetoothTransport", "Capture", "Measurement", "RingBuffer", "Transport",
            ],
            path: "Tests/BluetoothProbe", swiftSettings: settings),
        .target(
            name: "SimulatedStick", dependencies: ["Measurement", "Simulation"],
            path: "Tests/SimulatedStick", swiftSettings: settings),
        .systemLibrary(
            name: "CUMockdev", path: "Tests/CUMockdev", pkgConfig: "umockdev-1.0",
            providers: [.apt(["libumockdev-dev", "umockdev"])]),
        .executableTarget(
            name: "stick-emulator", dependencies: ["CUMockdev", "SimulatedStick", "Simulation"],
            path: "Tests/stick-emulator", swiftSettings: settings),
        .executableTarget(
            name: "stick-trials",
            dependencies: [
                "ANTSession", "Analysis", "Capture", "Measurement", "Pipeline", "ProcessIO", "RingBuffer",
                "SimulatedStick", "TestSupport",
                "Transport", "USBTransport",
            ],
            path: "Tests/stick-trials", swiftSettings: settings),
        // Radios for a machine that has none, at its kernel: see docs/system-test.md.
        .target(
            name: "VirtualRadio", dependencies: ["FileIO", "Simulation"], path: "Tests/VirtualRadio",
            swiftSettings: settings),
        .executableTarget(
            name: "usbip-stick", dependencies: ["FileIO", "SimulatedStick", "VirtualRadio"],
            path: "Tests/usbip-stick", swiftSettings: settings),
        .executableTarget(
            name: "vhci-controller", dependencies: ["FileIO", "Measurement", "Simulation", "VirtualRadio"],
            path: "Tests/vhci-controller", swiftSettings: settings),
        // What `make fuzz` fuzzes: see docs/fuzzing.md. `Fuzzing/` is a package of its own.
        .target(
            name: "FuzzedParsers",
            dependencies: [
                "ANT", "ANTSession", "AthleteFile", "BinaryCoding", "BluetoothCentral", "CSV", "Capture",
                "Configuration", "FIT", "GATT", "Measurement", "Scoring", "SocketProtocol", "TCX",
            ],
            path: "Fuzzing/Sources/FuzzedParsers", swiftSettings: settings),
        tests("FuzzedParsers"),
        .testTarget(name: "CLibraryTests", dependencies: ["CUSB", "CBluetooth"], swiftSettings: settings),
        .testTarget(name: "LayeringTests", swiftSettings: settings),
        // Runs the programs as processes: they are built with it.
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Analysis", "Capture", "FIT", "Measurement", "Pipeline", "Replay", "Simulation", "sprintctl", "sprintd",
                "TestSupport",
            ],
            swiftSettings: settings),
        tests("Measurement"),
        tests("BinaryCoding"),
        tests("RingBuffer"),
        tests("JSON"),
        tests("Capture", ["BinaryCoding", "Measurement"]),
        tests("ANT", ["BinaryCoding", "Measurement"]),
        tests("ANTSession", ["ANT", "Measurement", "SimulatedStick", "Simulation"]),
        tests("GATT", ["BinaryCoding", "Capture", "Measurement"]),
        tests("BluetoothCentral", ["GATT", "Measurement"]),
        tests("FIT", ["BinaryCoding", "Measurement"]),
        tests("CSV", ["Measurement"]),
        tests("Plot", ["ActivityFile", "Analysis", "Fusion", "Measurement", "Scoring", "Segmentation"]),
        tests("TCX", ["Measurement"]),
        tests("ActivityFile", ["Analysis", "FIT", "Fusion", "Measurement", "Scoring", "Segmentation", "TCX"]),
        tests("Fusion", ["Measurement"]),
        tests("Segmentation", ["Measurement", "Fusion"]),
        tests("Scoring", ["Measurement", "Fusion", "Segmentation"]),
        tests("Analysis", ["Measurement", "Scoring", "Segmentation"]),
        tests(
            "Pipeline",
            [
                "Measurement", "Capture", "ANT", "Fusion", "Segmentation", "Scoring", "Analysis", "Simulation",
                "Replay", "AthleteFile",
            ]),
        tests("Simulation", ["Capture", "Measurement"]),
        tests("Report", ["Analysis", "Measurement", "Scoring", "Segmentation"]),
        tests("SocketProtocol", ["Analysis", "JSON", "Measurement", "Scoring", "Segmentation"]),
        tests("LiveView", ["Analysis", "Report", "Segmentation", "SocketProtocol"]),
        tests("FileIO"),
        tests("Transport", ["Capture", "Measurement", "RingBuffer"]),
        tests("Replay", ["Capture", "Measurement"]),
        tests("SessionStore", ["Analysis", "Capture", "Measurement", "Scoring", "Segmentation"]),
        tests("SessionIndex", ["SessionStore"]),
        tests("AthleteFile", ["Measurement", "Scoring", "Segmentation"]),
        tests("Configuration", ["AthleteFile", "Measurement", "ProcessIO", "Scoring", "ServiceIO"]),
        tests("ServiceIO", ["ProcessIO"]),
        tests(
            "LiveCapture",
            [
                "Analysis", "Capture", "GATT", "Measurement", "Pipeline", "RingBuffer", "Scoring", "SessionStore",
                "SimulatedTransport", "Simulation", "Transport",
            ]),
        tests("ProcessIO", ["Report"]),
        tests(
            "LocalSocket",
            [
                "Analysis", "FileIO", "LiveCapture", "Measurement", "ProcessIO", "Scoring", "SessionStore",
                "SimulatedTransport", "Simulation", "SocketProtocol", "Transport",
            ]),
        tests(
            "BluetoothTransport",
            [
                "BluetoothCentral", "BluetoothProbe", "FakeBluetooth", "Capture", "GATT", "Measurement", "RingBuffer",
                "sprintctl", "Transport",
            ]),
        tests("sprintd", ["LiveCapture", "Measurement", "ProcessIO", "Scoring", "ServiceIO"]),
        // Runs the trials as processes: they are built with it.
        tests("USBTransport", ["ANTSession", "Measurement", "sprintctl", "stick-emulator", "stick-trials"]),
    ]
)
