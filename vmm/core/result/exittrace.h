/* SPDX-License-Identifier: MIT */
/*
 * Every exit in a file (include/minivmm/trace.h). Each vCPU puts its exits into a ring of its own;
 * a thread empties the rings. A ring that is full loses exits and counts them: the guest is never
 * held up.
 */
#ifndef STAT_EXITTRACE_H
#define STAT_EXITTRACE_H

#include <pthread.h>
#include <stdbool.h>

#include "minivmm/trace.h"
#include "vmm/core/base/err.h"

#define EXITTRACE_RING 65536u /* records, a power of two */

/* One writer, the vCPU; one reader, the thread. */
struct exittrace_ring {
    struct trace_record *record;
    uint64_t head; /* atomic: records put in */
    uint64_t tail; /* atomic: records taken out */
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
    int error; /* errno of a write that failed; what came later is lost */
};

/* exittrace_open(): open the file, or create it; what is in it stays. Returns 0, or -1 with
 * ERR_USAGE. */
int exittrace_open(struct exittrace *trace, const char *path, struct err *err);

/*
 * exittrace_begin(): empty the file, write the header, with the names of the devices by their
 * numbers, and start the thread, for so many vCPUs. Returns 0, or -1.
 */
int exittrace_begin(struct exittrace *trace, unsigned vcpus, uint64_t tsc_hz, uint64_t start,
                    const char *const *device, unsigned devices, struct err *err);

/* exittrace_add(): an exit; by the vCPU's own thread. */
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
 * exittrace_row_begin(), exittrace_row_end(): a row of a benchmark begins, or ends: `row` is its
 * number, `text` its name and parameters. By the thread of vCPU `vcpu`, whose ring this is.
 */
void exittrace_row_begin(struct exittrace_ring *ring, unsigned vcpu, uint32_t row, unsigned threads,
                         const char *text);
void exittrace_row_end(struct exittrace_ring *ring, unsigned vcpu, uint32_t row);

/*
 * exittrace_end(): when no vCPU adds any more: write what is left, and how much was dropped, and
 * close the file. *dropped is their number. Returns 0, or -1 if the file is not whole.
 */
int exittrace_end(struct exittrace *trace, uint64_t *dropped, struct err *err);

#endif
