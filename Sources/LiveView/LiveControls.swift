// SPDX-License-Identifier: GPL-3.0-or-later
package import SocketProtocol

/// What a person at the keys has chosen, and what a key does.
package struct LiveControls: Equatable, Sendable {
    package enum Action: Equatable, Sendable {
        case quit
        case redraw
        case send(SocketCommand)
    }

    package struct Answer: Equatable, Sendable {
        package var text: String
        package var isGood: Bool
        package var time: Double
    }

    /// An athlete's place in the state's list; may lie beyond its end.
    package private(set) var selected = 0
    package private(set) var showsHelp = false
    /// What is asked before it is done.
    package private(set) var question: SocketCommand?
    /// What came of it.
    package private(set) var answer: Answer?

    package init() {}

    /// The selected athlete's place; `nil` where there is no athlete.
    package func place(in state: LiveState) -> Int? {
        state.athletes.isEmpty ? nil : min(max(selected, 0), state.athletes.count - 1)
    }

    package mutating func select(_ name: String?, in state: LiveState) {
        if let place = state.athletes.firstIndex(where: { $0.name == name }) { selected = place }
    }

    package mutating func handle(_ key: LiveKey, _ state: LiveState) -> Action? {
        if let asked = question {
            question = nil
            switch key {
            case .interrupt: return .quit
            case .redraw:
                question = asked
                return .redraw
            case .character("y"), .character("Y"): return .send(asked)
            case .character, .tab, .backTab, .left, .right, .escape: return nil
            }
        }
        switch key {
        case .interrupt, .character("q"), .character("Q"): return .quit
        case .redraw: return .redraw
        case .escape: showsHelp = false
        case .character("?"), .character("h"): showsHelp.toggle()
        case .tab, .right, .character("n"): move(1, state)
        case .backTab, .left, .character("p"): move(-1, state)
        case .character("s"), .character("S"): ask(state)
        case .character(let digit):
            guard ("1"..."9").contains(digit) else { return nil }
            let place = Int(digit.value) - 0x31
            if place < state.athletes.count { selected = place }
        }
        return nil
    }

    /// The daemon's answer to a command, to be shown for a while.
    package mutating func take(_ text: String, isGood: Bool, at time: Double) {
        answer = Answer(text: text, isGood: isGood, time: time)
    }

    private mutating func move(_ step: Int, _ state: LiveState) {
        guard let place = place(in: state) else { return }
        let count = state.athletes.count
        selected = (place + step + count) % count
    }

    private mutating func ask(_ state: LiveState) {
        guard case .open = state.connection, let place = place(in: state) else { return }
        let athlete = state.athletes[place]
        question =
            athlete.session?.isRunning ?? false
            ? .stopSession(athlete: athlete.name) : .startSession(athlete: athlete.name)
    }
}
