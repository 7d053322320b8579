// SPDX-License-Identifier: GPL-3.0-or-later
internal import CSQLite
internal import FileIO

/// The few calls of SQLite that an index needs. One thread uses it at a time.
@safe final class Database {
    struct Failure: Error, Equatable {
        /// Of SQLite's result codes.
        var code: Int32
        var message: String

        /// The code of what is no database of ours.
        static let foreign = SQLITE_NOTADB

        /// Whether the file can be nothing of ours: what it holds is no database, or a damaged one, or not the one that was asked.
        var isOfContent: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR].contains(code & 0xFF) }
        /// Whether another process has it for longer than it was waited for.
        var isBusy: Bool { [SQLITE_BUSY, SQLITE_LOCKED].contains(code & 0xFF) }
    }

    enum Value: Equatable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
    }

    // SAFETY, for all of this type: the handle is made in `init`, closed in `deinit`, and used by nobody else; every statement
    // is finalised in the function that prepares it; texts are lent for the call, and SQLite copies those that it keeps.
    private let handle: OpaquePointer

    /// - Parameters:
    ///   - path: `:memory:` for one that ends with the process.
    ///   - patience: milliseconds to wait for another process that has it.
    init(_ path: String, patience: Int32) throws(Failure) {
        // Before SQLite makes it with the rights that the process's mask leaves: it tells of hearts.
        if path != ":memory:" { _ = try? FileDescriptor.open(path, for: .locking(mode: 0o600)).close() }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            if let opened = unsafe opened { unsafe _ = sqlite3_close_v2(opened) }
            throw Failure(code: code, message: unsafe String(cString: sqlite3_errstr(code)))
        }
        unsafe handle = opened
        // Another process may be bringing the same index up to date.
        unsafe _ = sqlite3_busy_timeout(handle, patience)
    }

    deinit { unsafe _ = sqlite3_close_v2(handle) }

    private func failure(_ code: Int32) -> Failure {
        Failure(code: code, message: unsafe String(cString: sqlite3_errmsg(handle)))
    }

    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - values: for its `?`s, in order.
    ///   - row: receives the columns of each row.
    func run(_ sql: String, _ values: [Value] = [], row: ([Value]) -> Void = { _ in }) throws(Failure) {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let statement = unsafe prepared else { throw failure(code) }
        defer { unsafe _ = sqlite3_finalize(statement) }
        try unsafe step(statement, values, row)
    }

    /// Runs one statement once for each set of values.
    func run(_ sql: String, each sets: [[Value]]) throws(Failure) {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let statement = unsafe prepared else { throw failure(code) }
        defer { unsafe _ = sqlite3_finalize(statement) }
        for values in sets {
            try unsafe step(statement, values) { _ in }
            unsafe _ = sqlite3_reset(statement)
        }
    }

    private func step(
        _ statement: OpaquePointer, _ values: [Value], _ row: ([Value]) -> Void
    ) throws(Failure) {
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .null: unsafe sqlite3_bind_null(statement, place)
                case .integer(let integer): unsafe sqlite3_bind_int64(statement, place, integer)
                case .real(let real): unsafe sqlite3_bind_double(statement, place, real)
                case .text(let text):
                    unsafe csqlite_bind_text(statement, place, text, Int32(clamping: text.utf8.count))
                }
            guard code == SQLITE_OK else { throw failure(code) }
        }
        while true {
            let code = unsafe sqlite3_step(statement)
            switch code {
            case SQLITE_DONE: return
            case SQLITE_ROW:
                let count = unsafe sqlite3_column_count(statement)
                row((0..<count).map { unsafe Self.column(statement, $0) })
            default: throw failure(code)
            }
        }
    }

    private static func column(_ statement: OpaquePointer, _ index: Int32) -> Value {
        switch unsafe sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(statement, index))
        case SQLITE_TEXT:
            guard let text = unsafe sqlite3_column_text(statement, index) else { return .null }
            return .text(unsafe String(cString: text))
        default: return .null
        }
    }
}

extension Database.Value {
    init(_ value: Double?) { self = value.map { .real($0) } ?? .null }
    init(_ value: String?) { self = value.map { .text($0) } ?? .null }

    var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    /// SQLite keeps a whole number in a column without a type as an integer.
    var number: Double? {
        switch self {
        case .real(let real): real
        case .integer(let integer): Double(integer)
        case .null, .text: nil
        }
    }
}
