// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE
#include "cthreads.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int cthreads_pin(int processor) {
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return errno;
    }
    int wanted = processor % CPU_COUNT(&allowed);
    for (int candidate = 0; candidate < CPU_SETSIZE; candidate++) {
        if (CPU_ISSET(candidate, &allowed) && wanted-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(candidate, &one);
            return pthread_setaffinity_np(pthread_self(), sizeof one, &one);
        }
    }
    return EINVAL;
}

long cthreads_preemptions(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

uint64_t cthreads_heap(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

void cthreads_give_back(void) { malloc_trim(0); }

long cthreads_peak_resident(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

void cthreads_sleep_until(uint64_t time) {
    struct timespec wanted = {.tv_sec = (time_t)(time / 1000000000u), .tv_nsec = (long)(time % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wanted, NULL) == EINTR) {
    }
}

int cthreads_log_open(void) {
    char name[] = "sync-benchmark-XXXXXX";
    int log = mkstemp(name);
    if (log >= 0) {
        unlink(name);
    }
    return log;
}

uint64_t cthreads_log_commit(int log, size_t bytes) {
    static char block[1 << 16];
    memset(block, 0xA4, sizeof block);
    uint64_t start = cthreads_now();
    while (bytes > 0) {
        ssize_t written = write(log, block, bytes < sizeof block ? bytes : sizeof block);
        if (written < 0) {
            return 0;
        }
        bytes -= (size_t)written;
    }
    return fdatasync(log) == 0 ? cthreads_now() - start : 0;
}

void cthreads_log_close(int log) { close(log); }

// The executable's own malloc goes before glibc's, for glibc and the Swift runtime too (glibc manual, "Replacing
// malloc"), and hands on to the names that glibc keeps for its own.
static __thread uint64_t allocations;

uint64_t cthreads_allocations(void) { return allocations; }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t size) {
    allocations++;
    return __libc_realloc(memory, size);
}
void *memalign(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
    allocations++;
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}
void free(void *memory) { __libc_free(memory); }
