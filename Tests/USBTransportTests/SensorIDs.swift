// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

enum SensorIDs {
    static let strap = SensorID.ant(deviceType: 120, number: 16_815)
    static let pod = SensorID.ant(deviceType: 124, number: 101_494)
}
