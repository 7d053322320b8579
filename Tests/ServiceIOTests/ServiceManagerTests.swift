// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import ProcessIO
import TestSupport
import Testing

@testable import ServiceIO

@Suite struct ServiceManagerTests {
    @Test(arguments: [
        ("/run/systemd/notify", Array("/run/systemd/notify".utf8)), ("@abc", [0, 0x61, 0x62, 0x63]),
        (String(repeating: "/", count: 107), [UInt8](repeating: 0x2F, count: 107)),
        (String(repeating: "/", count: 108), nil), ("vsock:2:1", nil), ("relative", nil), ("/", nil), ("@", nil),
    ] as [(String, [UInt8]?)])
    func aSocketIsNamedByPathOrWithoutOne(_ name: String, _ expected: [UInt8]?) {
        #expect(ServiceManager.address(name) == expected)
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "30000000"], .seconds(15)), (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], .seconds(15)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"], nil), (["WATCHDOG_USEC": "0"], nil),
        (["WATCHDOG_USEC": "-1"], nil), (["WATCHDOG_USEC": "x"], nil), (["WATCHDOG_USEC": "99999999999999999999"], nil),
        (["WATCHDOG_PID": "7"], nil), (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "seven"], nil),
    ] as [([String: String], Duration?)])
    func signsOfLifeAreWantedTwiceAsOften(_ variables: [String: String], _ expected: Duration?) {
        #expect(ServiceManager.watchdogInterval(Environment(variables), process: 7) == expected)
    }

    @Test func withoutASocketNobodyIsTold() {
        #expect(ServiceManager(Environment([:])) == nil)
        #expect(ServiceManager(Environment(["NOTIFY_SOCKET": "vsock:1:1"])) == nil)
    }

    @Test(arguments: [true, false]) func whatIsToldArrives(_ isAbstract: Bool) throws {
        let name = "sprintd-notify-\(UUID().uuidString)"
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var receiver = NotificationSocket(isAbstract ? "@" + name : path)
        let service = try #require(ServiceManager(Environment(["NOTIFY_SOCKET": isAbstract ? "@" + name : path])))
        func next() -> String? { receiver?.next() }
        service.ready(status: "listening\nREADY=0")
        #expect(next() == "READY=1\nSTATUS=listening READY=0")
        service.reloading(at: 12)
        #expect(next() == "RELOADING=1\nMONOTONIC_USEC=12")
        service.reloaded()
        #expect(next() == "READY=1")
        service.status("recording Ada: sprint 3")
        #expect(next() == "STATUS=recording Ada: sprint 3")
        service.alive()
        #expect(next() == "WATCHDOG=1")
        service.stopping()
        #expect(next() == "STOPPING=1\nSTATUS=finishing what is recorded")
        // Nobody listens any more, which must not end the process.
        receiver = nil
        service.alive()
    }
}
