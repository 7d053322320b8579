// SPDX-License-Identifier: GPL-3.0-or-later
package import BluetoothCentral
internal import FileIO
internal import ProcessIO
internal import Synchronization
package import Transport

/// Heart-rate straps and footpods over Bluetooth LE: scans, connects, and hands over what they send as HCI frames of link type 201.
///
/// One thread, which waits for everything together. Nothing that goes wrong after the start ends it: adapters that are missing, off or
/// taken, and sensors that are lost, are waited for, with a notice.
///
/// It needs no rights to connect to sensors whose addresses are given; CAP_NET_RAW to scan, and CAP_NET_ADMIN to switch adapters on.
package final class BluetoothTransport: Transport {
    package struct Configuration: Sendable {
        package var central = Central.Configuration()
        /// Let go of the sensors when the last session ends, so that a phone or watch can have them. They are taken again when a session
        /// begins, or when they are heard after a silence of a minute: see ``Central/release(at:emit:)``.
        package var releasesSensors = false

        package init() {}
    }

    package let name = "bluetooth"
    private let configuration: Configuration
    /// `nil` unless the thread runs.
    private let mailbox = Mutex<Mailbox?>(nil)
    private let thread = WorkerThreadSlot()

    package init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    package func start(_ sink: consuming FrameSink) throws(TransportError) {
        do throws(ErrorNumber) {
            let made = try Mailbox()
            let loop = try BluetoothLoop(configuration, made, sink)
            thread.keep(try WorkerThread(name: "bluetooth") { loop.run() })
            mailbox.withLock { $0 = made }
        } catch {
            throw TransportError("Bluetooth: \(error.text)")
        }
    }

    package func stop() {
        mailbox.withLock { $0.take() }?.post(.stop)
        thread.join()
    }

    /// The first session begins: sensors that were let go of are taken again.
    package func sessionBegan() { post(.sessionBegan) }

    /// The last session has ended: the sensors are let go of, if so configured.
    package func sessionEnded() { post(.sessionEnded) }

    private func post(_ request: Mailbox.Request) {
        mailbox.withLock { $0?.post(request) }
    }
}
