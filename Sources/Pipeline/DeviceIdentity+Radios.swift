// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import GATT
import Measurement

extension DeviceIdentity {
    /// The serial number counts only where it ends in the device number, as ANT+ has it of heart-rate monitors (page 2): one that a maker
    /// sends from all of his sensors proves nothing.
    init(_ sensor: SensorID, _ info: ANTSensorInfo) {
        self.init()
        maker = info.manufacturer.flatMap(Maker.init(antNumber:))
        guard case .ant(_, let number) = sensor, let serial = info.serialNumber, number & 0xFFFF == serial & 0xFFFF
        else { return }
        serialNumbers = [serial]
    }

    init(_ info: SensorInformation) {
        self.init()
        maker = info.manufacturer.flatMap(Maker.init(name:))
        serialNumbers = info.serialNumber.map(Self.serialNumbers) ?? []
        name = info.name
    }
}
