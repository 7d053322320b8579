/* SPDX-License-Identifier: GPL-3.0-or-later */
/// CUMockdev: the parts of umockdev and GLib that the stick emulator needs, with every object as a plain pointer.
/// A function here may only rename, or fix the type of, ONE call: no policy, no allocation, no state.
/// Where umockdev's headers are absent, everything compiles and there is no testbed.
#ifndef SPRINTD_CUMOCKDEV_H
#define SPRINTD_CUMOCKDEV_H

#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <stddef.h>
#include <stdint.h>

/// The importer drops macros made of `_IOR` and the like.
static const unsigned long cumockdev_submit_urb = USBDEVFS_SUBMITURB;
static const unsigned long cumockdev_reap_urb = USBDEVFS_REAPURB;
static const unsigned long cumockdev_reap_urb_no_delay = USBDEVFS_REAPURBNDELAY;
static const unsigned long cumockdev_discard_urb = USBDEVFS_DISCARDURB;
static const unsigned long cumockdev_claim_interface = USBDEVFS_CLAIMINTERFACE;
static const unsigned long cumockdev_release_interface = USBDEVFS_RELEASEINTERFACE;
static const unsigned long cumockdev_disconnect_claim = USBDEVFS_DISCONNECT_CLAIM;
static const unsigned long cumockdev_get_capabilities = USBDEVFS_GET_CAPABILITIES;
static const unsigned long cumockdev_clear_halt = USBDEVFS_CLEAR_HALT;
static const unsigned long cumockdev_reset = USBDEVFS_RESET;
static const unsigned long cumockdev_driver = USBDEVFS_IOCTL;
static const unsigned long cumockdev_get_driver = USBDEVFS_GETDRIVER;

typedef int (*cumockdev_client_callback)(void *_Nullable handler, void *_Nonnull client, void *_Nullable user);
typedef int (*cumockdev_descriptor_callback)(int descriptor, unsigned condition, void *_Nullable user);
typedef int (*cumockdev_time_callback)(void *_Nullable user);

#if __has_include(<umockdev.h>)
#include <glib-unix.h>
#include <umockdev.h>

static inline void *_Nullable cumockdev_testbed(void) { return umockdev_testbed_new(); }
static inline char *_Nullable cumockdev_root(void *_Nonnull bed) {
    return umockdev_testbed_get_root_dir((UMockdevTestbed *)bed);
}
static inline int cumockdev_add(void *_Nonnull bed, const char *_Nonnull text) {
    return umockdev_testbed_add_from_string((UMockdevTestbed *)bed, text, NULL);
}
static inline void cumockdev_event(void *_Nonnull bed, const char *_Nonnull path, const char *_Nonnull action) {
    umockdev_testbed_uevent((UMockdevTestbed *)bed, path, action);
}
static inline void cumockdev_remove(void *_Nonnull bed, const char *_Nonnull path) {
    umockdev_testbed_remove_device((UMockdevTestbed *)bed, path);
}
static inline void *_Nullable cumockdev_handler(void) { return umockdev_ioctl_base_new(); }
static inline int cumockdev_attach(void *_Nonnull bed, const char *_Nonnull node, void *_Nonnull handler) {
    return umockdev_testbed_attach_ioctl((UMockdevTestbed *)bed, node, (UMockdevIoctlBase *)handler, NULL);
}
static inline int cumockdev_detach(void *_Nonnull bed, const char *_Nonnull node) {
    return umockdev_testbed_detach_ioctl((UMockdevTestbed *)bed, node, NULL);
}
static inline void cumockdev_connect(
    void *_Nonnull object, const char *_Nonnull signal, cumockdev_client_callback _Nonnull callback,
    void *_Nullable user) {
    g_signal_connect_data(object, signal, G_CALLBACK(callback), user, NULL, (GConnectFlags)0);
}
static inline unsigned long cumockdev_request(void *_Nonnull client) {
    return umockdev_ioctl_client_get_request((UMockdevIoctlClient *)client);
}
static inline void *_Nullable cumockdev_argument(void *_Nonnull client) {
    return umockdev_ioctl_client_get_arg((UMockdevIoctlClient *)client);
}
static inline void cumockdev_complete(void *_Nonnull client, long result, int error) {
    umockdev_ioctl_client_complete((UMockdevIoctlClient *)client, result, error);
}
/// NULL when the client is gone.
static inline void *_Nullable cumockdev_resolve(void *_Nonnull data, size_t offset, size_t length) {
    return umockdev_ioctl_data_resolve((UMockdevIoctlData *)data, offset, length, NULL);
}
static inline int cumockdev_set_pointer(void *_Nonnull data, size_t offset, void *_Nonnull child) {
    return umockdev_ioctl_data_set_ptr((UMockdevIoctlData *)data, offset, (UMockdevIoctlData *)child);
}
static inline void cumockdev_update(
    void *_Nonnull data, size_t offset, const uint8_t *_Nonnull bytes, int count) {
    umockdev_ioctl_data_update((UMockdevIoctlData *)data, offset, (guint8 *)bytes, count);
}
static inline uint8_t *_Nullable cumockdev_bytes(void *_Nonnull data) { return ((UMockdevIoctlData *)data)->data; }
static inline unsigned long cumockdev_address(void *_Nonnull data) {
    return ((UMockdevIoctlData *)data)->client_addr;
}
static inline void cumockdev_retain(void *_Nonnull object) { g_object_ref(object); }
static inline void cumockdev_release(void *_Nonnull object) { g_object_unref(object); }
static inline void cumockdev_free(void *_Nullable memory) { g_free(memory); }
static inline void cumockdev_wait(void) { g_main_context_iteration(NULL, 1); }
/// Ends the wait, from any thread.
static inline void cumockdev_wake(void) { g_main_context_wakeup(NULL); }
static inline unsigned cumockdev_after(
    unsigned milliseconds, cumockdev_time_callback _Nonnull callback, void *_Nullable user) {
    return g_timeout_add(milliseconds, callback, user);
}
static inline void cumockdev_forget(unsigned source) { g_source_remove(source); }
static inline void cumockdev_watch(
    int descriptor, cumockdev_descriptor_callback _Nonnull callback, void *_Nullable user) {
    g_unix_fd_add(descriptor, G_IO_IN | G_IO_HUP, (GUnixFDSourceFunc)callback, user);
}

#else

static inline void *_Nullable cumockdev_testbed(void) { return NULL; }
static inline char *_Nullable cumockdev_root(void *_Nonnull bed) { return NULL; }
static inline int cumockdev_add(void *_Nonnull bed, const char *_Nonnull text) { return 0; }
static inline void cumockdev_event(void *_Nonnull bed, const char *_Nonnull path, const char *_Nonnull action) {}
static inline void cumockdev_remove(void *_Nonnull bed, const char *_Nonnull path) {}
static inline void *_Nullable cumockdev_handler(void) { return NULL; }
static inline int cumockdev_attach(void *_Nonnull bed, const char *_Nonnull node, void *_Nonnull handler) { return 0; }
static inline int cumockdev_detach(void *_Nonnull bed, const char *_Nonnull node) { return 0; }
static inline void cumockdev_connect(
    void *_Nonnull object, const char *_Nonnull signal, cumockdev_client_callback _Nonnull callback,
    void *_Nullable user) {}
static inline unsigned long cumockdev_request(void *_Nonnull client) { return 0; }
static inline void *_Nullable cumockdev_argument(void *_Nonnull client) { return NULL; }
static inline void cumockdev_complete(void *_Nonnull client, long result, int error) {}
static inline void *_Nullable cumockdev_resolve(void *_Nonnull data, size_t offset, size_t length) { return NULL; }
static inline int cumockdev_set_pointer(void *_Nonnull data, size_t offset, void *_Nonnull child) { return 0; }
static inline void cumockdev_update(
    void *_Nonnull data, size_t offset, const uint8_t *_Nonnull bytes, int count) {}
static inline uint8_t *_Nullable cumockdev_bytes(void *_Nonnull data) { return NULL; }
static inline unsigned long cumockdev_address(void *_Nonnull data) { return 0; }
static inline void cumockdev_retain(void *_Nonnull object) {}
static inline void cumockdev_release(void *_Nonnull object) {}
static inline void cumockdev_free(void *_Nullable memory) {}
static inline void cumockdev_wait(void) {}
static inline void cumockdev_wake(void) {}
static inline unsigned cumockdev_after(
    unsigned milliseconds, cumockdev_time_callback _Nonnull callback, void *_Nullable user) { return 0; }
static inline void cumockdev_forget(unsigned source) {}
static inline void cumockdev_watch(
    int descriptor, cumockdev_descriptor_callback _Nonnull callback, void *_Nullable user) {}

#endif
#endif
