// SPDX-License-Identifier: GPL-3.0-or-later
/// CThreads — what both sides of a benchmark share, so that neither gains by it: the item, the spin hint, the clock,
/// threads pinned to a processor, and a count of allocations.
#ifndef SPRINTD_CTHREADS_H
#define SPRINTD_CTHREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/// 64 bytes, all of them written by the producer and read by the consumer.
typedef struct {
    uint64_t word[8];
} cthreads_item;

/// Tells the processor that this is a spin loop.
static inline void cthreads_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Nanoseconds of CLOCK_MONOTONIC.
static inline uint64_t cthreads_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/// Nanoseconds that the calling thread has had of a processor.
static inline uint64_t cthreads_processor_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/// Pins the calling thread to one of the processors that it may run on, counted round. Returns 0 or an errno.
int cthreads_pin(int processor);

/// How often the calling thread lost its processor to another, since it began.
long cthreads_preemptions(void);

/// Calls of malloc and its kin made so far by the calling thread.
uint64_t cthreads_allocations(void);

/// Bytes that the process has from malloc and has not freed.
uint64_t cthreads_heap(void);

/// Gives the kernel the pages of what malloc has had back.
void cthreads_give_back(void);

/// The most memory that the process has had so far, in KiB.
long cthreads_peak_resident(void);

/// Sleeps until this time of CLOCK_MONOTONIC, in ns.
void cthreads_sleep_until(uint64_t time);

/// Opens a new file without a name in the working folder, to be written as a log is. Returns -1 when that fails.
int cthreads_log_open(void);

/// Appends bytes and waits until they are on the disk. Returns the nanoseconds that both took, 0 when one failed.
uint64_t cthreads_log_commit(int log, size_t bytes);

void cthreads_log_close(int log);

#ifdef __cplusplus
}
#endif
#endif
