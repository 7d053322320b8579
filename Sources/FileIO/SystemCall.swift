// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// The one place where a failed system call becomes an error number, and where interrupted calls are repeated.
enum SystemCall {
    /// - Throws: what the call left in `errno` when it gave -1.
    @discardableResult
    static func repeating<Result: SignedInteger>(_ call: () -> Result) throws(ErrorNumber) -> Result {
        while true {
            let result = call()
            if result != -1 { return result }
            let number = errno
            if number != EINTR { throw ErrorNumber(number) }
        }
    }
}
