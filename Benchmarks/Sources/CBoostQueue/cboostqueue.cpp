// SPDX-License-Identifier: GPL-3.0-or-later
#include "cboostqueue.h"

#include <boost/lockfree/spsc_queue.hpp>

struct cboost_queue {
    boost::lockfree::spsc_queue<cthreads_item, boost::lockfree::capacity<4096>> queue;
};

namespace {
inline cthreads_item make(uint64_t sequence) {
    cthreads_item item;
    for (uint64_t index = 0; index < 8; index++) {
        item.word[index] = sequence + index;
    }
    return item;
}
inline uint64_t sum(const cthreads_item &item) {
    uint64_t total = 0;
    for (uint64_t word : item.word) {
        total += word;
    }
    return total;
}
inline void push(cboost_queue *queue, const cthreads_item &item) {
    while (!queue->queue.push(item)) {
        cthreads_pause();
    }
}
inline cthreads_item pop(cboost_queue *queue) {
    cthreads_item item;
    while (!queue->queue.pop(item)) {
        cthreads_pause();
    }
    return item;
}
}  // namespace

cboost_queue *cboost_create(void) { return new cboost_queue; }
void cboost_destroy(cboost_queue *queue) { delete queue; }

void cboost_produce(cboost_queue *queue, uint64_t count) {
    for (uint64_t sequence = 0; sequence < count; sequence++) {
        push(queue, make(sequence));
    }
}

uint64_t cboost_consume(cboost_queue *queue, uint64_t count) {
    uint64_t total = 0;
    for (uint64_t sequence = 0; sequence < count; sequence++) {
        total += sum(pop(queue));
    }
    return total;
}

void cboost_produce_batches(cboost_queue *queue, uint64_t count, uint64_t batch) {
    cthreads_item items[64];
    for (uint64_t sequence = 0; sequence < count;) {
        uint64_t length = count - sequence < batch ? count - sequence : batch;
        for (uint64_t index = 0; index < length; index++) {
            items[index] = make(sequence + index);
        }
        for (uint64_t pushed = 0; pushed < length;) {
            uint64_t some = queue->queue.push(items + pushed, length - pushed);
            pushed += some;
            if (some == 0) {
                cthreads_pause();
            }
        }
        sequence += length;
    }
}

uint64_t cboost_consume_batches(cboost_queue *queue, uint64_t count, uint64_t batch) {
    cthreads_item items[64];
    uint64_t total = 0;
    for (uint64_t sequence = 0; sequence < count;) {
        uint64_t some = queue->queue.pop(items, batch);
        for (uint64_t index = 0; index < some; index++) {
            total += sum(items[index]);
        }
        sequence += some;
        if (some == 0) {
            cthreads_pause();
        }
    }
    return total;
}

void cboost_ping(cboost_queue *out, cboost_queue *back, uint64_t count, uint64_t *nanoseconds) {
    for (uint64_t sequence = 0; sequence < count; sequence++) {
        uint64_t start = cthreads_now();
        push(out, make(sequence));
        cthreads_item item = pop(back);
        nanoseconds[sequence] = cthreads_now() - start;
        if (item.word[0] != sequence) {
            __builtin_trap();
        }
    }
}

void cboost_echo(cboost_queue *in, cboost_queue *back, uint64_t count) {
    for (uint64_t sequence = 0; sequence < count; sequence++) {
        push(back, pop(in));
    }
}
