/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loaded before the C library, so that nothing here is ever called by name: see fakebluetooth.c. */
