// SPDX-License-Identifier: GPL-3.0-or-later
package import ANT

/// What a stick says that it can do.
///
/// Payload: channels, networks, standard options, advanced options, then, by the stick's age, advanced options 2, SensRcore
/// channels, advanced options 3 and 4. What a shorter reply leaves out, the stick cannot do. Sources: public ANT host libraries
/// for the bits; a usbmon recording of an ANTUSB2 (6 bytes) and public traces of an ANTUSB-m (8 bytes) for the length.
package struct ANTCapabilities: Hashable, Sendable, BitwiseCopyable {
    package var channels: UInt8
    package var networks: UInt8
    package var hasSerialNumber: Bool
    /// Whether a search need not stop what other channels receive.
    package var hasLowPrioritySearch: Bool
    /// Whether data can carry its sender's id.
    package var hasExtendedMessages: Bool
    package var hasScanMode: Bool

    /// - Returns: `nil` when it is no capabilities message, or is shorter than any stick's.
    package init?(_ message: ANTMessage) {
        guard message.id == .capabilities, let channels = message.byte(0), let networks = message.byte(1),
            let advanced = message.byte(3)
        else { return nil }
        let advanced2 = message.byte(4) ?? 0
        self.channels = channels
        self.networks = networks
        hasSerialNumber = advanced & 0x08 != 0
        hasLowPrioritySearch = advanced & 0x20 != 0
        hasExtendedMessages = advanced2 & 0x02 != 0
        hasScanMode = advanced2 & 0x04 != 0
    }
}
