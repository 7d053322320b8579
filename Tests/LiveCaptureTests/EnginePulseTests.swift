// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import Synchronization
import Testing

@Suite struct EnginePulseTests {
    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    private let count = Count()

    private func pulse() -> EnginePulse {
        EnginePulse(interval: 10) { [count] in count.value.add(1, ordering: .relaxed) }
    }

    private var signs: Int { count.value.load(ordering: .relaxed) }
    private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }

    @Test func aSignIsGivenOftenEnoughAndNotEachTime() {
        let pulse = pulse()
        for time in stride(from: 1000.0, to: 1100, by: 0.25) { pulse.pipelineWentAround(at: at(time)) }
        // Each 5 s: half the interval.
        #expect(signs == 20)
        // A sleep as long as the interval is followed by one.
        pulse.pipelineWentAround(at: at(1110))
        #expect(signs == 21)
    }

    @Test func aSlowDiskIsNoDeathAndOneThatNeverComesBackIs() {
        let pulse = pulse()
        pulse.writerBegins(at: at(1000))
        pulse.pipelineWentAround(at: at(1100))
        #expect(signs == 1)
        pulse.pipelineWentAround(at: at(1000 + EnginePulse.writerLimit))
        #expect(signs == 1)
        pulse.writerBegins(at: at(1200))
        pulse.pipelineWentAround(at: at(1201))
        #expect(signs == 2)
        pulse.writerSleeps()
        pulse.pipelineWentAround(at: at(100_000))
        #expect(signs == 3)
    }
}
