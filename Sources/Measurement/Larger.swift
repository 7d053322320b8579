// SPDX-License-Identifier: GPL-3.0-or-later

/// The larger of two numbers. As `max`, but where one is not a number: then the second, so that it is one instruction of x86-64 and not six.
@inlinable
@inline(__always)
package func larger(_ left: Double, _ right: Double) -> Double { left > right ? left : right }
