// SPDX-License-Identifier: GPL-3.0-or-later
import GATT
package import Measurement

// Sensors that show their measurements on an encrypted link only. Whoever owns the link encrypts it, with a key of an earlier pairing;
// the client asks for that, waits, and asks the sensor again.
extension GATTClient {
    /// Seconds, as long as pairing may take: Core 5.4, Vol 3 Part H, 3.4.
    static let securityLimit = 30.0

    /// The link is as safe as was wanted.
    package mutating func secured(at time: Timestamp, emit: (Action, Span<UInt8>) -> Void) {
        guard case .securing(let characteristic, _) = state else { return }
        if restartIsDue { return restart(at: time, emit) }
        enter(.subscribing(characteristic: characteristic), at: time, emit)
    }

    /// It cannot be made so: there is no key, or the sensor does not take it.
    package mutating func cannotSecure(at time: Timestamp, emit: (Action, Span<UInt8>) -> Void) {
        guard case .securing(let characteristic, _) = state else { return }
        if restartIsDue { return restart(at: time, emit) }
        subscribe(in: attributes.characteristics[characteristic].service, after: characteristic, at: time, emit)
    }

    /// What the sensor said when it wanted a safer link; `nil` when nobody waits for one. A link that ends now most likely ends because of
    /// that.
    package var pairingFailure: GATTClientFailure? {
        switch state {
        case .securing: obstacle
        case .idle, .exchangingMTU, .findingServices, .findingCharacteristics, .findingDescriptors, .subscribing,
            .reading, .complete, .failed:
            nil
        }
    }

    /// - Returns: whether a safer link is asked for; `false` where none would help.
    mutating func secure(
        _ characteristic: Int, after code: ATTErrorCode, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) -> Bool {
        guard let level = Self.level(wantedBy: code, having: security) else { return false }
        security = level
        state = .securing(characteristic: characteristic, deadline: time.advanced(bySeconds: Self.securityLimit))
        emit(.secure(level), [UInt8]().span)
        return true
    }

    /// Source: Core 5.4, Vol 3 Part C, 10.3.1: after "insufficient encryption" (0x0F) a link is encrypted; after "insufficient
    /// authentication" (0x05) too, since a key may be at hand, and where that is not enough a better key is asked for.
    private static func level(wantedBy code: ATTErrorCode, having: LinkSecurity?) -> LinkSecurity? {
        switch (code.rawValue, having) {
        case (0x05, nil), (0x0F, nil): .encrypted
        case (0x05, .encrypted?): .authenticated
        default: nil
        }
    }
}
