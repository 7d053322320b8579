// SPDX-License-Identifier: GPL-3.0-or-later
package import ANTSession
internal import FileIO
package import Measurement
internal import ProcessIO
internal import Synchronization
package import Transport

/// ANT+ USB sticks, live: all that are plugged in, as they come and go.
///
/// One thread owns everything: it sleeps in libusb until a transfer, a plug or a deadline wakes it, and hands each stick's bytes to
/// the stick's ``ANTSession/StickSession``. All bytes, both ways, go to the sink as usbmon frames, and each stick's device descriptor
/// before them, so that a capture tells by itself what it holds.
package final class USBTransport: Transport {
    package struct Configuration: Sendable {
        package var stick: StickConfiguration
        /// Whose sensors matter to the notices. What is received does not depend on it, except for channels.
        package var sensors: SensorRegistry.Policy

        package init(stick: StickConfiguration, sensors: SensorRegistry.Policy = .everyone) {
            self.stick = stick
            self.sensors = sensors
        }

        /// - Parameters:
        ///   - sensors: each athlete's, of any radio.
        ///   - firstCome: a lone athlete without ANT+ sensors gets the first strap and the first footpod heard.
        package init(athletes sensors: [[SensorID]], firstCome: Bool = false) {
            let chosen = sensors.flatMap(\.self)
            stick = StickConfiguration(sensors: chosen, athletes: sensors.count, firstCome: firstCome)
            let hasANT = chosen.contains { if case .ant = $0 { true } else { false } }
            if hasANT {
                self.sensors = .chosen(Set(chosen))
            } else {
                self.sensors = firstCome && sensors.count <= 1 ? .firstOfEachKind : .everyone
            }
        }
    }

    package let name = "usb"
    private let configuration: Configuration
    /// `nil` unless the thread runs.
    private let stopRequest = Mutex<StopRequest?>(nil)
    private let thread = WorkerThreadSlot()

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    deinit { stop() }

    /// - Throws: when libusb cannot be used at all, as where neither udev nor `/dev/bus/usb` is there.
    package func start(_ sink: consuming FrameSink) throws(TransportError) {
        let loop = try USBEventLoop(configuration, sink)
        let request = loop.stopRequest
        do throws(ErrorNumber) {
            thread.keep(try WorkerThread(name: "usb") { loop.run() })
        } catch {
            throw TransportError("usb: no thread can be started: \(error.text)")
        }
        stopRequest.withLock { $0 = request }
    }

    package func stop() {
        stopRequest.withLock { $0.take() }?.make()
        thread.join()
    }
}
