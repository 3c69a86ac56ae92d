/* SPDX-License-Identifier: MIT */
/*
 * Pauses: periods in which this process did not run because it was stopped by a signal and
 * continued, frozen (by a cgroup's freezer, a debugger, a hypervisor that paused the host), or
 * because the host was suspended. Results measured meanwhile are void.
 *
 * A stop is detected by the SIGCONT that ends it, a suspend by the clocks. A freeze is visible only
 * as a thread that slept much longer than requested: the watching thread checks every
 * PAUSES_PERIOD_NS. Waiting for a CPU, CPU quota throttling and steal time are not part of a
 * freeze. A hypervisor that does not report steal time looks the same for some hundred ms, so that
 * only PAUSES_FROZEN_NS or more count as a freeze. From PAUSES_STALLED_NS on it is a stall, which
 * is reported but voids nothing.
 */
#ifndef HOST_PAUSES_H
#define HOST_PAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/core/host/quota.h"

#define PAUSES_PERIOD_NS  50000000ull
#define PAUSES_STALLED_NS 100000000ull
#define PAUSES_FROZEN_NS  500000000ull
#define PAUSES_MAX        32 /* further pauses extend the last one */

enum pause_kind {
    PAUSE_STOPPED,
    PAUSE_FROZEN,
    PAUSE_SUSPENDED,
    PAUSE_STALLED,
};

/* A pause between two checks, by CLOCK_MONOTONIC, which stops while the host is suspended. */
struct pause {
    enum pause_kind kind;
    uint64_t from_ns, to_ns;
    uint64_t least_ns; /* minimum duration within that interval */
    uint64_t ns;       /* duration, to within a period; exact for a suspend */
};

/* The input of a check. */
struct pauses_reading {
    uint64_t mono_ns, boot_ns; /* CLOCK_MONOTONIC, CLOCK_BOOTTIME */
    bool has_runqueue;
    uint64_t runqueue_ns;  /* run queue time of the watching thread so far */
    uint64_t process_ns;   /* CPU time of the process so far */
    uint64_t stolen_ns;    /* steal time since the last check, per CPU */
    uint64_t throttled_ns; /* CPU quota throttling since the last check */
    bool continued;        /* a SIGCONT was received */
};

struct pauses {
    int cont_fd;      /* signalfd for SIGCONT; -1: not watched */
    int schedstat_fd; /* of the watching thread; -1: none */
    struct pauses_reading last;
    unsigned looks;

    /* The last reading of cpus_steal() and the quotas, which are read less often. */
    uint64_t others_ns, stolen, ticks;
    struct quota quota;

    struct pause pause[PAUSES_MAX];
    unsigned count;
    uint64_t lost_ns; /* total, by CLOCK_MONOTONIC */
};

/*
 * pauses_begin(): start watching. The caller is the watching thread. Blocks SIGCONT, which still
 * continues the process, in this thread and those it creates, and reads it from a signalfd. Sources
 * that are unavailable are not watched.
 */
void pauses_begin(struct pauses *pauses);

/*
 * pauses_look(): check for pauses since the last check. `slept`: since then, the thread has only
 * slept, for at most a period.
 */
void pauses_look(struct pauses *pauses, bool slept);

/* pauses_judge(): the same with a given input. */
void pauses_judge(struct pauses *pauses, const struct pauses_reading *now, bool slept);

/*
 * pauses_hit(): whether a pause other than a stall may overlap this window, in CLOCK_MONOTONIC; an
 * end of 0 is open. True in doubt, as for a stop shorter than the interval between two checks.
 */
bool pauses_hit(const struct pauses *pauses, uint64_t from_ns, uint64_t to_ns);

/* pauses_end(): close the descriptors of pauses_begin(); the found pauses stay. */
void pauses_end(struct pauses *pauses);

#endif
