// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import Testing

@testable import Scoring

@Suite struct WorkingPartTests {
    /// A sprint from a stand at 100 s with a plateau of 7 m/s and τ = 1.2 s, braked at 2 m/s², as a footpod tells it: 0.2 s and a lag of
    /// 0.7 s late, 4 times a second.
    static func history(seconds: Double) -> History {
        var history = History()
        var speed = 0.0
        var told = 0.0
        var waiting = [Double](repeating: 0, count: 200)
        for millisecond in 0..<140_000 {
            let time = Double(millisecond) / 1000
            if time >= 100 + seconds {
                speed = max(0, speed - 0.002)
            } else if time >= 100 {
                speed += (7 - speed) * 0.001 / 1.2
            }
            let late = waiting[millisecond % 200]
            waiting[millisecond % 200] = speed
            told += (late - told) * 0.001 / 0.7
            if millisecond % 250 == 0 {
                history.ingest(FusedSample(time: Timestamp(seconds: time), speed: told, updated: .speed))
            }
        }
        return history
    }

    /// By hand: 7 − 7 × 1.2 (e^(−a / 1.2) − e^(−b / 1.2)) / (b − a) from a = b / 5 to the end b.
    @Test(arguments: [(8.0, 6.6557), (10, 6.8021), (12, 6.8816)])
    func aShortSprintHasTheRunnersOwnSpeed(seconds: Double, speed: Double) throws {
        let history = Self.history(seconds: seconds)
        let part = WorkingPart(start: 100, end: 100 + seconds, history: history, nextWork: nil)
        #expect(abs(try #require(part.meanSpeed) - speed) < 0.03)
        // Half a point of a maximum of 8 m/s for each tenth of a second.
        let early = WorkingPart(start: 99.8, end: 99.8 + seconds, history: history, nextWork: nil)
        #expect(abs(try #require(early.meanSpeed) - speed) < 0.1)
    }

    /// From 3 s on: 7 − 7 × 1.2 (e^(−2.5) − e^(−25)) / 27.
    @Test(arguments: [-0.5, 0, 0.5]) func theEdgesOfALongSprintChangeNoEffort(off: Double) throws {
        let history = Self.history(seconds: 30)
        let part = WorkingPart(start: 100 + off, end: 130 - off, history: history, nextWork: nil)
        #expect(abs(try #require(part.meanSpeed) - 6.9745) < 0.04)
    }

    /// The same runner, as a pod tells it that smooths its speed by 2 s: a stride (1.4 a second) is told with its age by the next message, and
    /// once more by the message after that.
    static func stridesHistory(seconds: Double) -> History {
        var history = History()
        var speed = 0.0
        var told = 0.0
        var distance = 0.0
        var stride = (time: 0.0, distance: 0.0)
        for millisecond in 0..<140_000 {
            let time = Double(millisecond) / 1000
            if time >= 100 + seconds {
                speed = max(0, speed - 0.002)
            } else if time >= 100 {
                speed += (7 - speed) * 0.001 / 1.2
            }
            distance += speed * 0.001
            told += (speed - told) * 0.001 / 2
            if millisecond % 714 == 0, speed > 0 { stride = (time, distance) }
            if millisecond % 500 == 0 {
                history.ingest(
                    FusedSample(
                        time: Timestamp(seconds: time), speed: told, distance: stride.distance,
                        distanceAge: min(time - stride.time, 7.98), updated: [.speed, .distance]))
            }
        }
        return history
    }

    /// By hand, as above: neither the smoothing nor an onset that was found half a second off counts.
    @Test(arguments: [(8.0, 6.6557), (10, 6.8021), (30, 6.9745)], [-0.5, 0, 0.5])
    func datedStridesTellTheRunnersOwnSpeed(sprint: (seconds: Double, speed: Double), off: Double) throws {
        let history = Self.stridesHistory(seconds: sprint.seconds)
        let part = WorkingPart(start: 100 + off, end: 100 + sprint.seconds, history: history, nextWork: nil)
        #expect(abs(try #require(part.meanSpeed) - sprint.speed) < 0.03)
    }

    @Test func anotherSensorsDistanceIsNotTaken() throws {
        var history = History()
        for step in 0..<500 {
            let time = Double(step) / 4
            history.ingest(
                FusedSample(
                    time: Timestamp(seconds: time), speed: time < 100 ? 2 : 7, distance: 5 * time, distanceAge: 0,
                    updated: [.speed, .distance]))
        }
        let part = WorkingPart(start: 100, end: 120, history: history, nextWork: nil)
        #expect(abs(try #require(part.meanSpeed) - 7) < 0.01)
    }

    @Test func withoutSpeedThereIsNone() {
        #expect(WorkingPart(start: 100, end: 108, history: History(), nextWork: nil).meanSpeed == nil)
    }
}
