// SPDX-License-Identifier: GPL-3.0-or-later
/// CDoorbell — the Linux calls and the processor's hints that a ring and its `Doorbell` need and Swift's modules lack.
/// A function here may only rename, or fix the type of, ONE call or instruction: no policy, no allocation, no state.
#ifndef SPRINTD_CDOORBELL_H
#define SPRINTD_CDOORBELL_H

#include <linux/membarrier.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

/// `EFD_CLOEXEC` and `EFD_NONBLOCK` are enumerators that also name themselves as macros, which the importer
/// drops. Returns a file descriptor, or -1 with `errno`.
static inline int cdoorbell_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/// glibc has no wrapper for membarrier(2), and `syscall` is variadic. Returns 0, or -1 with `errno`.
static inline int cdoorbell_membarrier_register(void) {
    return (int)syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

/// A full memory barrier on every running thread of this process. Returns 0, or -1 with `errno`.
static inline int cdoorbell_membarrier(void) {
    return (int)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/// Keeps the compiler from moving any access across; no instruction. `Synchronization` has thread fences only.
static inline void cdoorbell_compiler_fence(void) {
    atomic_signal_fence(memory_order_seq_cst);
}

/// Tells the processor that this thread only waits: some 10 to 50 ns. On arm64 `isb`, because `yield` takes no time where
/// a core runs one thread.
static inline void cdoorbell_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" : : : "memory");
#endif
}

#endif
