// SPDX-License-Identifier: GPL-3.0-or-later
/// Tells ThreadSanitizer of Swift's `Mutex`. Its two functions for the case that two threads want one at once lie in a library that the sanitizer does
/// not see into, and there the kernel hands the lock over (`FUTEX_LOCK_PI`): without this, what both threads do with what it protects looks like a race.
/// Linked into each program by scripts/test-sanitized, it stands in front of them.
///
/// That these functions are what the linker calls them, and take their mutex as Swift's `self`, holds for the toolchain at hand. Where it does
/// not, nothing stands in front of anything, and false reports come back.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define HIDDEN __attribute__((visibility("hidden")))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

HIDDEN SWIFT void lockSlow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
HIDDEN SWIFT void lockSlow(uint32_t thread, SELF void *mutex) {
    ((SWIFT void (*)(uint32_t, SELF void *))next(LOCK))(thread, mutex);
    __tsan_acquire(mutex);
}

HIDDEN SWIFT void unlockSlow(SELF void *mutex) __asm__(UNLOCK);
HIDDEN SWIFT void unlockSlow(SELF void *mutex) {
    __tsan_release(mutex);
    ((SWIFT void (*)(SELF void *))next(UNLOCK))(mutex);
}
