// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
package import Replay
package import TCX

extension TCXSampleReader: SampleSource {
    package mutating func nextSample() throws(SampleSourceFault) -> Sample? {
        do throws(TCXError) {
            return try next()
        } catch {
            throw SampleSourceFault(position: .byte(UInt64(clamping: error.offset)), reason: error.reason)
        }
    }
}
