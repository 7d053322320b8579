// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Foundation
import Measurement
import Replay
import Testing

/// A folder that lasts as long as the test.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
        "sprintd-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: url.appendingPathComponent(name))
        return path(name)
    }
}

@Suite struct RecordingFileTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    /// HCI events of growing length, the first at 0 ns and one every second.
    private func capture(_ count: Int, comment: String? = nil) throws -> [UInt8] {
        var writer = try PcapngWriter(PcapngWriter.Section(comment: comment))
        for index in 0..<count {
            let packet = [0x04] + [UInt8](repeating: UInt8(index % 251), count: index % 200)
            writer.bluetooth(
                time: Timestamp(nanoseconds: Int64(index) * 1_000_000_000), direction: .received,
                adapter: 0, packet: packet.span)
        }
        var bytes: [UInt8] = []
        writer.drain { span in bytes = span.indices.map { span[$0] } }
        return bytes
    }

    private struct Contents {
        var times: [Double] = []
        var events: [CaptureEvent] = []
        var notes: [String] = []
        var samples = 0
    }

    private func contents(_ path: String) throws(RecordingError) -> Contents {
        var file = try RecordingFile(path: path)
        var contents = Contents()
        while try file.next(
            frame: { frame, _ in contents.times.append(frame.time.seconds) },
            sample: { _ in contents.samples += 1 },
            event: { contents.events.append($0) })
        {}
        contents.notes = file.notes
        return contents
    }

    private func failure(_ path: String) -> RecordingError? {
        do throws(RecordingError) {
            _ = try contents(path)
            return nil
        } catch {
            return error
        }
    }

    @Test func readsAFileOfManyChunks() throws {
        // About 800 kB, whatever the name says.
        let bytes = try capture(5000, comment: "{}")
        #expect(bytes.count > 3 * 256 << 10)
        let contents = try contents(folder.file("run.txt", bytes))
        #expect(contents.times == (0..<5000).map(Double.init))
        #expect(contents.events == [.comment(CaptureComment(origin: .section, time: nil, text: "{}"))])
        #expect(contents.notes.isEmpty)
        #expect(contents.samples == 0)
    }

    @Test func tellsWhatWasDropped() throws {
        let bytes = try capture(20)
        let contents = try contents(folder.file("torn.pcapng", bytes.dropLast(5)))
        #expect(contents.times.count == 19)
        // The last block's length stands at its end too, and is below 256.
        let length = Int(bytes[bytes.count - 4])
        #expect(
            contents.notes == [
                "stopped at byte \(bytes.count - length): the recording ends inside a block;"
                    + " \(length - 5) bytes dropped"
            ])
    }

    @Test func saysWhyAFileCannotBeRead() throws {
        let missing = folder.path("missing.fit")
        #expect(
            failure(missing) == RecordingError(file: missing, reason: "no such file", category: .noInput))
        let inFile = try folder.file("plain", [1]) + "/run.csv"
        #expect(failure(inFile)?.reason == "no such file")
        let place = folder.url.path
        #expect(
            failure(place)
                == RecordingError(file: place, reason: "is a folder, not a recording", category: .noInput))
        #expect(failure("")?.category == .noInput)
        #expect(failure("a\0b")?.category == .noInput)
        let empty = try folder.file("empty", [])
        #expect(failure(empty) == RecordingError(file: empty, reason: "is empty", category: .badData))
        let other = try folder.file("other", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0])
        #expect(failure(other)?.category == .badData)
        #expect(failure(other)?.description.hasSuffix("it begins with 7f 45 4c 46 02 01 01 00") == true)
    }

    @Test func refusesZerosWithoutReadingThemAll() throws {
        // /dev/zero has no end: only a refusal at once comes back from it.
        #expect(failure("/dev/zero")?.category == .badData)
        #expect(failure("/dev/null")?.reason == "is empty")
    }

    @Test func saysWhereAHeaderIsWrong() throws {
        var bytes = try capture(1)
        bytes[8] = 0
        let path = try folder.file("bad.pcapng", bytes)
        #expect(
            failure(path)
                == RecordingError(
                    file: path, position: .byte(8),
                    reason: "bad pcapng header: a section's byte order mark is not one",
                    category: .badData))
    }

    @Test func namesTheLinkTypesItPassesOver() throws {
        // An Ethernet interface and a packet of it, before our own section.
        let foreign: [UInt8] = [
            0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 28, 0, 0, 0,
            1, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0,
            6, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            32, 0, 0, 0,
        ]
        let mixed = try contents(folder.file("mixed", foreign + capture(2)))
        #expect(mixed.times == [0, 1])
        #expect(mixed.notes == ["frames of link type 1 are not read", "1 packets were passed over"])
        #expect(failure(try folder.file("foreign", foreign))?.category == .badData)
    }

    @Test func readsAFIFO() throws {
        let path = folder.path("fifo")
        // SAFETY: the path is a string that lives through the call.
        let made = unsafe mkfifo(path, 0o600)
        try #require(made == 0)
        // Open for both, so that neither end waits for the other.
        let writer = try #require(FileHandle(forUpdatingAtPath: path))
        try writer.write(contentsOf: capture(10))
        var file = try RecordingFile(path: path)
        var count = 0
        for _ in 0..<10 {
            #expect(try file.next(frame: { _, _ in count += 1 }, sample: { _ in }))
        }
        try writer.close()
        #expect(try !file.next(frame: { _, _ in count += 1 }, sample: { _ in }))
        #expect(count == 10)
    }
}

@Suite struct RecordingErrorTests {
    @Test func isOneLineWithItsPlace() {
        var error = RecordingError(file: "run.csv", reason: "bad number", category: .badData)
        #expect(error.description == "run.csv: bad number")
        error.position = .line(3, column: 7)
        #expect(error.description == "run.csv:3:7: bad number")
        error.position = .byte(12)
        #expect(error.description == "run.csv: byte 12: bad number")
        // Source: sysexits.h.
        #expect(RecordingError.Category.badData.rawValue == 65)
        #expect(RecordingError.Category.noInput.rawValue == 66)
        #expect(RecordingError.Category.inputOutput.rawValue == 74)
    }
}
