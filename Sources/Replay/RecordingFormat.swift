// SPDX-License-Identifier: GPL-3.0-or-later
import Capture

/// The kinds of file that a run can be replayed from. The raw value is the contract's spelling.
package enum RecordingFormat: String, Sendable, CaseIterable {
    case pcapng
    case pcap
    case btsnoop
    case fit
    case csv
    case tcx

    /// How many bytes of a file ``recognise(_:)`` wants to see, where there are so many.
    package static let prefixLength = 4096

    /// Says by content what a file is; its name does not matter.
    ///
    /// - Parameter prefix: the file's first bytes, ``prefixLength`` of them if it has so many.
    /// - Returns: `nil` when they begin none of the formats.
    package static func recognise(_ prefix: Span<UInt8>) -> RecordingFormat? {
        switch CaptureFormat.recognise(prefix) {
        case .pcapng: return .pcapng
        case .pcap: return .pcap
        case .btsnoop: return .btsnoop
        case nil: break
        }
        if isFIT(prefix) { return .fit }
        if isTCX(prefix) { return .tcx }
        return isCSV(prefix) ? .csv : nil
    }

    /// Source: FIT protocol, "File Header": its own length first (12 or 14), ".FIT" in bytes 8 to 11.
    private static func isFIT(_ prefix: Span<UInt8>) -> Bool {
        guard prefix.count >= 12, prefix[0] == 12 || prefix[0] == 14 else { return false }
        return prefix[8] == 0x2E && prefix[9] == 0x46 && prefix[10] == 0x49 && prefix[11] == 0x54
    }

    /// Markup, in which the root element's name stands early.
    private static func isTCX(_ prefix: Span<UInt8>) -> Bool {
        var start = 0
        if prefix.count >= 3, prefix[0] == 0xEF, prefix[1] == 0xBB, prefix[2] == 0xBF { start = 3 }
        while start < prefix.count, [0x20, 0x0A, 0x0D, 0x09].contains(prefix[start]) { start += 1 }
        guard start < prefix.count, prefix[start] == UInt8(ascii: "<") else { return false }
        let root = Array("TrainingCenterDatabase".utf8)
        var index = start
        while index + root.count <= prefix.count {
            var matched = 0
            while matched < root.count, prefix[index + matched] == root[matched] { matched += 1 }
            if matched == root.count { return true }
            index += 1
        }
        return false
    }

    /// Our own CSV begins, blank lines, comments and a byte order mark aside, with a line of column names, `t_s` among them.
    private static func isCSV(_ prefix: Span<UInt8>) -> Bool {
        var start = 0
        if prefix.count >= 3, prefix[0] == 0xEF, prefix[1] == 0xBB, prefix[2] == 0xBF { start = 3 }
        var line: [UInt8] = []
        for index in start..<prefix.count {
            let byte = prefix[index]
            switch byte {
            case 0x0A, 0x0D:
                let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 }
                if !isBlank, line.first != UInt8(ascii: "#") { return namesTime(line) }
                line.removeAll(keepingCapacity: true)
            case 0x09, 0x20...: line.append(byte)
            default: return false
            }
        }
        return line.first != UInt8(ascii: "#") && namesTime(line)
    }

    private static func namesTime(_ line: [UInt8]) -> Bool {
        let separators: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        return line.split(whereSeparator: separators.contains).contains { field in
            let framing: Set<UInt8> = [0x20, UInt8(ascii: "\"")]
            let name = field.drop(while: framing.contains).reversed().drop(while: framing.contains)
            return name.reversed().elementsEqual("t_s".utf8)
        }
    }
}
