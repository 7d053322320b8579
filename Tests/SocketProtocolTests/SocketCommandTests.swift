// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import SocketProtocol
import TestSupport
import Testing

@Suite struct SocketCommandTests {
    private static func read(_ line: String) throws(SocketCommand.Refusal) -> SocketCommand {
        try SocketCommand.read(Array(line.utf8).span)
    }

    private static func refusal(_ bytes: [UInt8]) -> SocketCommand.Refusal? {
        do throws(SocketCommand.Refusal) {
            _ = try SocketCommand.read(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            (#"{"command":"watch"}"#, SocketCommand.watch), (#"{"command":"unwatch"}"#, .unwatch),
            (#" { "command" : "status" , "later" : [ { } ] } "#, .status), (#"{"command":"sensors"}"#, .sensors),
            (#"{"command":"session.start"}"#, .startSession(athlete: nil)),
            (#"{"command":"session.start","athlete":null}"#, .startSession(athlete: nil)),
            (#"{"command":"session.stop","athlete":"Zo\u00eb"}"#, .stopSession(athlete: "Zoë")),
            (#"{"command":"reload"}"#, .reload),
            (
                #"{"command":"bind","athlete":"Ada","sensor":"ant:120:16815"}"#,
                .bind(athlete: "Ada", sensor: .ant(deviceType: 120, number: 16815))
            ),
            (
                #"{"command":"unbind","athlete":"Ada","sensor":"ble:C4:12:F5:00:A0:01"}"#,
                .unbind(athlete: "Ada", sensor: .bluetooth(address: 0xC412_F500_A001))
            ),
        ])
    func aCommandIsRead(_ line: String, _ command: SocketCommand) throws {
        #expect(try Self.read(line) == command)
        #expect(try Self.read(String(decoding: command.line.dropLast(), as: UTF8.self)) == command)
        #expect(command.line.last == UInt8(ascii: "\n"))
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1", nil, "not a JSON object"), ("{}", nil, "\"command\" is missing"),
            (#"{"command":5}"#, nil, "\"command\" has a value that it cannot have"),
            (#"{"command":"rm -rf"}"#, "rm -rf", "there is no such command"),
            (#"{"command":"bind","sensor":"ant:120:1"}"#, "bind", "\"athlete\" is missing"),
            (#"{"command":"bind","athlete":"Ada"}"#, "bind", "\"sensor\" is missing"),
            (
                #"{"command":"bind","athlete":"Ada","sensor":"file:footpod"}"#, "bind",
                "\"sensor\" has a value that it cannot have"
            ),
            (
                #"{"command":"bind","athlete":"Ada","sensor":"../../etc"}"#, "bind",
                "\"sensor\" has a value that it cannot have"
            ),
            (
                #"{"command":"session.start","athlete":["Ada"]}"#, "session.start",
                "\"athlete\" has a value that it cannot have"
            ),
        ] as [(String, String?, String)])
    func whatIsNoneIsRefused(_ line: String, _ command: String?, _ message: String) {
        #expect(Self.refusal(Array(line.utf8)) == .init(command: command, message: message))
    }

    @Test func aLineBeyondTheLimitIsRefused() {
        let padding = String(repeating: " ", count: SocketLimits.inputLine)
        #expect(
            Self.refusal(Array((padding + #"{"command":"watch"}"#).utf8))
                == .init(command: nil, message: "the line is too long"))
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0..<64, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(Self.refusal(bytes) != nil)
        }
    }
}
