// SPDX-License-Identifier: GPL-3.0-or-later

/// Which phase each cell of a time-line shows.
///
/// Cells are equal stretches of time, except where phases are shorter than a cell: those take one cell of their own and
/// push their neighbours aside, so that no phase vanishes. When one row has too few cells for that, the line goes on in
/// further rows.
package struct TimelineLayout: Equatable, Sendable {
    package struct Stretch: Equatable, Sendable {
        /// Seconds.
        var start: Double
        var end: Double
        /// Whether this one wins a cell that several must share.
        var isWork: Bool

        package init(start: Double, end: Double, isWork: Bool) {
            self.start = start
            self.end = end
            self.isWork = isWork
        }
    }

    /// For each cell the index of its stretch; `nil` where nothing is known.
    package var cells: [Int?]
    package var rows: Int
    /// Cells in a row.
    package var columns: Int
    /// Seconds from the first cell's start to the last one's end.
    package var duration: Double

    static let mostRows = 3

    /// - Parameters:
    ///   - stretches: in order of time and apart from each other; what is not a time is left out.
    ///   - columns: at least 1.
    package init(_ stretches: [Stretch], duration: Double, columns: Int) {
        let columns = max(columns, 1)
        let end = stretches.reduce(duration.isFinite ? max(duration, 0) : 0) {
            $1.end.isFinite ? max($0, $1.end) : $0
        }
        self.columns = columns
        let usable = stretches.indices.filter {
            stretches[$0].start.isFinite && stretches[$0].end.isFinite && stretches[$0].start >= 0
                && stretches[$0].end >= stretches[$0].start
        }
        // Below a millisecond there is nothing to draw, and dividing by it would not end well.
        self.duration = end >= 0.001 ? end : 0
        guard end >= 0.001, !usable.isEmpty else {
            cells = Array(repeating: nil, count: columns)
            rows = 1
            return
        }
        // A work bout should keep about its length: below 0.6 of a cell another row is worth it.
        let shortest = usable.filter { stretches[$0].isWork }.map { stretches[$0].end - stretches[$0].start }.min()
        var wanted = 1
        if let shortest, shortest * Double(columns) / end < 0.6 { wanted = 2 }
        for rows in wanted...Self.mostRows {
            if let cells = Self.pushedApart(stretches, usable, count: rows * columns, duration: end) {
                self.cells = cells
                self.rows = rows
                return
            }
        }
        rows = Self.mostRows
        cells = Self.painted(stretches, usable, count: Self.mostRows * columns, duration: end)
    }

    /// Every stretch with at least one cell, moved as little as that takes; `nil` when there are more stretches than
    /// cells.
    private static func pushedApart(
        _ stretches: [Stretch], _ usable: [Int], count: Int, duration: Double
    ) -> [Int?]? {
        guard usable.count <= count else { return nil }
        let scale = Double(count) / duration
        var edges: [(left: Int, right: Int)] = []
        var cursor = 0
        var lastEnd = 0.0
        for index in usable {
            let stretch = stretches[index]
            // Stretches that follow each other in time do so on the line; only a real hole leaves cells empty.
            let follows = (stretch.start - lastEnd) * scale < 1
            let left = follows ? cursor : max(cell(stretch.start * scale, count), cursor)
            // Work bouts of one length look alike wherever they begin; what lies between them takes up the rounding.
            let length = stretch.isWork ? cell((stretch.end - stretch.start) * scale, count) : 0
            let right = max(stretch.isWork ? left + length : cell(stretch.end * scale, count), left + 1)
            edges.append((left, right))
            cursor = right
            lastEnd = stretch.end
        }
        var limit = count
        for index in edges.indices.reversed() {
            edges[index].right = min(edges[index].right, limit)
            edges[index].left = min(edges[index].left, edges[index].right - 1)
            limit = edges[index].left
        }
        var cells = [Int?](repeating: nil, count: count)
        for (index, edge) in zip(usable, edges) {
            for cell in edge.left..<edge.right { cells[cell] = index }
        }
        return cells
    }

    /// The last resort, for more stretches than cells: work bouts over all else.
    private static func painted(
        _ stretches: [Stretch], _ usable: [Int], count: Int, duration: Double
    ) -> [Int?] {
        let scale = Double(count) / duration
        var cells = [Int?](repeating: nil, count: count)
        for pass in [false, true] {
            for index in usable where stretches[index].isWork == pass {
                let left = min(cell(stretches[index].start * scale, count), count - 1)
                let right = max(cell(stretches[index].end * scale, count), left + 1)
                for cell in left..<right { cells[cell] = index }
            }
        }
        return cells
    }

    private static func cell(_ position: Double, _ count: Int) -> Int {
        // Not-a-number is not above 0.
        position > 0 ? Int(min(position.rounded(), Double(count))) : 0
    }
}
