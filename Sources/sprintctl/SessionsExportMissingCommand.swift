// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import FileIO
internal import ProcessIO
internal import SessionStore

struct SessionsExportMissingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-missing",
        abstract: "Give finished sessions the FIT file that they lack.",
        discussion: """
            Writes activity.fit beside the capture, also where it is older than the analysis. Nothing else in the \
            folder is touched. A session in which nothing was heard gets none; one of which no FIT file can be made is \
            told, and the next one is done.
            """)

    @OptionGroup var selection: SessionsCommand.Selection
    private var state: SessionsCommand.State { selection.state }

    func run() throws {
        var failures = SessionFailures()
        let wanted = try selection.resolved()
        for name in wanted where isMissing(name) && !isEmpty(name) {
            do throws(CommandFailure) {
                try export(name)
                try StandardStream.output.write("exported \(name)\n")
            } catch {
                try failures.add(name, error)
            }
        }
        try failures.end(of: wanted.count, "could not be exported")
    }

    private func isMissing(_ name: String) -> Bool {
        let folder = "\(state.path)/sessions/\(name)"
        guard let analysis = FileStamp(ofFile: "\(folder)/\(SessionWriter.analysisName)") else { return false }
        guard let activity = FileStamp(ofFile: "\(folder)/\(SessionSource.activityName)") else { return true }
        return activity.modified < analysis.modified
    }

    /// A session that was begun by command, and in which nothing was heard.
    private func isEmpty(_ name: String) -> Bool {
        let path = "\(state.path)/sessions/\(name)/\(SessionWriter.analysisName)"
        guard let analysis = try? WholeFile.read(path, limit: .max),
            let digest = SessionDigest(name: name, analysis: String(decoding: analysis, as: UTF8.self))
        else { return false }
        return digest.frames == 0 && digest.duration == 0
    }

    private func export(_ name: String) throws(CommandFailure) {
        let input = try SessionOrRecording.resolve(name, in: state.folders)
        let activity = try Connection.activity(of: input, athlete: nil, plan: nil)
        let bytes = try Connection.fit(activity, name: name)
        do throws(FileError) {
            try state.folders.replaceDerived(SessionSource.activityName, of: name, with: bytes)
        } catch {
            throw CommandFailure(error)
        }
    }
}
