// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
package import Report

/// The environment variables that decide how text is shown, apart from the process so that tests can make them up.
package struct Environment: Sendable {
    private let lookUp: @Sendable (String) -> String?

    package init(_ variables: [String: String]) {
        lookUp = { variables[$0] }
    }

    private init(lookUp: @escaping @Sendable (String) -> String?) {
        self.lookUp = lookUp
    }

    /// This process's.
    package static let process = Environment { name in
        // SAFETY: no thread of ours changes the environment; the text is copied before anything else runs.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// - Returns: `nil` when the variable is absent or empty.
    package subscript(name: String) -> String? {
        lookUp(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Environment {
    /// How to write to an output.
    ///
    /// Colour only to a terminal that is not `TERM=dumb`, and never under `NO_COLOR` (https://no-color.org);
    /// `CLICOLOR_FORCE` asks for it without a terminal. Characters outside ASCII where the locale's encoding is UTF-8,
    /// by the precedence of POSIX.1-2017 §8.2: LC_ALL, LC_CTYPE, LANG.
    ///
    /// - Parameter terminalColumns: what the terminal says of itself; `COLUMNS` goes before it, 80 stands in for it.
    package func style(isTerminal: Bool, terminalColumns: Int?) -> TextStyle {
        let columns = self["COLUMNS"].flatMap { Int($0) }.flatMap { (1...10_000).contains($0) ? $0 : nil }
        return TextStyle(
            width: columns ?? terminalColumns ?? 80, color: color(isTerminal: isTerminal), unicode: isUTF8)
    }

    private func color(isTerminal: Bool) -> TextStyle.Color {
        guard self["NO_COLOR"] == nil else { return .none }
        let terminal = self["TERM"] ?? "dumb"
        let isForced = self["CLICOLOR_FORCE"].map { $0 != "0" } ?? false
        guard isForced || (isTerminal && terminal != "dumb") else { return .none }
        return terminal.holds("256color") || self["COLORTERM"] != nil ? .ansi256 : .ansi16
    }

    private var isUTF8: Bool {
        let locale = (self["LC_ALL"] ?? self["LC_CTYPE"] ?? self["LANG"] ?? "C").lowercased()
        return locale.holds("utf-8") || locale.holds("utf8")
    }
}
