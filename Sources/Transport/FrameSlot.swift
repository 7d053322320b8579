// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture
package import Measurement

/// One element of a transport's ring: a frame with its bytes, or a notice, in the order in which they happened.
package struct FrameSlot: BitwiseCopyable, Sendable {
    /// The longest frame that the transports make: an HCI ACL packet that holds an ATT value of 244 bytes, or a usbmon
    /// header with a full-speed bulk packet, fit with room to spare.
    package static let byteLimit = 320

    package enum Content: Equatable, Sendable, BitwiseCopyable {
        /// The bytes are the frame's.
        case frame(CapturedFrame)
        /// The bytes are the notice's text, UTF-8.
        case notice(TransportNotice)
    }

    package let content: Content
    private let count: UInt16
    private let storage: InlineArray<320, UInt8>

    /// - Parameter bytes: what is beyond ``byteLimit`` is cut; a frame's `originalLength` tells how much there was.
    package init(_ content: Content, _ bytes: Span<UInt8>) {
        self.content = content
        let kept = bytes.extracting(first: Self.byteLimit)
        count = UInt16(truncatingIfNeeded: kept.count)
        storage = InlineArray<320, UInt8> { index in index < kept.count ? kept[index] : 0 }
    }

    package var time: Timestamp {
        switch content {
        case .frame(let frame): frame.time
        case .notice(let notice): notice.time
        }
    }

    /// The frame's bytes, or the notice's text.
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(first: Int(count)) }
    }

    /// The notice's text; what is no UTF-8 in it is replaced.
    package var text: String {
        let bytes = self.bytes
        return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
}
