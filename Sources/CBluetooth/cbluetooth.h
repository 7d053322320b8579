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

#endif
