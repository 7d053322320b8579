// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// The header of one frame that went over a radio's bus. Its bytes travel beside it, as a `Span<UInt8>`.
///
/// The bytes are the same whatever kind of recording they came from: usbmon headers are little-endian (a recording
/// of a big-endian machine is converted when it is read), and Bluetooth records that carry their direction elsewhere
/// arrive with the header of link type 201.
@usableFromInline
package struct CapturedFrame: Equatable, Sendable, BitwiseCopyable {
    /// When the frame was seen, in nanoseconds since the recording's own epoch.
    package var time: Timestamp
    @usableFromInline package var link: LinkType
    /// Which adapter or bus it was seen on: 1 for `hci1`, `bluetooth1` or `usbmon1`; where the recording has no such
    /// name, the interface's place among those of its link type, from 0.
    package var interface: UInt32
    /// How long the frame was, in bytes; more than came with it when the recorder cut it.
    package var originalLength: UInt32

    package init(time: Timestamp, link: LinkType, interface: UInt32, originalLength: UInt32) {
        self.time = time
        self.link = link
        self.interface = interface
        self.originalLength = originalLength
    }
}
