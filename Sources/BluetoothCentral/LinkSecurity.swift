// SPDX-License-Identifier: GPL-3.0-or-later

/// How safe a link is asked to be. It begins without encryption, which is all that most sensors want.
///
/// Source: Core 5.4, Vol 3 Part C, 10.2.1 (LE security mode 1).
package enum LinkSecurity: Equatable, Sendable, BitwiseCopyable {
    /// Level 2: encrypted with a key, however that was made.
    case encrypted
    /// Level 3: with a key that was made with a number which a person compared or typed.
    case authenticated
}
