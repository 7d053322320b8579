// SPDX-License-Identifier: GPL-3.0-or-later

/// Columns as wide as their widest cell.
struct TextTable {
    enum Column {
        case left(String)
        case right(String)

        var title: String {
            switch self {
            case .left(let title), .right(let title): title
            }
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// - Parameter width: characters after which a line is cut.
    func text(width: Int) -> String {
        let all = [columns.map(\.title)] + rows
        let lengths = all.map { $0.map(Self.length) }
        let widths = columns.indices.map { column in lengths.map { $0[column] }.max() ?? 0 }
        let lastIsLeft = if case .left = columns.last { true } else { false }
        var text: [UInt8] = []
        text.reserveCapacity(all.count * (widths.reduce(0, +) + 2 * columns.count))
        for (row, length) in zip(all, lengths) {
            let start = text.count
            for (index, cell) in row.enumerated() {
                let space = repeatElement(UInt8(ascii: " "), count: widths[index] - length[index])
                if index > 0 { text += [0x20, 0x20] }
                switch columns[index] {
                case .left:
                    text += cell.utf8
                    if index < columns.count - 1 || !lastIsLeft { text += space }
                case .right:
                    text += space
                    text += cell.utf8
                }
            }
            if text.count - start > width {
                // Bytes are at least as many as characters.
                let line = String(decoding: text[start...], as: UTF8.self).prefix(width)
                text.removeSubrange(start...)
                text += line.utf8
            }
            text.append(0x0A)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Characters; a byte each where all are ASCII, as nearly always.
    private static func length(_ cell: String) -> Int {
        cell.utf8.allSatisfy { $0 < 0x80 } ? cell.utf8.count : cell.count
    }
}
