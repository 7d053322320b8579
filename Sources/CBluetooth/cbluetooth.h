/* SPDX-License-Identifier: GPL-3.0-or-later */
/// CBluetooth: BlueZ's libbluetooth, plus the few parts of it that Swift's importer cannot see.
/// A definition here may only rename, or fix the type of, ONE BlueZ macro:
/// no policy, no allocation, no state. Anything else is Swift.
#ifndef SPRINTD_CBLUETOOTH_H
#define SPRINTD_CBLUETOOTH_H

/* BlueZ's HCIGETDEVINFO and kin expand to _IOR, which its own headers do not include. */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>
#include <bluetooth/l2cap.h>

/// `HCIGETDEVINFO` is an `_IOR(...)` macro, which Swift's importer skips.
static const unsigned long cbt_hci_get_device_info = HCIGETDEVINFO;
/// `_IOW` and `_IOR` macros likewise.
static const unsigned long cbt_hci_device_up = HCIDEVUP;
static const unsigned long cbt_hci_device_down = HCIDEVDOWN;
static const unsigned long cbt_hci_get_connection_list = HCIGETCONNLIST;

/// `ioctl` is variadic. For requests that take an adapter's number itself. Returns 0, or -1 with `errno`.
static inline int cbt_control_adapter(int descriptor, unsigned long request, int adapter) {
    return ioctl(descriptor, request, adapter);
}

/// `ioctl` is variadic. For requests that take a structure. Returns 0, or -1 with `errno`.
static inline int cbt_control(int descriptor, unsigned long request, void *_Nullable structure) {
    return ioctl(descriptor, request, structure);
}

#endif
