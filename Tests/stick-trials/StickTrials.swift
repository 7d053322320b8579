// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// `stick-trials NAME` runs one trial under stick-emulator, prints what it found, and ends with 0 when all was as it should be.
@main enum StickTrials {
    static func main() {
        let name = CommandLine.arguments.dropFirst().first ?? ""
        guard let trial = Trials.all.first(where: { $0.name == name }), let control = Control() else {
            print("stick-emulator -- stick-trials \(Trials.all.map(\.name).joined(separator: "|"))")
            exit(64)
        }
        do {
            print("\(name): \(try trial.run(control))")
        } catch {
            print("\(name) FAILED: \(error)")
            exit(1)
        }
    }
}
