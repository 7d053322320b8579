/* SPDX-License-Identifier: GPL-3.0-or-later */
/// CUSB: libusb-1.0, plus the few parts of it that Swift's importer cannot see.
/// A function here may only rename, or fix the type of, ONE libusb call:
/// no policy, no allocation, no state. Anything else is Swift.
#ifndef SPRINTD_CUSB_H
#define SPRINTD_CUSB_H

#include <libusb-1.0/libusb.h>

/// `libusb_set_option` is variadic, which Swift cannot call.
/// Returns 0 or a negative `LIBUSB_ERROR_*`.
static inline int cusb_set_log_level(libusb_context *_Nullable context, int level) {
    return libusb_set_option(context, LIBUSB_OPTION_LOG_LEVEL, level);
}

#endif
