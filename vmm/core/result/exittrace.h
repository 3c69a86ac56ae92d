/* SPDX-License-Identifier: MIT */
/*
 * The exit trace, --trace: a file with a record per exit (include/minivmm/trace.h). Each vCPU adds
 * its exits to its ring, and a writer thread drains the rings. If a ring is full, exits are dropped
 * and counted: the guest never waits.
 */
#ifndef STAT_EXITTRACE_H
#define STAT_EXITTRACE_H

#include <pthread.h>
#include <stdbool.h>

#include "minivmm/trace.h"
#include "vmm/core/base/err.h"

#define EXITTRACE_RING 65536u /* records, a power of two */

/* One producer, the vCPU's thread, and one consumer, the writer thread. */
struct exittrace_ring {
    struct trace_record *record;
    uint64_t head; /* atomic: records added */
    uint64_t tail; /* atomic: records removed */
    uint64_t dropped;
};

struct exittrace {
    int fd; /* -1: not open */
    const char *path;
    struct exittrace_ring *ring; /* one per vCPU */
    unsigned vcpus;
    pthread_t thread;
    bool started;
    bool quit; /* atomic */
    int error; /* errno of the first failed write; later records are lost */
};

/* exittrace_open(): open or create the file without truncating it. Returns 0, or -1 with ERR_USAGE.
 */
int exittrace_open(struct exittrace *trace, const char *path, struct err *err);

/*
 * exittrace_begin(): truncate the file, write the header with the names of the devices, in the
 * order of their numbers, and start the writer thread. Returns 0, or -1 with *err set.
 */
int exittrace_begin(struct exittrace *trace, unsigned vcpus, uint64_t tsc_hz, uint64_t start,
                    const char *const *device, unsigned devices, struct err *err);

/* exittrace_add(): add an exit. Call on the vCPU's thread. */
static inline void exittrace_add(struct exittrace_ring *ring, const struct trace_record *record)
{
    uint64_t head = ring->head;

    if (head - __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE) == EXITTRACE_RING) {
        ring->dropped++;
        return;
    }
    ring->record[head % EXITTRACE_RING] = *record;
    __atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
}

/*
 * exittrace_row_begin(), exittrace_row_end(): add the start or end of result row number `row`;
 * `text` is its name and parameters. Call on the thread of vCPU `vcpu`.
 */
void exittrace_row_begin(struct exittrace_ring *ring, unsigned vcpu, uint32_t row, unsigned threads,
                         const char *text);
void exittrace_row_end(struct exittrace_ring *ring, unsigned vcpu, uint32_t row);

/*
 * exittrace_end(): after the last exit, stop the writer thread, write the remaining records and the
 * number of dropped ones, and close the file. Sets *dropped to that number. Returns 0, or -1 with
 * *err set if the file is incomplete.
 */
int exittrace_end(struct exittrace *trace, uint64_t *dropped, struct err *err);

#endif
