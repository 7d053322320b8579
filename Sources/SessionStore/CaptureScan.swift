// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture

/// What reading a capture from its start to its last good block came to. Every block's lengths are checked, and every
/// packet's CRC-32, which each must have.
package struct CaptureScan: Equatable, Sendable {
    /// Bytes.
    package var size: UInt64
    /// Bytes up to the end of the last good block.
    package var goodBytes: UInt64
    package var frames: UInt64
    /// Frames that the capture says were lost while it was recorded.
    package var drops: UInt64
    /// The fault at `goodBytes`; `nil` when the file is good to its end.
    package var fault: String?

    private static let chunkLength = 256 << 10

    /// - Parameters:
    ///   - frame: takes each good frame; its bytes are good during the call only.
    ///   - event: takes comments and so on.
    package init(
        _ path: String, files: any FileSystem, frame: (CapturedFrame, Span<UInt8>) -> Void = { _, _ in },
        event: (CaptureEvent) -> Void = { _ in }
    ) throws(FileError) {
        let file = try files.open(path)
        defer { files.close(file) }
        var reader = CaptureReader(requiresChecksums: true)
        var chunk = [UInt8](repeating: 0, count: Self.chunkLength)
        var offset: UInt64 = 0
        var refusal: CaptureError?
        reading: while true {
            do throws(CaptureError) {
                switch try reader.next(frame: frame, event: event) {
                case .frame, .event: continue
                case .end: break reading
                case .needsInput: break
                }
            } catch {
                refusal = error
                break reading
            }
            let count = try files.read(file, at: offset, into: &chunk)
            guard count > 0 else {
                reader.endOfInput()
                continue
            }
            reader.append(chunk.span.extracting(first: count))
            offset += UInt64(count)
        }
        size = try files.size(of: file)
        frames = reader.frames
        drops = reader.recorderDrops
        if let refusal {
            goodBytes = refusal.position
            fault = refusal.description
        } else {
            goodBytes = reader.position
            fault = reader.breakage?.fault.description
        }
    }
}
