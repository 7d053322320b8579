// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Replay
import Testing

@Suite struct ReplayClockTests {
    private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }

    @Test func spacesFramesAsTheyWereRecorded() {
        var clock = ReplayClock(rate: .multiple(1))
        #expect(clock.wait(for: at(1000), now: at(5)) == 0)
        #expect(clock.wait(for: at(1001), now: at(5)) == 1_000_000_000)
        #expect(clock.wait(for: at(1001), now: at(5.75)) == 250_000_000)
        #expect(clock.wait(for: at(1003), now: at(6)) == 2_000_000_000)
    }

    @Test func catchesUpAfterBeingHeldUp() {
        var clock = ReplayClock(rate: .multiple(2))
        #expect(clock.wait(for: at(0), now: at(100)) == 0)
        #expect(clock.wait(for: at(1), now: at(103)) == 0)
        #expect(clock.wait(for: at(4), now: at(103)) == 0)
        #expect(clock.wait(for: at(8), now: at(103)) == 1_000_000_000)
    }

    @Test func frameThatGoesBackInTimeIsDueAtOnce() {
        var clock = ReplayClock(rate: .multiple(1))
        #expect(clock.wait(for: at(10), now: at(0)) == 0)
        #expect(clock.wait(for: at(3), now: at(0)) == 0)
        #expect(clock.wait(for: at(11), now: at(0)) == 1_000_000_000)
    }

    @Test func maximumNeverWaits() {
        var clock = ReplayClock(rate: .maximum)
        #expect(clock.wait(for: at(0), now: at(0)) == 0)
        #expect(clock.wait(for: at(1e6), now: at(0)) == 0)
    }

    @Test func extremesDoNotTrap() {
        let ends = [Timestamp(nanoseconds: .min), .zero, Timestamp(nanoseconds: .max)]
        for rate in [1e-300, 1, 1e300] {
            for first in ends {
                for second in ends {
                    var clock = ReplayClock(rate: .multiple(rate))
                    #expect(clock.wait(for: first, now: second) == 0)
                    #expect(clock.wait(for: second, now: first) >= 0)
                }
            }
        }
    }

    @Test func onlyPositiveNumbersAreRates() {
        #expect(ReplayClock.Rate(0) == nil)
        #expect(ReplayClock.Rate(-1) == nil)
        #expect(ReplayClock.Rate(.nan) == nil)
        #expect(ReplayClock.Rate(.infinity) == .maximum)
        #expect(ReplayClock.Rate(2.5) == .multiple(2.5))
    }
}
