// SPDX-License-Identifier: GPL-3.0-or-later

extension [Double] {
    package var median: Double {
        let sorted = sorted()
        return sorted.count.isMultiple(of: 2)
            ? (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2 : sorted[sorted.count / 2]
    }
}

/// The ratio of each round, both taken in it: the machine's slow spells cancel out.
package func printRatios(_ name: String, _ subject: [Double], _ base: [Double]) {
    let ratios = zip(subject, base).map { $0 / $1 }
    print("\(name): median \(format(ratios.median, 2)), \(format(ratios.min()!, 2))…\(format(ratios.max()!, 2))")
}

package func format(_ value: Double, _ decimals: Int) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    guard decimals > 0 else { return "\(scaled)" }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
}

package func row(_ title: String, _ cells: [String]) -> String {
    func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return pad(title, 6) + cells.map { "  " + pad($0, 11) }.joined()
}
