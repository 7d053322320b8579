// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The plans that are known by name. Warm-ups and cool-downs are this program's where a source gives none.
extension Plan {
    /// 5 min warm-up, 5 × (30 s sprint at 80 % of maximum effort or more + 90 s recovery walk), 5 min cool-down; two or three
    /// times a week.
    package static let sprint5x30x90 = Plan(
        name: "sprint-5x30-90",
        steps: [Step(.warmup, seconds: 300)]
            + repeated(5, [Step(.sprint, seconds: 30), Step(.recovery, seconds: 90)])
            + [Step(.cooldown, seconds: 300)],
        target: 0.8,
        source: "the workout that sprintd is made for: 30 s sprints at 80 % of maximum effort or more, 90 s walks, "
            + "two or three times a week")

    /// The study let its runners go on to exhaustion; they managed about 20 minutes' worth. A runner's speed at maximal oxygen uptake is 63 to
    /// 74 % of the maximal sprint speed (speed reserve ratios of 1.36 to 1.58: Sandford et al. 2019, Int J Sports Physiol
    /// Perform 14:501), and 65 % of it is asked for here.
    package static let thirtyThirty = Plan(
        name: "30-30",
        steps: [Step(.warmup, seconds: 600)]
            + repeated(20, [Step(.sprint, seconds: 30, target: 0.65, basis: .speed), Step(.recovery, seconds: 30)])
            + [Step(.cooldown, seconds: 300)],
        target: 0.65,
        source: "Billat et al. 2000, Eur J Appl Physiol 81:188: 30 s at the speed of maximal oxygen uptake, "
            + "30 s at half of it")

    /// The study's 170 % of maximal oxygen uptake were on a cycle ergometer. On a treadmill 8 × 20 s were run at about 150 % of maximal
    /// aerobic speed (Hov et al. 2022, Scand J Med Sci Sports 33:146), without a limit by sprint speed; 80 % of that is
    /// asked for here.
    package static let tabata = Plan(
        name: "tabata",
        steps: [Step(.warmup, seconds: 600)]
            + repeated(8, [Step(.sprint, seconds: 20, target: 0.8), Step(.recovery, seconds: 10)])
            + [Step(.cooldown, seconds: 300)],
        target: 0.8,
        source:
            "Tabata et al. 1996, Med Sci Sports Exerc 28:1327: 7 to 8 times 20 s at 170 % of maximal oxygen uptake, "
            + "10 s rest")

    package static let tenTwentyThirty = Plan(
        name: "10-20-30",
        steps: [Step(.warmup, seconds: 600)]
            + repeated(
                3,
                repeated(
                    5,
                    [
                        Step(.recovery, seconds: 30), Step(.steady, seconds: 20),
                        Step(.sprint, seconds: 10, target: 0.9, basis: .speed),
                    ])
                    + [Step(.recovery, seconds: 120)])
            + [Step(.cooldown, seconds: 300)],
        target: 0.9,
        source: "Gunnarsson & Bangsbo 2012, J Appl Physiol 113:16: three or four times 5 min of 30 s below 30 %, "
            + "20 s below 60 % and 10 s above 90 % of maximal speed, 2 min between")

    package static let fourByFour = Plan(
        name: "4x4",
        steps: [Step(.warmup, seconds: 600)]
            + repeated(
                3, [Step(.interval, seconds: 240, target: 0.9, basis: .heartRate), Step(.recovery, seconds: 180)])
            + [Step(.interval, seconds: 240, target: 0.9, basis: .heartRate), Step(.cooldown, seconds: 300)],
        target: 0.9,
        source:
            "Helgerud et al. 2007, Med Sci Sports Exerc 39:665: four times 4 min at 90 to 95 % of maximum heart rate, "
            + "3 min active recovery")

    package static let builtIn = [sprint5x30x90, thirtyThirty, tabata, tenTwentyThirty, fourByFour]

    package static func named(_ name: String) -> Plan? { builtIn.first { $0.name == name } }

    private static func repeated(_ count: Int, _ steps: [Step]) -> [Step] {
        (0..<count).flatMap { _ in steps }
    }
}
