// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Measurement
import Testing

/// Samples and events lie apart and are told in the order in which they came.
@Suite struct ANTOutputTests {
    private enum Told: Equatable {
        case rate(Double)
        case bad
        case other
    }

    private static func told(_ output: ANTOutput) -> [Told] {
        var told: [Told] = []
        output.forEach(
            sample: { sample in
                if case .heartRate(let reading) = sample.reading { told.append(.rate(reading.beatsPerMinute ?? 0)) }
            },
            event: { event in
                if case .bad = event { told.append(.bad) } else { told.append(.other) }
            })
        return told
    }

    /// A strap's broadcast on channel 0, with its identity behind it.
    private static func broadcast(_ page: [UInt8]) -> [UInt8] {
        frame([0x4E, 0] + page + [0x80, 0x34, 0x12, 120, 1])
    }

    private static func frame(_ body: [UInt8]) -> [UInt8] {
        let bytes = [0xA4, UInt8(body.count - 1)] + body
        return bytes + [bytes.reduce(0, ^)]
    }

    @Test func comesOutInTheOrderInWhichItCame() {
        var decoder = ANTDecoder()
        decoder.trust(stick: 1)
        var output = ANTOutput()
        var broken = Self.broadcast([0, 0xFF, 0xFF, 0xFF, 0, 4, 1, 61])
        broken[broken.count - 1] ^= 1
        let bytes =
            Self.broadcast([0, 0xFF, 0xFF, 0xFF, 0, 4, 1, 60]) + broken
            + Self.broadcast([0, 0xFF, 0xFF, 0xFF, 0, 4, 1, 62])
        decoder.receive(
            bytes.span, stick: 1, fromStick: true, at: .zero, tellsMessages: false, into: &output)
        #expect(Self.told(output) == [.rate(60), .bad, .rate(62)])
        // What follows goes behind what is there.
        decoder.receive(
            Self.broadcast([0, 0xFF, 0xFF, 0xFF, 0, 4, 1, 63]).span, stick: 1, fromStick: true,
            at: Timestamp(seconds: 0.25), tellsMessages: false, into: &output)
        #expect(Self.told(output) == [.rate(60), .bad, .rate(62), .rate(63)])
        output.removeAll()
        #expect(Self.told(output).isEmpty)
    }
}
