// SPDX-License-Identifier: GPL-3.0-or-later

struct Options {
    static let usage = """
        usage: evaluate [--quick | --times N] [--tuning] [--only TEXT] [--out FOLDER] [--errors] [--real]
          --quick        a third of the simulated sessions
          --times N      N times as many of them, 1 to 10: the same and further seeds
          --tuning       odd seeds only
          --only TEXT    the conditions whose name contains TEXT
          --out FOLDER   write each session and all measures into this folder, and print the aims only
          --real         the real recordings too: in SPRINTD_REAL_RECORDINGS, else ../shared/real beside the project
          --errors       list every missed, false and far-off bout, and every effort that is more than a point off
        """

    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    var isQuick = false
    var times: UInt64 = 1
    var isTuning = false
    var only: String?
    var folder: String?
    var listsErrors = false
    var takesReal = false
    var isAskingForHelp = false

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func value(of option: String) throws -> String {
            guard let value = rest.popFirst() else { throw Refused(description: "\(option) needs a value") }
            return value
        }
        while let option = rest.popFirst() {
            switch option {
            case "--quick": isQuick = true
            case "--times":
                guard let times = UInt64(try value(of: option)), 1...10 ~= times else {
                    throw Refused(description: "--times needs a whole number from 1 to 10")
                }
                self.times = times
            case "--tuning": isTuning = true
            case "--only": only = try value(of: option)
            case "--out": folder = try value(of: option)
            case "--real": takesReal = true
            case "--errors": listsErrors = true
            case "--help": isAskingForHelp = true
            default: throw Refused(description: "\(option) is no option of this program\n\(Self.usage)")
            }
        }
    }
}
