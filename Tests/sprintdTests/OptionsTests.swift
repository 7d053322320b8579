// SPDX-License-Identifier: GPL-3.0-or-later
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
        #expect(request("") == .success(.live))
        #expect(request("--athlete a") == .success(.live))
    }

    @Test(arguments: [
        ("--replay", "--replay needs a value"), ("--replay --state s", "--replay needs a value"),
        ("--replay= --state s", "--replay needs a value"), ("--replay a", "--replay needs --state DIR"),
        ("--rate 3", "--rate needs --replay"), ("--replay a --replay b --state s", "--replay is given twice"),
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
