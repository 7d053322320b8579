// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import Measurement
import TestSupport
import Testing

/// Between sessions sensors are for whoever wants them.
@Suite struct CentralReleaseTests {
    private static let strap = CentralTests.strap

    /// A strap that is connected, as link 1, and an adapter that scans for others.
    private func bench() -> CentralTests.Bench {
        var bench = CentralTests.Bench()
        bench.scan()
        bench.event(Self.strap)
        bench.complete(0x200C)
        bench.connected(1)
        bench.answerScan()
        bench.ready(1)
        return bench
    }

    private func release(_ bench: inout CentralTests.Bench) -> [String] {
        bench.do { central, now, emit in central.release(at: now, emit: emit) }
    }

    private func takeBack(_ bench: inout CentralTests.Bench) -> [String] {
        bench.do { central, now, emit in central.takeBack(at: now, emit: emit) }
    }

    @Test func aSensorIsLetGoOfAndTakenBackWhenASessionBegins() {
        var bench = bench()
        #expect(release(&bench) == ["disconnect 1", "remark: \(CentralTests.strapName) is let go of"])
        // It is heard, and left alone.
        for second in 1...200 {
            #expect(bench.tick(at: Double(second)) == [])
            #expect(bench.event(Self.strap) == [])
        }
        _ = takeBack(&bench)
        #expect(bench.event(Self.strap).last == "0: 200c 0000")
        #expect(bench.complete(0x200C).last == "connect 2 hci0 C4:12:F5:00:A0:01 random")
    }

    //  let go of 0   heard 40   silent …   heard 99   heard 160
    @Test func aSensorThatWasSilentForAMinuteHasBeenPutOnAnew() {
        var bench = bench()
        _ = release(&bench)
        bench.seconds = 40
        #expect(bench.event(Self.strap) == [])
        bench.seconds = 99
        #expect(bench.event(Self.strap) == [])
        bench.seconds = 160
        #expect(bench.event(Self.strap).last == "0: 200c 0000")
        #expect(bench.complete(0x200C).last == "connect 2 hci0 C4:12:F5:00:A0:01 random")
    }

    @Test func whatWasNotConnectedIsNotLetGoOf() {
        var bench = CentralTests.Bench([.address(0xC412_F500_A001)])
        bench.scan()
        #expect(release(&bench) == [])
        bench.seconds = 5
        #expect(bench.event(Self.strap).last == "0: 200c 0000")
    }

    @Test func withoutAScanSensorsStayConnected() {
        var bench = CentralTests.Bench([.address(0xC412_F500_A001)])
        bench.adapters(AdapterStatus(index: 0, isUp: true))
        bench.do { central, now, emit in central.cannotOpen(0, .mayNotScan(0), at: now, emit: emit) }
        bench.connected(1)
        bench.ready(1)
        #expect(
            release(&bench) == [
                "remark: the Bluetooth sensors stay connected: without a scan nobody would hear when they are put on again"
            ])
    }

    @Test func whoOnlyListensHearsOfASensorOnceASecond() {
        var bench = CentralTests.Bench { $0.connects = false }
        bench.scan()
        var reports: [Int] = []
        for tenth in 0..<30 {
            bench.seconds = Double(tenth) / 10
            if bench.event(Self.strap).contains(where: { $0.hasPrefix("advertisement") }) { reports.append(tenth) }
        }
        #expect(reports == [0, 10, 20])
    }
}
