// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import FuzzedParsers
import Glibc
import ProcessIO

// Reads kept inputs without the fuzzer: for coverage, for a debugger, for another build than the one that found them.
//
// usage: read-inputs PARSER FILE|FOLDER...

let program = "read-inputs"
var arguments = CommandLine.arguments.dropFirst()
guard let parser = arguments.popFirst().flatMap({ fuzzedParsers[$0] }), !arguments.isEmpty else {
    let names = fuzzedParsers.keys.sorted().joined(separator: "|")
    exit(CommandFailure(.usage, "usage: \(program) \(names) FILE|FOLDER...").report(program: program))
}
/// - Returns: `nil` for a file of a folder that has gone since the folder was read: a fuzzer that runs beside this replaces inputs by shorter ones.
func input(_ path: String, in folder: Bool) throws(CommandFailure) -> [UInt8]? {
    do throws(CommandFailure) {
        return try WholeFile.read(path, limit: 1 << 24)
    } catch {
        guard folder, error.status == .noInput else { throw error }
        return nil
    }
}

do {
    var count = 0
    for path in arguments {
        let isFolder = FileTree.isFolder(path)
        for file in isFolder ? try FileTree.names(in: path).map({ path + "/" + $0 }) : [path] {
            guard let bytes = try input(file, in: isFolder) else { continue }
            parser.read(bytes)
            count += 1
        }
    }
    print(count, "inputs read")
} catch let failure as CommandFailure {
    exit(failure.report(program: program))
} catch {
    exit(CommandFailure(.noInput, "\(error)").report(program: program))
}
