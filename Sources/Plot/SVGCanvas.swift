// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// Writes the few kinds of SVG elements that a chart is made of. Lengths are in pixels, y grows downwards.
struct SVGCanvas {
    private(set) var body = ""

    struct Point: Equatable {
        var x: Double
        var y: Double
    }

    enum Anchor: String { case start, middle, end }

    static func number(_ value: Double) -> String { FixedDecimal(value, decimals: 1)?.trimmed ?? "0" }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // XML cannot say them at all.
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, fill: String, opacity: Double = 1, radius: Double = 0
    ) {
        guard width > 0, height > 0 else { return }
        body += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
        body += " height=\"\(Self.number(height))\" fill=\"\(fill)\""
        if opacity < 1 { body += " fill-opacity=\"\(opacity)\"" }
        if radius > 0 { body += " rx=\"\(Self.number(radius))\"" }
        body += "/>\n"
    }

    mutating func line(
        from: Point, to: Point, stroke: String, width: Double = 1, dash: String? = nil, opacity: Double = 1
    ) {
        body += "<line x1=\"\(Self.number(from.x))\" y1=\"\(Self.number(from.y))\" x2=\"\(Self.number(to.x))\""
        body += " y2=\"\(Self.number(to.y))\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\""
        if let dash { body += " stroke-dasharray=\"\(dash)\"" }
        if opacity < 1 { body += " stroke-opacity=\"\(opacity)\"" }
        body += "/>\n"
    }

    mutating func curve(_ points: [Point], stroke: String, width: Double) {
        guard points.count > 1 else { return }
        body +=
            "<path d=\"\(Self.path(points))\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\""
        body += " stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n"
    }

    /// What lies between the points and a level.
    mutating func area(_ points: [Point], downTo base: Double, fill: String) {
        guard let first = points.first, let last = points.last, points.count > 1 else { return }
        body += "<path d=\"M\(Self.number(first.x)) \(Self.number(base))L\(Self.path(points).dropFirst())"
        body += "L\(Self.number(last.x)) \(Self.number(base))Z\" fill=\"\(fill)\"/>\n"
    }

    private static func path(_ points: [Point]) -> String {
        var text = ""
        for (index, point) in points.enumerated() {
            text += (index == 0 ? "M" : "L") + number(point.x) + " " + number(point.y)
        }
        return text
    }

    mutating func text(
        _ text: String, at point: Point, size: Double, fill: String, anchor: Anchor = .start, weight: Int = 400,
        halo: String? = nil
    ) {
        body += "<text x=\"\(Self.number(point.x))\" y=\"\(Self.number(point.y))\" font-size=\"\(Self.number(size))\""
        body += " fill=\"\(fill)\""
        if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
        if weight != 400 { body += " font-weight=\"\(weight)\"" }
        if let halo {
            body += " stroke=\"\(halo)\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        }
        body += ">\(Self.escaped(text))</text>\n"
    }

    mutating func circle(_ center: Point, radius: Double, fill: String, stroke: String, width: Double) {
        body += "<circle cx=\"\(Self.number(center.x))\" cy=\"\(Self.number(center.y))\" r=\"\(Self.number(radius))\""
        body += " fill=\"\(fill)\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\"/>\n"
    }
}
