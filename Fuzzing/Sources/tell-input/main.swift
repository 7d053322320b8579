// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import ProcessIO

// Prints what our readers make of a file, field by field, for a comparison with the readers of others: see scripts/compare-readers.
//
// usage: tell-input capture|fit FILE

let program = "tell-input"
let tellers: [String: ([UInt8]) -> [String]] = ["capture": CaptureTeller.lines, "fit": FITTeller.lines]
let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 2, let tell = arguments.first.flatMap({ tellers[$0] }), let path = arguments.last else {
    exit(CommandFailure(.usage, "usage: \(program) capture|fit FILE").report(program: program))
}
do throws(CommandFailure) {
    try StandardStream.output.write(tell(try WholeFile.read(path, limit: 1 << 28)).map { $0 + "\n" }.joined())
} catch {
    exit(error.report(program: program))
}
