// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import Testing

@Suite struct BackOffTests {
    /// Failures, and the step in seconds.
    static let steps: [(Int, Double)] = [
        (-1, 0.25), (0, 0.25), (1, 0.25), (2, 0.5), (3, 1), (7, 16), (8, 30), (9, 30), (1000, 30), (.max, 30),
    ]

    @Test(arguments: steps) func doublesUpToItsLimit(failures: Int, step: Double) {
        let backOff = BackOff(first: 0.25, longest: 30)
        #expect(backOff.delay(afterFailures: failures, random: 0) == step / 2)
        let longest = backOff.delay(afterFailures: failures, random: .max)
        #expect(longest <= step && longest > step * 0.999)
    }
}
