// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@Suite struct TimestampTests {
    @Test func differencesOfTheExtremesDoNotOverflow() {
        let first = Timestamp(nanoseconds: .min)
        let last = Timestamp(nanoseconds: .max)
        #expect(last.nanoseconds(since: first) == 1 << 62)
        #expect(first.nanoseconds(since: last) == -(1 << 62))
        #expect(last.advanced(bySeconds: .infinity) == last)
        #expect(first.advanced(bySeconds: -1e300) == first)
    }

    @Test func readsSecondsToTheNanosecond() {
        #expect(Timestamp(seconds: 1.000000001).nanoseconds == 1_000_000_001)
        #expect(Timestamp(seconds: -0.5).nanoseconds == -500_000_000)
        #expect(Timestamp(seconds: .nan) == .zero)
        #expect(Timestamp(seconds: .infinity).nanoseconds == Timestamp.limit)
        #expect(Timestamp(seconds: -.infinity).nanoseconds == -Timestamp.limit)
    }

    @Test func refusesWhatLiesBeyondItsRange() {
        #expect(Timestamp(exactly: Timestamp.limit) != nil)
        #expect(Timestamp(exactly: Timestamp.limit + 1) == nil)
        #expect(Timestamp(exactly: .min) == nil)
    }

    @Test func ordersByTime() {
        #expect(Timestamp(seconds: 1) < Timestamp(seconds: 2))
        #expect(Timestamp(seconds: 2).seconds(since: Timestamp(seconds: 0.5)) == 1.5)
    }
}
