// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport

extension RealRecordings {
    /// The second column of a file in `ble/`, in order; comment and header lines left out.
    static func hexValues(_ name: String) throws -> [String] {
        let lines = try text("ble/\(name)").split(separator: "\n")
        return lines.filter { !$0.hasPrefix("#") && !$0.hasPrefix("device,") }.compactMap {
            let columns = $0.split(separator: ",", omittingEmptySubsequences: false)
            return columns.count > 1 ? String(columns[1]) : nil
        }
    }
}
