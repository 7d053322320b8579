// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// The line to the emulator that this program runs under.
struct Control {
    private let descriptor: Int32

    /// - Returns: `nil` when it does not run under one.
    init?() {
        // SAFETY: no thread changes the environment.
        guard let text = unsafe getenv("STICK_EMULATOR_CONTROL"), let number = unsafe Int32(String(cString: text))
        else {
            return nil
        }
        descriptor = number
        // The programs that this one starts have no use for it, and would keep the emulator from seeing our end.
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }

    /// - Returns: the words behind `ok`.
    @discardableResult
    func say(_ command: String) throws(TrialFailure) -> [String] {
        let line = Array("\(command)\n".utf8)
        // SAFETY: reads the buffer.
        guard unsafe write(descriptor, line, line.count) == line.count else {
            throw TrialFailure("the emulator is gone")
        }
        var answer: [UInt8] = []
        var byte: UInt8 = 0
        // SAFETY: fills the byte.
        while unsafe read(descriptor, &byte, 1) == 1, byte != 0x0A { answer.append(byte) }
        let words = String(decoding: answer, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.first == "ok" else { throw TrialFailure("\(command): \(words.joined(separator: " "))") }
        return Array(words.dropFirst())
    }

    /// Data messages that the stick's client took so far.
    func delivered(_ name: String) throws(TrialFailure) -> Int {
        Int(try say("stats \(name)").first ?? "") ?? -1
    }
}

struct TrialFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
