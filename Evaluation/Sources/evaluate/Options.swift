// SPDX-License-Identifier: GPL-3.0-or-later

struct Options {
    static let usage = """
        usage: evaluate [--quick] [--only TEXT] [--out FOLDER] [--errors] [--real]
          --quick        a third of the simulated sessions
          --only TEXT    the conditions whose name contains TEXT
          --out FOLDER   write each session and all measures into this folder, and print the aims only
          --real         the real recordings too: in SPRINTD_REAL_RECORDINGS, else ../shared/real beside the project
          --errors       list every missed, false and far-off bout
        """

    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    var isQuick = false
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
