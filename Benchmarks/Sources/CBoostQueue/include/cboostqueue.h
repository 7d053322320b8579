// SPDX-License-Identifier: GPL-3.0-or-later
/// CBoostQueue — the loops of the benchmark over boost::lockfree::spsc_queue, in C++, so that the queue is inlined as
/// in any C++ program. Each has its twin in Swift: same item, same checks, same spin.
#ifndef SPRINTD_CBOOSTQUEUE_H
#define SPRINTD_CBOOSTQUEUE_H

#include "cthreads.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cboost_queue cboost_queue;

/// Holds 4096 items, fixed at compile time: boost's faster form.
cboost_queue *_Nonnull cboost_create(void);
void cboost_destroy(cboost_queue *_Nonnull queue);

/// Pushes the items 0 ..< count, one by one.
void cboost_produce(cboost_queue *_Nonnull queue, uint64_t count);
/// Pops `count` items, one by one; returns the sum of all their words.
uint64_t cboost_consume(cboost_queue *_Nonnull queue, uint64_t count);
/// The same, `batch` (at most 64) at a time.
void cboost_produce_batches(cboost_queue *_Nonnull queue, uint64_t count, uint64_t batch);
uint64_t cboost_consume_batches(cboost_queue *_Nonnull queue, uint64_t count, uint64_t batch);

/// Sends `count` items and awaits each on the way back; `nanoseconds` receives every round trip.
void cboost_ping(
    cboost_queue *_Nonnull out, cboost_queue *_Nonnull back, uint64_t count, uint64_t *_Nonnull nanoseconds);
void cboost_echo(cboost_queue *_Nonnull in, cboost_queue *_Nonnull back, uint64_t count);

#ifdef __cplusplus
}
#endif
#endif
