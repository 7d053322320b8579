// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import SessionStore

/// The sessions of a state folder in a database, so that ten thousand of them are answered for at once.
///
/// It is derived: everything in it comes from the sessions' folders, and ``update(progress:)`` reads those whose `analysis.json` has another size
/// or time than it had. It can be deleted at any time; one that is damaged, or that another version has made, is made again.
package final class SessionIndex {
    package static let fileName = "index.sqlite"
    /// Of the table. Another number in a file has it made again.
    private static let schema: Int64 = 2
    /// Analyses read between two commits.
    private static let batch = 500
    /// Of an analysis, in bytes: far more than one has.
    private static let largest = 64 << 20

    private let state: String
    private let database: Database

    private static let columns = ["name", "size", "modified", "start", "finished"] + IndexColumn.all.map(\.name)

    /// Opens a state folder's index, or makes one. Where the folder may not be written to it lives as long as this process.
    ///
    /// - Parameter patience: milliseconds to wait for another process that is bringing the same index up to date.
    /// - Throws: when that takes longer.
    package init(state: String, patience: Int32 = 10_000) throws(SessionIndexError) {
        self.state = state
        let path = "\(state)/\(Self.fileName)"
        do throws(Database.Failure) {
            database = try Self.openOrMake(path, patience)
        } catch {
            throw SessionIndexError(path: path, reason: error.message)
        }
    }

    /// - Parameter isAnew: whether the file was just removed.
    private static func openOrMake(
        _ path: String, _ patience: Int32, isAnew: Bool = false
    ) throws(Database.Failure) -> Database {
        do throws(Database.Failure) {
            return try open(path, patience)
        } catch let error where error.isBusy {
            throw error
        } catch let error where error.isOfContent && !isAnew {
            // Damaged, or of another version: it holds nothing that cannot be had again. A journal that stayed would be rolled back into the new one.
            try? FileTree.remove(path)
            try? FileTree.remove(path + "-journal")
            return try openOrMake(path, patience, isAnew: true)
        } catch {
            return try open(":memory:", patience)
        }
    }

    private static func open(_ path: String, _ patience: Int32) throws(Database.Failure) -> Database {
        let database = try Database(path, patience: patience)
        var version: Int64 = 0
        try database.run("PRAGMA user_version") { version = $0.first?.integer ?? 0 }
        if version != schema {
            guard version == 0 else {
                throw Database.Failure(code: Database.Failure.foreign, message: "of another version")
            }
            try database.run("BEGIN IMMEDIATE")
            let kinds = columns.dropFirst().joined(separator: ", ")
            try database.run("CREATE TABLE IF NOT EXISTS session (name TEXT PRIMARY KEY, \(kinds)) WITHOUT ROWID")
            try database.run("CREATE INDEX IF NOT EXISTS by_start ON session (start)")
            try database.run("PRAGMA user_version = \(schema)")
            try database.run("COMMIT")
        }
        // A file whose head is whole may be damaged further on: the rows tell.
        try database.run("SELECT count(*) FROM session")
        return database
    }

    // MARK: Bringing up to date

    /// Looks at every session's folder, and reads what is new.
    ///
    /// - Parameters:
    ///   - fromScratch: whether everything is read again.
    ///   - progress: is told after each analysis that was read how many are, of how many there are to read.
    package func update(
        fromScratch: Bool = false, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(SessionIndexError) {
        try guarded { () throws(Database.Failure) in
            var known: [String: FileStamp] = [:]
            if fromScratch { try database.run("DELETE FROM session") }
            try database.run("SELECT name, size, modified FROM session") { row in
                guard let name = row[0].text else { return }
                known[name] = FileStamp(size: row[1].integer ?? -1, modified: row[2].integer ?? -1)
            }
            var changed: [(name: String, stamp: FileStamp?)] = []
            for name in folders() {
                let stamp = FileStamp(ofFile: analysis(name))
                let stored = known.removeValue(forKey: name)
                // Without an analysis a session has the stamp that no file can have.
                if let stored, stored == stamp ?? Self.noStamp { continue }
                changed.append((name, stamp))
            }
            // What is left has no folder any more.
            if !known.isEmpty { try delete(Array(known.keys)) }
            var done = 0
            while done < changed.count {
                let part = changed[done..<min(done + Self.batch, changed.count)]
                var rows: [[Database.Value]] = []
                for (name, stamp) in part {
                    rows.append(row(read(name, isFinished: stamp != nil), stamp ?? Self.noStamp))
                    done += 1
                    progress(done, changed.count)
                }
                try store(rows)
            }
        }
    }

    private static let noStamp = FileStamp(size: 0, modified: 0)

    private func analysis(_ name: String) -> String { "\(state)/sessions/\(name)/\(SessionWriter.analysisName)" }

    /// Names are sorted by time, as those of folders are.
    private func folders() -> [String] {
        ((try? FileTree.names(in: "\(state)/sessions")) ?? []).filter { name in
            guard !name.hasPrefix(".") else { return false }
            // Asked of those alone that may be none: it is a system call each.
            return SessionName.start(of: name) != nil || FileTree.isFolder("\(state)/sessions/\(name)")
        }
    }

    private func read(_ name: String, isFinished: Bool) -> IndexedSession {
        var digest: SessionDigest?
        if isFinished, let file = try? FileDescriptor.open(analysis(name), for: .reading) {
            defer { try? file.close() }
            digest = (try? file.readAll(limit: Self.largest)).flatMap {
                SessionDigest(name: name, analysis: String(decoding: $0, as: UTF8.self))
            }
        }
        return IndexedSession(digest ?? SessionDigest(name: name), isFinished: isFinished)
    }

    private func store(_ rows: [[Database.Value]]) throws(Database.Failure) {
        let marks = Self.columns.map { _ in "?" }.joined(separator: ", ")
        try transaction { () throws(Database.Failure) in
            try database.run(
                "INSERT OR REPLACE INTO session (\(Self.columns.joined(separator: ", "))) VALUES (\(marks))", each: rows
            )
        }
    }

    private func delete(_ names: [String]) throws(Database.Failure) {
        try transaction { () throws(Database.Failure) in
            try database.run("DELETE FROM session WHERE name = ?", each: names.map { [.text($0)] })
        }
    }

    private func transaction(_ body: () throws(Database.Failure) -> Void) throws(Database.Failure) {
        try database.run("BEGIN IMMEDIATE")
        do throws(Database.Failure) {
            try body()
            try database.run("COMMIT")
        } catch {
            try? database.run("ROLLBACK")
            throw error
        }
    }

    private func row(_ session: IndexedSession, _ stamp: FileStamp) -> [Database.Value] {
        let digest = session.digest
        return [
            .text(digest.name), .integer(stamp.size), .integer(stamp.modified),
            digest.start.map { .integer($0) } ?? .null, .integer(session.isFinished ? 1 : 0),
        ] + IndexColumn.all.map { $0.read(digest) }
    }

    // MARK: Questions

    /// Sessions as they were at the last ``update(fromScratch:progress:)``, oldest first.
    ///
    /// - Parameters:
    ///   - from: seconds since 1970-01-01 00:00 UTC; none before it.
    ///   - until: the first second that is too late.
    ///   - athlete: only this one's.
    ///   - last: only so many, the newest.
    package func sessions(
        from: Int64? = nil, until: Int64? = nil, athlete: String? = nil, last: Int? = nil
    ) throws(SessionIndexError) -> [IndexedSession] {
        var conditions: [String] = []
        var values: [Database.Value] = []
        if let from {
            conditions.append("start >= ?")
            values.append(.integer(from))
        }
        if let until {
            conditions.append("start < ?")
            values.append(.integer(until))
        }
        if let athlete {
            conditions.append("athlete = ?")
            values.append(.text(athlete))
        }
        var sql = "SELECT \(Self.columns.joined(separator: ", ")) FROM session"
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        sql += " ORDER BY name DESC"
        if let last { sql += " LIMIT \(max(last, 0))" }
        var found: [IndexedSession] = []
        try guarded { () throws(Database.Failure) in
            try database.run(sql, values) { row in
                if let session = IndexedSession(row: row) { found.append(session) }
            }
        }
        return found.reversed()
    }

    /// Whose sessions there are, in the order of their first ones: `nil` is nobody in particular. With each the mass that was known last, in
    /// kilograms. Sessions without an analysis are left out.
    package func athletes() throws(SessionIndexError) -> [(name: String?, mass: Double?)] {
        var found: [(name: String?, mass: Double?)] = []
        var places: [String?: Int] = [:]
        try guarded { () throws(Database.Failure) in
            try database.run("SELECT athlete, mass FROM session WHERE finished = 1 ORDER BY name") { row in
                let (name, mass) = (row[0].text, row[1].number)
                if let place = places[name] {
                    found[place].mass = mass ?? found[place].mass
                } else {
                    places[name] = found.count
                    found.append((name, mass))
                }
            }
        }
        return found
    }

    private func guarded(_ body: () throws(Database.Failure) -> Void) throws(SessionIndexError) {
        do throws(Database.Failure) {
            try body()
        } catch {
            throw SessionIndexError(path: "\(state)/\(Self.fileName)", reason: error.message)
        }
    }
}

extension IndexedSession {
    /// - Parameter row: in the order of the index's columns.
    fileprivate init?(row: [Database.Value]) {
        let own = 5
        guard row.count == own + IndexColumn.all.count, let name = row[0].text else { return nil }
        var digest = SessionDigest(name: name)
        for (index, column) in IndexColumn.all.enumerated() { column.write(&digest, row[own + index]) }
        self.init(digest, isFinished: row[4].integer == 1)
    }
}

/// Why the index cannot be had.
package struct SessionIndexError: Error, Equatable, Sendable, CustomStringConvertible {
    package var path: String
    package var reason: String
    package var description: String { "\(path): \(reason)" }
}
