// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a TCX file cannot be read on, and where.
package struct TCXError: Error, Equatable, Sendable {
    package enum Problem: Equatable, Sendable {
        /// The root element is another one than `TrainingCenterDatabase`, or there is none.
        case notTCX
        case documentType
        case tooLong
        case malformed
        case zeroByte
    }
    /// Bytes from the start of the input.
    package var offset: Int
    package var problem: Problem

    package init(offset: Int, problem: Problem) {
        self.offset = offset
        self.problem = problem
    }

    /// One line, without the place.
    package var reason: String {
        switch problem {
        case .notTCX: "this is no Training Center file"
        case .documentType: "a document type declaration, which is not read"
        case .tooLong: "markup of more than \(XMLTokenizer.longest) bytes"
        case .malformed: "a tag without a name"
        case .zeroByte: "a zero byte: this is no text, or not in UTF-8"
        }
    }
}
