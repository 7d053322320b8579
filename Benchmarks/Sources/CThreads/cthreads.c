// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE
#include "cthreads.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/resource.h>

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

long cthreads_peak_resident(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

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
