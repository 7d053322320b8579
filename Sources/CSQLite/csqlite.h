/* SPDX-License-Identifier: GPL-3.0-or-later */
/// CSQLite: SQLite as Debian ships it, plus what Swift's importer cannot see of it.
/// A function here may only rename, or fix the type of, ONE call: no policy, no allocation, no state.
#ifndef SPRINTD_CSQLITE_H
#define SPRINTD_CSQLITE_H

#include <sqlite3.h>

/// `SQLITE_TRANSIENT`, by which SQLite is told to copy the text, is a cast in a macro. Returns SQLITE_OK or an error code.
static inline int csqlite_bind_text(sqlite3_stmt *_Nonnull statement, int index, const char *_Nonnull text, int bytes) {
    return sqlite3_bind_text(statement, index, text, bytes, SQLITE_TRANSIENT);
}

#endif
