// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import USBTransport

@Suite struct USBEventLoopTests {
    /// libusb takes microseconds below 1 000 000 only; with more it returns at once, and no transfer is looked at.
    @Test(
        arguments: [
            (0, 0, 0), (1e-9, 0, 1), (0.25, 0, 250_000), (0.999_999, 0, 999_999), (0.999_999_9, 1, 0),
            (2.999_999_999, 3, 0), (3600, 3600, 0),
        ] as [(Double, Int, Int)])
    func aTimeoutIsRoundedUpToWhatLibusbTakes(_ seconds: Double, _ whole: Int, _ microseconds: Int) {
        let time = USBEventLoop.timeout(seconds: seconds)
        #expect(time.seconds == whole)
        #expect(time.microseconds == microseconds)
    }
}
