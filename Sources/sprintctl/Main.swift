// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import Glibc
internal import ProcessIO

@main enum Main {
    static func main() {
        StandardStream.reserveDescriptors()
        StandardStream.takeFailuresAsErrors()
        exit(status())
    }

    private static func status() -> Int32 {
        do {
            var command = try Sprintctl.parseAsRoot()
            try command.run()
            return ExitStatus.ok.rawValue
        } catch let failure as CommandFailure {
            return failure.report(program: "sprintctl")
        } catch {
            return answer(error)
        }
    }

    /// Help and the version reach us as errors too; they go to the output, complaints to the error output.
    private static func answer(_ error: any Error) -> Int32 {
        let code = Sprintctl.exitCode(for: error)
        let message = Sprintctl.fullMessage(for: error)
        guard code.isSuccess else {
            let status = CommandFailure(.usage, UsageMessage.line(message)).report(program: "sprintctl")
            return code == .validationFailure ? status : code.rawValue
        }
        do {
            try StandardStream.output.write(message + "\n")
            return code.rawValue
        } catch {
            return error.report(program: "sprintctl")
        }
    }
}
