// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO

/// Which radios a command listens to.
struct RadioOptions: ParsableArguments {
    @Flag(help: "Only ANT+.")
    var ant = false

    @Flag(help: "Only Bluetooth.")
    var bluetooth = false

    var radios: [SensorRadio] {
        let chosen: [SensorRadio] = (ant ? [.ant] : []) + (bluetooth ? [.bluetooth] : [])
        return chosen.isEmpty ? SensorRadio.allCases : chosen
    }
}

enum SensorRadio: String, CaseIterable {
    case ant
    case bluetooth

    var name: String {
        switch self {
        case .ant: "ANT+"
        case .bluetooth: "Bluetooth"
        }
    }
}
