// SPDX-License-Identifier: GPL-3.0-or-later

/// The right to write in a state folder. One process has it at a time, so that an unfinished session found by its holder is
/// one that nobody is writing any more. The system takes it back however the process ends.
package final class StateLock {
    package let state: String
    let files: any FileSystem
    private let file: OpenFile

    /// Makes the state folder and its sessions folder, mode 0700, when they are not there.
    ///
    /// - Throws: `.busy` when another process has it.
    package init(state: String, files: any FileSystem) throws(SessionError) {
        self.state = state
        self.files = files
        let locked: OpenFile?
        do throws(FileError) {
            try StateFolder.make(StateFolder.sessions(state), files)
            locked = try files.lock(state + "/lock")
        } catch {
            throw .file(error)
        }
        guard let locked else { throw .busy(state: state) }
        file = locked
    }

    deinit { files.close(file) }
}
