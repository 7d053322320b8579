// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
package import Measurement

extension SensorID {
    /// For people: `heart rate sensor ant:120:16815`.
    package var words: String {
        guard case .ant(let type, _) = self, let profile = KnownSensor.profile(where: { $0.deviceType == type }) else {
            return "sensor \(self)"
        }
        return "\(profile.name) sensor \(self)"
    }
}
