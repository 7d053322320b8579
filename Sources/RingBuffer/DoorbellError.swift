// SPDX-License-Identifier: GPL-3.0-or-later

/// The kernel gave no eventfd.
package struct DoorbellError: Error, Equatable {
    /// As in `<errno.h>`.
    package var errno: Int32
}
