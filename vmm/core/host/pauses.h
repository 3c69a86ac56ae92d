/* SPDX-License-Identifier: MIT */
/*
 * When this process stood still: stopped by a signal and continued, frozen (by a cgroup's freezer,
 * a debugger, a hypervisor that paused the whole machine), or with the host suspended. What was
 * measured meanwhile is no figure.
 *
 * A stop is known exactly from the SIGCONT that ended it, and a suspend from the clocks. A freeze
 * leaves no trace but a thread that slept much longer than it asked for: the one that watches a run
 * looks every PAUSES_PERIOD_NS. What it waited for a CPU, or because a CPU quota was used up, and
 * what a hypervisor took from it, is no freeze. A hypervisor that reports no steal time looks the
 * same for some hundred ms, so that only PAUSES_FROZEN_NS or more count as a freeze; from
 * PAUSES_STALLED_NS on it is a stall, which is reported and voids nothing.
 */
#ifndef HOST_PAUSES_H
#define HOST_PAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/host/quota.h"

#define PAUSES_PERIOD_NS  50000000ull
#define PAUSES_STALLED_NS 100000000ull
#define PAUSES_FROZEN_NS  1000000000ull
#define PAUSES_MAX        32 /* kept apart; later ones extend the last */

enum pause_kind {
    PAUSE_STOPPED,
    PAUSE_FROZEN,
    PAUSE_SUSPENDED,
    PAUSE_STALLED,
};

/* It lies between two looks, by CLOCK_MONOTONIC, which stands still while the host is suspended. */
struct pause {
    enum pause_kind kind;
    uint64_t from_ns, to_ns;
    uint64_t least_ns; /* it took at least this of the time between */
    uint64_t ns; /* how long it was, as far as that is known: to a period, but for a suspend */
};

/* What a look finds. */
struct pauses_reading {
    uint64_t mono_ns, boot_ns; /* CLOCK_MONOTONIC, CLOCK_BOOTTIME */
    bool has_runqueue;
    uint64_t runqueue_ns;  /* for which the looking thread has waited for a CPU so far */
    uint64_t process_ns;   /* CPU time of the process so far */
    uint64_t stolen_ns;    /* by the hypervisor below since the last look, of an average CPU */
    uint64_t throttled_ns; /* that a CPU quota has stopped the process for since the last look */
    bool continued;        /* a SIGCONT has come */
};

struct pauses {
    int cont_fd;      /* readable once a SIGCONT has come; -1: not watched */
    int schedstat_fd; /* of the looking thread; -1: there is none */
    struct pauses_reading last;
    unsigned looks;

    /* What is read now and then, and when that was: cpus_steal(), and the quotas. */
    uint64_t others_ns, stolen, ticks;
    struct quota quota;

    struct pause pause[PAUSES_MAX];
    unsigned count;
    uint64_t lost_ns; /* of CLOCK_MONOTONIC, in all */
};

/*
 * pauses_begin(): from here on SIGCONT, which continues a process as ever, is blocked and seen, in
 * this thread and in those it creates. The thread that calls this is the one that looks. What
 * cannot be watched is left out.
 */
void pauses_begin(struct pauses *pauses);

/*
 * pauses_look(): note what has happened since the last look. `slept`: the thread has done nothing
 * since then but to sleep for a period at most.
 */
void pauses_look(struct pauses *pauses, bool slept);

/* pauses_judge(): the same for a given reading. */
void pauses_judge(struct pauses *pauses, const struct pauses_reading *now, bool slept);

/*
 * pauses_hit(): whether one of them, stalls excepted, was within this window, by CLOCK_MONOTONIC;
 * an end of 0 is none. In doubt it was: a stop that was shorter than the time between two looks.
 */
bool pauses_hit(const struct pauses *pauses, uint64_t from_ns, uint64_t to_ns);

/* pauses_end(): close what pauses_begin() opened; what was found stays. */
void pauses_end(struct pauses *pauses);

#endif
