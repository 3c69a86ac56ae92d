/* SPDX-License-Identifier: MIT */
/*
 * Exit counters: per vCPU, by reason and by device, with the handler's time.
 *
 * Only the vCPU's thread writes its counters, without locks; other threads may read them at any
 * time and see no torn values. An exit is counted under its reason, except for exits to a device of
 * the harness (the channel, the paravirtual device): these are not caused by the benchmark and are
 * counted under the device only.
 */
#ifndef STAT_EXITSTAT_H
#define STAT_EXITSTAT_H

#include <stdbool.h>
#include <stdint.h>

#include "minivmm/hist.h"

/* Reasons why KVM_RUN returned; names and help texts are in exit_reason_info[]. */
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

/* Devices are numbered in the order of their registration on the bus. */
#define EXITSTAT_DEVICES_MAX 64
#define EXITSTAT_SLOTS       (EXIT_REASONS + EXITSTAT_DEVICES_MAX)

struct exit_counter {
    uint64_t count;
    uint64_t sum_ns, min_ns, max_ns; /* handler time; min is 0 if count is 0 */
    struct hist hist;
};

/* Values of exitstat.current_slot that are not slots: in KVM_RUN; not running. */
#define EXITSTAT_IN_RUN  UINT64_MAX
#define EXITSTAT_STOPPED (UINT64_MAX - 1)

/* The counters of a vCPU: a slot per reason, then one per device. */
struct exitstat {
    struct exit_counter slot[EXITSTAT_SLOTS];
    uint64_t in_run_ns;    /* time inside KVM_RUN */
    uint64_t since;        /* TSC when the current activity began */
    uint64_t current_slot; /* the slot of the current exit, or one of the above */
};

/* exitstat_alloc(): allocate zeroed counters, populated on demand. Returns NULL on failure. */
struct exitstat *exitstat_alloc(void);

/* exitstat_free(): free counters; `stat` may be NULL. */
void exitstat_free(struct exitstat *stat);

/*
 * exitstat_percentile(): the handler time in ns that `percent` of the exits did not exceed, from
 * the histogram, limited to min and max.
 */
uint64_t exitstat_percentile(const struct exit_counter *counter, double percent);

/* exitstat_device(): the slot of device number `device`. */
static inline unsigned exitstat_device(unsigned device)
{
    return EXIT_REASONS + device;
}

/* Single writer: a relaxed store, which readers do not see torn. */
static inline void exitstat_set(uint64_t *counter, uint64_t value)
{
    __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

/* exitstat_begin(): start an activity at TSC `ticks`. Call on the vCPU's thread. */
static inline void exitstat_begin(struct exitstat *stat, uint64_t current_slot, uint64_t ticks)
{
    exitstat_set(&stat->since, ticks);
    exitstat_set(&stat->current_slot, current_slot);
}

/* exitstat_add(): count one exit with `ns` of handler time. Call on the vCPU's thread. */
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
