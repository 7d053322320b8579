// SPDX-License-Identifier: GPL-3.0-or-later
import ServiceIO
import Testing

@testable import sprintd

@Suite struct OptionsTests {
    private func request(_ arguments: String) -> Result<Options.Request, Options.Failure> {
        let list = arguments.split(separator: " ").map(String.init)
        return Result { () throws(Options.Failure) in try Options.request(list) }
    }

    @Test func everyOptionIsRead() {
        let expected = Options(
            recording: "a.pcapng", rate: .times(20), state: "/s", athletes: ["ada.toml", "bob.toml"], plan: "p")
        #expect(
            request("--replay a.pcapng --rate 20 --state /s --athlete ada.toml --athlete bob.toml --plan p")
                == .success(.replay(expected)))
        #expect(
            request("--plan=p --athlete=ada.toml --athlete=bob.toml --state=/s --rate=20 --replay=a.pcapng")
                == .success(.replay(expected)))
    }

    @Test func theRateIsRealTimeUnlessSaid() {
        let plain = Options(recording: "a", rate: .times(1), state: "s", athletes: [], plan: nil)
        #expect(request("--replay a --state s") == .success(.replay(plain)))
        var fast = plain
        fast.rate = .asFastAsPossible
        #expect(request("--replay a --state s --rate max") == .success(.replay(fast)))
    }

    @Test func helpVersionAndLiveAreRequestsOfTheirOwn() {
        #expect(request("--help") == .success(.help))
        #expect(request("--version") == .success(.version))
        #expect(request("") == .success(.live(LiveOptions())))
        #expect(request("--athlete a") == .success(.live(LiveOptions(athletes: ["a"]))))
    }

    @Test func everyOptionOfLiveCaptureIsRead() {
        var expected = LiveOptions(state: "/s", athletes: ["ada.toml", "bob.toml"], plan: "p", silence: 60)
        #expect(
            request("--state /s --athlete ada.toml --athlete bob.toml --plan p --silence 60")
                == .success(.live(expected)))
        expected.simulation = .init(workout: "steady", seed: 7, rate: 20)
        #expect(
            request(
                "--state /s --athlete ada.toml --athlete bob.toml --plan p --silence 60 --simulate steady --seed 7 --rate 20"
            )
                == .success(.live(expected)))
        let plain = LiveOptions(simulation: .init(workout: "steady", seed: 1, rate: 1))
        #expect(request("--simulate steady") == .success(.live(plain)))
    }

    @Test func theServicesOptionsAreRead() {
        var expected = LiveOptions(state: "/s")
        expected.configuration = "c.toml"
        expected.socket = "/s.sock"
        expected.logLevel = .debug
        expected.logForm = .journal
        let options = "--state /s --config c.toml --socket /s.sock --log-level debug --log journald"
        #expect(request(options) == .success(.live(expected)))
        #expect(request(options + " --check-config") == .success(.check(expected)))
        expected.logForm = .plain
        #expect(
            request("--state /s --config c.toml --socket /s.sock --log-level debug --log plain")
                == .success(.live(expected)))
    }

    @Test(arguments: [
        ("--log-level loud", "--log-level must be one of error, warning, notice, info, debug"),
        ("--log syslog", "--log must be journald or plain"), ("--config a --config b", "--config is given twice"),
        (
            "--replay a --state s --config c",
            "--config, --check-config, --socket, --log, --log-level and --release-sensors are not for --replay"
        ),
        (
            "--replay a --state s --check-config",
            "--config, --check-config, --socket, --log, --log-level and --release-sensors are not for --replay"
        ),
        ("--replay", "--replay needs a value"), ("--replay --state s", "--replay needs a value"),
        ("--replay= --state s", "--replay needs a value"), ("--replay a", "--replay needs --state DIR"),
        ("--rate 3", "--rate needs --replay or --simulate"), ("--seed 3", "--seed needs --simulate"),
        ("--replay a --state s --seed 3", "--seed needs --simulate"),
        ("--simulate a --seed -1", "--seed must be a whole number, 0 or more"),
        ("--replay a --state s --simulate b", "--replay and --simulate exclude each other"),
        ("--replay a --state s --silence 60", "a replayed session ends with its recording, not with --silence"),
        ("--simulate a --rate max", "--rate max is for --replay: sensors send when they send"),
        ("--silence 9", "--silence must be a number of seconds from 10 to 86400"),
        ("--silence nan", "--silence must be a number of seconds from 10 to 86400"),
        ("--replay a --replay b --state s", "--replay is given twice"),
        ("--verbose", "unknown argument '--verbose'"), ("file", "unknown argument 'file'"),
        ("--rate 0", "--rate must be a number from 0.01 to 10000, or max"),
        ("--rate nan", "--rate must be a number from 0.01 to 10000, or max"),
        ("--rate -5", "--rate must be a number from 0.01 to 10000, or max"),
        ("--rate fast", "--rate must be a number from 0.01 to 10000, or max"),
    ])
    func refusesWhatMakesNoSense(_ arguments: String, _ message: String) {
        #expect(request(arguments) == .failure(Options.Failure(message: message)))
    }
}
