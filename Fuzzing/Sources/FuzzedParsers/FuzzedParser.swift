// SPDX-License-Identifier: GPL-3.0-or-later

/// Something that reads bytes from outside.
///
/// A trap is what the fuzzer looks for: ``read(_:)`` traps itself (``demand(_:_:)``) where what came out cannot be right.
package protocol FuzzedParser: SendableMetatype {
    /// - Parameter input: anything. What it means is the parser's own choice; a parser of files takes a file.
    static func read(_ input: [UInt8])
}

/// By name; the table in docs/fuzzing.md says what they read.
package let fuzzedParsers: [String: any FuzzedParser.Type] = [
    "ant": ANTParser.self,
    "athlete": AthleteParser.self,
    "att": ATTParser.self,
    "capture": CaptureParser.self,
    "central": CentralParser.self,
    "configuration": ConfigurationParser.self,
    "csv": CSVParser.self,
    "fit": FITParser.self,
    "hci": HCIParser.self,
    "socket": SocketParser.self,
    "stick": StickParser.self,
    "tcx": TCXParser.self,
]

/// Holds in every build, which `assert` does not.
func demand(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
