// SPDX-License-Identifier: GPL-3.0-or-later

extension AthleteFile {
    /// A figure to be written, by its key.
    package struct Figure: Equatable, Sendable {
        package var key: String
        /// As TOML writes it.
        package var value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The same text with some figures changed or added. All else stays as it is, comments too.
    ///
    /// - Parameter text: an athlete file.
    /// - Throws: when it is none, or would be none afterwards.
    package static func setting(_ figures: [Figure], in text: String) throws(AthleteFileError) -> String {
        _ = try athlete(text)
        var text = text
        for figure in figures { text = try setting(figure, in: text) }
        _ = try athlete(text)
        return text
    }

    private static func setting(_ figure: Figure, in text: String) throws(AthleteFileError) -> String {
        let document = try TOMLDocument(text)
        var scalars = Array(text.unicodeScalars)
        if let range = document.entries.first(where: { $0.path == [figure.key] })?.valueRange {
            scalars.replaceSubrange(range, with: figure.value.unicodeScalars)
        } else {
            // Keys of no table stand before the first header.
            let place = document.firstHeader ?? scalars.count
            let isLineStart = place == 0 || scalars[place - 1] == "\n"
            let line = (isLineStart ? "" : "\n") + "\(figure.key) = \(figure.value)\n"
            scalars.insert(contentsOf: line.unicodeScalars, at: place)
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
