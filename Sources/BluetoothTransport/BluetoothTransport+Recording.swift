// SPDX-License-Identifier: GPL-3.0-or-later
internal import Transport

extension BluetoothTransport {
    /// Takes the sensors, or lets go of them, if so configured.
    package func note(isRecording: Bool) {
        if isRecording { sessionBegan() } else { sessionEnded() }
    }
}
