// SPDX-License-Identifier: GPL-3.0-or-later
import FuzzedParsers

/// One program holds all parsers, so that it is compiled once; it fuzzes the one whose name it is called by (a symbolic link).
private let parser: any FuzzedParser.Type = {
    let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
    guard let parser = fuzzedParsers[name] else {
        fatalError("Call it by one of these names: \(fuzzedParsers.keys.sorted().joined(separator: " "))")
    }
    return parser
}()

/// Called by libFuzzer for every input. Source: llvm.org/docs/LibFuzzer.html, "Fuzz Target".
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` bytes for the call; they are copied at once.
    parser.read(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
