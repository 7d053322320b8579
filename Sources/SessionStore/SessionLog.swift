// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Measurement

/// One live session on its way to the disk, whatever the disk does.
///
/// The capture is one stream of bytes. Those that a sync has acknowledged are the disk's; all later ones are kept in memory until the next
/// sync has, because what a failed sync leaves of them nobody knows: the kernel may have dropped the pages and called them clean, and a second
/// sync would then succeed without having written them (Rebello et al., "Can Applications Recover from fsync Failures?", 2020). So:
///
///     ├──── durable ────┼──── written ────┼── not written ──┼─ in the encoder ─┤
///                       └──────────── tail, in memory ──────┘
///     failed write     cut behind the last whole block that was written; the rest is written again later
///     failed sync      cut at the end of `durable`; the whole tail is written again, into pages that are new and dirty
///     failed making    the folder is taken back if that is possible, and another one made
final class SessionLog {
    private enum Ending {
        case none
        /// - Parameter analysis: its whole text.
        case wanted(analysis: String)
        case done
    }

    private let opening: SessionOpening
    private let state: String
    private let files: any FileSystem
    private var folder: String?
    private var file: OpenFile?
    private var encoder: PcapngWriter
    /// Bytes of the file that survive a power cut.
    private var durable: UInt64 = 0
    private var tail: [UInt8] = []
    /// How many of `tail` are in the file.
    private var written = 0
    /// What must be cut off before more is written: the file's length is unknown or wrong.
    private var cut: UInt64?
    private var ending = Ending.none
    /// Not yet told to the capture.
    private var pendingDrops: UInt32 = 0
    private(set) var lostFrames: UInt64 = 0
    /// Of the frames, on their clock.
    private(set) var lastTime = Timestamp.zero
    private var lastCommit: Timestamp
    private(set) var isDirty = true
    /// Found out at a commit: the folder was removed or moved, or the capture in it.
    private(set) var isAstray = false
    /// After a failure: not to be tried before this.
    var retry: Timestamp?
    /// Seconds.
    private var delay = firstDelay
    private static let firstDelay = 1.0
    private static let longestDelay = 8.0
    /// What 450 frames a second come to in a second; kept in memory for what comes next.
    private static let bytesKept = 64 << 10

    init(_ opening: SessionOpening, state: String, files: any FileSystem, now: Timestamp) throws(PcapngWriterError) {
        self.opening = opening
        self.state = state
        self.files = files
        encoder = try PcapngWriter(
            .init(
                operatingSystem: "Linux", application: opening.metadata.program, comment: opening.metadata.json),
            clockOffset: opening.clockOffset)
        // So that the first frames wait no longer than any others.
        lastCommit = Timestamp(nanoseconds: .min)
    }

    /// Bytes in memory.
    var held: Int { tail.count + encoder.pendingBytes }

    var isDone: Bool {
        switch ending {
        case .done: true
        case .none, .wanted: false
        }
    }

    var name: String { folder.map { String($0.split(separator: "/").last ?? "") } ?? opening.name }
    var path: String { folder ?? opening.name }

    // MARK: What comes in

    func append(_ frame: CapturedFrame, _ bytes: Span<UInt8>, drops: UInt32) {
        encoder.frame(frame, bytes, drops: drops &+ pendingDrops)
        pendingDrops = 0
        lastTime = max(lastTime, frame.time)
        isDirty = true
    }

    /// Counts a frame for which there is no memory.
    func lose(drops: UInt32) {
        lostFrames += 1
        pendingDrops &+= 1 &+ drops
    }

    /// A text too long for a journal entry is left out: it says nothing that the frames do not.
    func comment(_ text: String, at time: Timestamp?) {
        try? encoder.comment(text, at: time ?? lastTime)
        isDirty = true
    }

    func end(analysis: String, drops: UInt32) {
        let drops = drops &+ pendingDrops
        if drops > 0 { encoder.statistics(drops: drops, at: lastTime) }
        pendingDrops = 0
        ending = .wanted(analysis: analysis)
        isDirty = true
    }

    // MARK: What goes out

    func retryLater(_ now: Timestamp) {
        retry = now.advanced(bySeconds: delay)
        delay = min(delay * 2, Self.longestDelay)
    }

    func nextCommit(_ interval: Double) -> Timestamp? {
        if case .wanted = ending { return Timestamp(nanoseconds: .min) }
        return isDirty ? lastCommit.advanced(bySeconds: interval) : nil
    }

    /// Writes what has gathered, without waiting for the disk.
    func write() throws(FileError) {
        let file = try openFile()
        encoder.drain(into: &tail, keeping: Self.bytesKept)
        if let cut {
            try files.truncate(file, to: cut)
            self.cut = nil
        }
        do throws(FileError) {
            while written < tail.count {
                written += try files.append(tail.span.extracting(droppingFirst: written), to: file)
            }
        } catch {
            // At once, so that what lies there is whole even if nobody comes back to it.
            written = wholeBlocks(upTo: written)
            let good = durable + UInt64(written)
            do throws(FileError) { try files.truncate(file, to: good) } catch { cut = good }
            throw error
        }
    }

    /// Returns when all that came in will survive a power cut.
    func commit(now: Timestamp) throws(FileError) {
        try write()
        guard let file else { return }
        do throws(FileError) {
            try files.sync(file)
        } catch {
            written = 0
            cut = durable
            throw error
        }
        durable += UInt64(tail.count)
        written = 0
        isAstray = isAstray || !files.isInPlace(file)
        // A burst's memory is given back.
        tail.removeAll(keepingCapacity: tail.capacity <= Self.bytesKept)
        lastCommit = now
        if case .wanted(let analysis) = ending { try finish(analysis, file) }
        isDirty = false
        retry = nil
        delay = Self.firstDelay
    }

    /// - Parameter analysis: of all frames that came in. If some of them were lost here, it is made again of those that the capture has.
    private func finish(_ analysis: String, _ file: OpenFile) throws(FileError) {
        guard let folder else { return }
        var text = analysis
        if lostFrames > 0, let document = try SessionAnalysis.document(ofCapture: file.path, files: files) {
            text = document.json(pretty: true) + "\n"
        }
        try StateFolder.replace(folder + "/" + SessionWriter.analysisName, with: Array(text.utf8), files)
        try files.syncFolder(folder)
        ending = .done
        close()
    }

    func close() {
        if let file { files.close(file) }
        file = nil
    }

    private func openFile() throws(FileError) -> OpenFile {
        if let file { return file }
        let made = try SessionWriter.makeFolder(named: opening.name, state: state, files)
        folder = made.folder
        file = made.file
        return made.file
    }

    /// - Returns: the end of the last whole block of `tail` that ends at or before `limit`. The tail begins with a block.
    private func wholeBlocks(upTo limit: Int) -> Int {
        var position = 0
        while position + 12 <= limit {
            let length = (0..<4).reduce(0) { $0 | Int(tail[position + 4 + $1]) << (8 * $1) }
            guard length >= 12, position + length <= limit else { break }
            position += length
        }
        return position
    }
}
