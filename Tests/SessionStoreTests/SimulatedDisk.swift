// SPDX-License-Identifier: GPL-3.0-or-later
import SessionStore
import TestSupport

/// A disk in memory that remembers every operation, and can show what a power cut after any of them might have left.
///
/// What it allows is what POSIX allows, not what one file system happens to do:
/// bytes that were not synchronised are lost, kept, or there as zeros, byte by byte, the file's length being anything
/// from the synchronised one on; an entry of a folder that was not synchronised is there or not, whatever became of the
/// entries made before and after it; a rename happens whole or not at all; a cut that was not synchronised too.
final class SimulatedDisk: FileSystem {
    enum Operation: Equatable {
        case link(folder: Int, name: String, node: Int)
        case unlink(folder: Int, name: String)
        case rename(from: Int, old: String, to: Int, new: String, node: Int)
        case append(node: Int, offset: Int, bytes: [UInt8])
        case truncate(node: Int, length: Int)
        case sync(node: Int)
        /// What was appended since the last sync is as the crash leaves it, and no later sync makes it safe: the kernel holds it for written
        /// (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
        case failedSync(node: Int)
    }

    fileprivate enum Node: Equatable {
        case folder([String: Int])
        case file([UInt8])
    }

    /// A fault that the disk shows once, and then again at every operation of the kind.
    struct Fault {
        var operation: FileError.Operation
        /// How many operations of the kind go well before.
        var after: Int
        var number: Int32
        var reason: String
        /// How often it is shown before it passes.
        var times = Int.max
        /// Of this file or folder only.
        var path: String?
    }

    private(set) var operations: [Operation] = []
    private let start: [Int: Node]
    private var nodes: [Int: Node]
    private var nextNode: Int
    private var locked: Set<String> = []
    private var open: [Int32: Int] = [:]
    private var nextNumber: Int32 = 3
    private var faultsSeen = 0
    var fault: Fault? { didSet { faultsSeen = 0 } }
    /// Bytes that a single append takes at most.
    var appendLimit = Int.max
    /// Bytes left on the disk.
    var room = Int.max

    private static let root = 0

    convenience init() { self.init(nodes: [Self.root: .folder([:])]) }

    private init(nodes: [Int: Node]) {
        start = nodes
        self.nodes = nodes
        nextNode = (nodes.keys.max() ?? 0) + 1
    }

    // MARK: What a crash leaves

    enum Crash {
        /// Nothing that was not synchronised.
        case worst
        /// All that was done.
        case best
        /// Anything in between.
        case random(SeededGenerator)
    }

    /// The disk as the next start finds it when the power goes after the first `count` operations.
    func crashed(after count: Int, _ crash: Crash) -> SimulatedDisk {
        var generator = SeededGenerator(seed: 0)
        if case .random(let given) = crash { generator = given }
        func survives() -> Bool {
            switch crash {
            case .worst: false
            case .best: true
            case .random: Bool.random(using: &generator)
            }
        }
        let done = operations.prefix(count)
        var syncs: [Int: [(index: Int, isGood: Bool)]] = [:]
        for (index, operation) in done.enumerated() {
            if case .sync(let node) = operation { syncs[node, default: []].append((index, true)) }
            if case .failedSync(let node) = operation { syncs[node, default: []].append((index, false)) }
        }
        func isSafe(_ node: Int, _ index: Int) -> Bool { syncs[node]?.first { $0.index > index }?.isGood ?? false }

        var result = start
        for (index, operation) in done.enumerated() {
            switch operation {
            case .link(let folder, let name, let node):
                if result[node] == nil { result[node] = kind(of: node) }
                if isSafe(folder, index) || survives() { result.edit(folder) { $0[name] = node } }
            case .unlink(let folder, let name):
                if isSafe(folder, index) || survives() { result.edit(folder) { $0[name] = nil } }
            case .rename(let from, let old, let to, let new, let node):
                guard isSafe(from, index) || isSafe(to, index) || survives() else { continue }
                result.edit(from) { if $0[old] == node { $0[old] = nil } }
                result.edit(to) { $0[new] = node }
            case .append(let node, let offset, let bytes):
                guard case .file(var held) = result[node] else { continue }
                let found = held.count
                // An append has its place in the file, whatever became of the operations before it: also where a cut did not happen.
                held += [UInt8](repeating: 0, count: max(0, offset - held.count))
                if held.count > offset {
                    if isSafe(node, index) || survives() {
                        held.replaceSubrange(offset..<min(held.count, offset + bytes.count), with: bytes)
                    }
                    result[node] = .file(held)
                    continue
                }
                if isSafe(node, index) {
                    held += bytes
                } else {
                    switch crash {
                    case .worst: held.removeLast(held.count - found)
                    case .best: held += bytes
                    case .random:
                        // How far the length came, and which runs of the bytes reached the disk.
                        let length = Int.random(in: 0...bytes.count, using: &generator)
                        switch Int.random(in: 0..<5, using: &generator) {
                        case 4: held.removeLast(held.count - found)
                        case 0: held += bytes.prefix(length)
                        case 1: held += [UInt8](repeating: 0, count: length)
                        case 2: held += bytes
                        default:
                            let hole = Int.random(in: 0...length, using: &generator)
                            held += [UInt8](repeating: 0, count: hole) + bytes.prefix(length).dropFirst(hole)
                        }
                    }
                }
                result[node] = .file(held)
            case .truncate(let node, let length):
                guard isSafe(node, index) || survives(), case .file(let held) = result[node] else { continue }
                result[node] = .file(Array(held.prefix(length)))
            case .sync, .failedSync: break
            }
        }
        return SimulatedDisk(nodes: result)
    }

    private func kind(of node: Int) -> Node {
        if case .folder = nodes[node] { return .folder([:]) }
        return kinds[node] == true ? .folder([:]) : .file([])
    }
    /// Whether a node that is gone by now was a folder.
    private var kinds: [Int: Bool] = [:]

    // MARK: FileSystem

    private func fail(_ operation: FileError.Operation, _ path: String, _ number: Int32, _ reason: String) -> FileError
    {
        FileError(operation: operation, path: path, number: number, reason: reason)
    }

    private func check(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        guard let fault, fault.operation == operation, fault.path ?? path == path else { return }
        faultsSeen += 1
        if faultsSeen > fault.after, faultsSeen - fault.after <= fault.times {
            throw fail(operation, path, fault.number, fault.reason)
        }
    }

    private func find(_ path: String) -> Int? {
        var node = Self.root
        for part in path.split(separator: "/") where part != "." {
            guard case .folder(let entries) = nodes[node], let next = entries[String(part)] else { return nil }
            node = next
        }
        return node
    }

    private func place(
        of path: String, _ operation: FileError.Operation
    ) throws(FileError) -> (folder: Int, name: String) {
        var parts = path.split(separator: "/").map(String.init)
        guard let name = parts.popLast(), let folder = find("/" + parts.joined(separator: "/")),
            case .folder = nodes[folder]
        else { throw fail(operation, path, 2, "no such file or directory") }
        return (folder, name)
    }

    private func make(
        _ path: String, _ node: Node, _ operation: FileError.Operation
    ) throws(FileError) -> Int {
        try check(operation, path)
        guard find(path) == nil else { throw fail(operation, path, 17, "file exists") }
        let (folder, name) = try place(of: path, operation)
        let number = nextNode
        nextNode += 1
        nodes[number] = node
        kinds[number] = node == .folder([:])
        nodes.edit(folder) { $0[name] = number }
        operations.append(.link(folder: folder, name: name, node: number))
        return number
    }

    private func opened(_ node: Int, _ path: String) -> OpenFile {
        defer { nextNumber += 1 }
        open[nextNumber] = node
        return OpenFile(number: nextNumber, path: path)
    }

    private func content(_ file: OpenFile, _ operation: FileError.Operation) throws(FileError) -> (Int, [UInt8]) {
        guard let node = open[file.number], case .file(let bytes) = nodes[node] else {
            throw fail(operation, file.path, 9, "bad file descriptor")
        }
        return (node, bytes)
    }

    func makeFolder(_ path: String) throws(FileError) {
        if find(path) == nil { try makeNewFolder(path) }
    }

    func makeNewFolder(_ path: String) throws(FileError) { _ = try make(path, .folder([:]), .makeFolder) }

    func create(_ path: String) throws(FileError) -> OpenFile {
        opened(try make(path, .file([]), .create), path)
    }

    func open(_ path: String) throws(FileError) -> OpenFile {
        guard let node = find(path) else { throw fail(.open, path, 2, "no such file or directory") }
        return opened(node, path)
    }

    func openForUpdate(_ path: String) throws(FileError) -> OpenFile { try open(path) }

    func size(of file: OpenFile) throws(FileError) -> UInt64 { UInt64(try content(file, .read).1.count) }

    func read(_ file: OpenFile, at offset: UInt64, into buffer: inout [UInt8]) throws(FileError) -> Int {
        try check(.read, file.path)
        let rest = try content(file, .read).1.dropFirst(Int(clamping: offset)).prefix(buffer.count)
        buffer.replaceSubrange(0..<rest.count, with: rest)
        return rest.count
    }

    func truncate(_ file: OpenFile, to length: UInt64) throws(FileError) {
        try check(.truncate, file.path)
        let (node, bytes) = try content(file, .truncate)
        // Given back; an unlimited disk stays so.
        if room < Int.max / 2 { room += max(0, bytes.count - Int(clamping: length)) }
        nodes[node] = .file(Array(bytes.prefix(Int(clamping: length))))
        operations.append(.truncate(node: node, length: Int(clamping: length)))
    }

    func lock(_ path: String) throws(FileError) -> OpenFile? {
        guard !locked.contains(path) else { return nil }
        let node: Int
        if let there = find(path) { node = there } else { node = try make(path, .file([]), .create) }
        locked.insert(path)
        return opened(node, path)
    }

    func isLocked(_ path: String) -> Bool { locked.contains(path) }

    func append(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) -> Int {
        try check(.write, file.path)
        let (node, held) = try content(file, .write)
        let count = min(bytes.count, appendLimit, room)
        guard count > 0 else { throw fail(.write, file.path, 28, "no space left on the device") }
        room -= count
        let taken = (0..<count).map { bytes[$0] }
        nodes[node] = .file(held + taken)
        operations.append(.append(node: node, offset: held.count, bytes: taken))
        return count
    }

    func sync(_ file: OpenFile) throws(FileError) { try sync(try content(file, .sync).0, file.path) }

    private func sync(_ node: Int, _ path: String) throws(FileError) {
        do throws(FileError) {
            try check(.sync, path)
        } catch {
            operations.append(.failedSync(node: node))
            throw error
        }
        operations.append(.sync(node: node))
    }

    func close(_ file: OpenFile) {
        open[file.number] = nil
        locked.remove(file.path)
    }

    func syncFolder(_ path: String) throws(FileError) {
        guard let node = find(path) else { throw fail(.sync, path, 2, "no such file or directory") }
        try sync(node, path)
    }

    func rename(_ old: String, to new: String) throws(FileError) {
        try check(.rename, new)
        guard let node = find(old) else { throw fail(.rename, new, 2, "no such file or directory") }
        let (from, oldName) = try place(of: old, .rename)
        let (to, newName) = try place(of: new, .rename)
        nodes.edit(from) { $0[oldName] = nil }
        nodes.edit(to) { $0[newName] = node }
        operations.append(.rename(from: from, old: oldName, to: to, new: newName, node: node))
    }

    func remove(_ path: String) throws(FileError) {
        guard let node = find(path) else { throw fail(.remove, path, 2, "no such file or directory") }
        if case .folder(let entries) = nodes[node], !entries.isEmpty {
            throw fail(.remove, path, 39, "directory not empty")
        }
        let (folder, name) = try place(of: path, .remove)
        nodes.edit(folder) { $0[name] = nil }
        operations.append(.unlink(folder: folder, name: name))
    }

    func list(_ path: String) throws(FileError) -> [String] {
        guard let node = find(path), case .folder(let entries) = nodes[node] else {
            throw fail(.list, path, 20, "not a directory")
        }
        return entries.keys.sorted()
    }

    func exists(_ path: String) -> Bool { find(path) != nil }

    func isFolder(_ path: String) -> Bool {
        guard let node = find(path), case .folder = nodes[node] else { return false }
        return true
    }

    /// A whole file; `nil` where there is none.
    func bytes(_ path: String) -> [UInt8]? {
        guard let node = find(path), case .file(let bytes) = nodes[node] else { return nil }
        return bytes
    }
}

extension [Int: SimulatedDisk.Node] {
    fileprivate mutating func edit(_ folder: Int, _ change: (inout [String: Int]) -> Void) {
        guard case .folder(var entries) = self[folder] else { return }
        change(&entries)
        self[folder] = .folder(entries)
    }
}
