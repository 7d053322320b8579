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
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        var text = ""
        for row in all {
            var line = ""
            for (index, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[index] - cell.count)
                if index > 0 { line += "  " }
                switch columns[index] {
                case .left: line += index == columns.count - 1 ? cell : cell + space
                case .right: line += space + cell
                }
            }
            text += line.prefix(width) + "\n"
        }
        return text
    }
}
