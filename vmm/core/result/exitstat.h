/* SPDX-License-Identifier: MIT */
/*
 * Counting exits: per vCPU, by reason and by device, with what the VMM spent on each.
 *
 * Each vCPU has counters of its own that only its thread writes, without locks; others may read
 * them at any time and see whole values. An exit is booked under its reason, unless it went to a
 * device that serves the harness (the channel, the paravirtual device): those would be charged to
 * a benchmark that did not cause them, so they are booked under the device alone.
 */
#ifndef STAT_EXITSTAT_H
#define STAT_EXITSTAT_H

#include <stdbool.h>
#include <stdint.h>

#include "minivmm/hist.h"

/* Why KVM_RUN returned. The names, with a line of help each, are in exit_reason_info[]. */
enum exit_reason {
    EXIT_PIO_IN,
    EXIT_PIO_OUT,
    EXIT_MMIO_READ,
    EXIT_MMIO_WRITE,
    EXIT_SIGNAL,
    EXIT_EOI,
    EXIT_SHUTDOWN,
    EXIT_INTERNAL_ERROR,
    EXIT_OTHER,
    EXIT_REASONS
};

struct exit_reason_info {
    const char *name;
    const char *help;
};

extern const struct exit_reason_info exit_reason_info[EXIT_REASONS];

/* Devices are numbered in the order in which they joined the bus. */
#define EXITSTAT_DEVICES_MAX 64
#define EXITSTAT_SLOTS       (EXIT_REASONS + EXITSTAT_DEVICES_MAX)

struct exit_counter {
    uint64_t count;
    uint64_t sum_ns, min_ns, max_ns; /* in the handler; min is 0 while count is 0 */
    struct hist hist;
};

/* In exitstat.doing: inside KVM_RUN, or not running at all. */
#define EXITSTAT_IN_RUN  UINT64_MAX
#define EXITSTAT_STOPPED (UINT64_MAX - 1)

/* One vCPU's: a slot per reason, then one per device. */
struct exitstat {
    struct exit_counter slot[EXITSTAT_SLOTS];
    uint64_t in_run_ns; /* time inside KVM_RUN */
    uint64_t since;     /* ticks when what is being done now began */
    uint64_t doing;     /* the slot that it will be booked in, or one of the above */
};

/* exitstat_alloc(): zeroed counters that take up memory only where they are used; NULL: none. */
struct exitstat *exitstat_alloc(void);

/* exitstat_free(): `stat` may be NULL. */
void exitstat_free(struct exitstat *stat);

/*
 * exitstat_percentile(): what the handler took at most in `percent` of the exits: the histogram's
 * answer, but within what was found.
 */
uint64_t exitstat_percentile(const struct exit_counter *counter, double percent);

/* exitstat_device(): the slot of a device. */
static inline unsigned exitstat_device(unsigned device)
{
    return EXIT_REASONS + device;
}

/* One writer, whole values for readers: a plain store that is not torn. */
static inline void exitstat_set(uint64_t *counter, uint64_t value)
{
    __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

/* exitstat_begin(): from `ticks` on, this vCPU's time is for `doing`; by its own thread. */
static inline void exitstat_begin(struct exitstat *stat, uint64_t doing, uint64_t ticks)
{
    exitstat_set(&stat->since, ticks);
    exitstat_set(&stat->doing, doing);
}

/* exitstat_add(): book one exit of `ns` in a slot; by the vCPU's own thread. */
static inline void exitstat_add(struct exitstat *stat, unsigned slot, uint64_t ns)
{
    struct exit_counter *counter = &stat->slot[slot];

    if (ns < counter->min_ns || !counter->count)
        exitstat_set(&counter->min_ns, ns);
    if (ns > counter->max_ns)
        exitstat_set(&counter->max_ns, ns);
    exitstat_set(&counter->count, counter->count + 1);
    exitstat_set(&counter->sum_ns, counter->sum_ns + ns);
    hist_add(&counter->hist, ns);
}

#endif
