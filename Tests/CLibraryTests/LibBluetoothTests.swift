// SPDX-License-Identifier: GPL-3.0-or-later
import CBluetooth
import Testing

/// The real libbluetooth answers, and its structures have the sizes that the kernel expects.
@Suite struct LibBluetoothTests {
    @Test func writesAnAddressMostSignificantByteFirst() {
        var address = bdaddr_t(b: (0x01, 0xA0, 0x00, 0xF5, 0x12, 0xC4))
        var text = [CChar](repeating: 0, count: 18)
        // SAFETY: ba2str writes 17 characters and a zero, which is what `text` holds.
        let length = unsafe ba2str(&address, &text)
        #expect(length == 17)
        #expect(String(decoding: text.prefix(17).map(UInt8.init(bitPattern:)), as: UTF8.self) == "C4:12:F5:00:A0:01")
    }

    @Test func importsPackedStructuresWithTheirWireSizes() {
        // Bluetooth Core, HCI: an event header is 2 bytes, an ACL header 4; L2CAP's socket address as in <bluetooth/l2cap.h>.
        #expect(MemoryLayout<hci_event_hdr>.size == 2)
        #expect(MemoryLayout<hci_acl_hdr>.size == 4)
        #expect(MemoryLayout<sockaddr_l2>.size == 14)
        #expect(MemoryLayout<evt_le_connection_complete>.size == 18)
    }

    @Test func knowsTheRequestThatTheImporterSkips() {
        // _IOR('H', 211, int) on Linux: direction 2, size 4, type 'H', number 211.
        #expect(cbt_hci_get_device_info == 2 << 30 | 4 << 16 | 0x48 << 8 | 211)
    }
}
