/* SPDX-License-Identifier: MIT */
/*
 * A team of threads that run one function together: vCPUs in the guest, pthreads in the native
 * program. The code is the same in both; only the two calls that sleep and wake differ.
 *
 * A waiting thread spins briefly and then sleeps, so that sixteen vCPUs on two CPUs make progress.
 * With more threads than CPUs it sleeps at once: by spinning it could keep the thread that it waits
 * for from running.
 */
#ifndef KERNELS_TEAM_H
#define KERNELS_TEAM_H

#include "guest/kernels/kernel.h"

struct team;

/* A function that every active member of a team runs; tid counts from 0. */
typedef void (*team_fn)(struct team *team, unsigned tid, void *arg);

/* How to sleep and wake in this environment, with the semantics of futex(2). */
struct team_sleep {
    /* Sleep while *word is `value`; may return spuriously. */
    void (*wait)(uint32_t *word, uint32_t value);
    /* Wake all threads that wait on `word`. */
    void (*wake)(uint32_t *word);
};

/* A word that threads wait on, with the number of sleeping threads. */
struct team_event {
    _Alignas(KERNEL_CACHE_LINE) uint32_t word;
    uint32_t sleepers;
};

struct team {
    const struct team_sleep *sleep;
    unsigned total;      /* members, including the caller of team_run() */
    unsigned spin_ticks; /* TSC ticks to spin before sleeping; 0: sleep at once */

    /* The current job; written by member 0 before `work` changes. */
    team_fn fn;
    void *arg;
    unsigned active;

    struct team_event work;    /* changes when there is a job */
    struct team_event barrier; /* changes when all active members have arrived */
    _Alignas(KERNEL_CACHE_LINE) uint32_t arrived;
    _Alignas(KERNEL_CACHE_LINE) uint32_t ready; /* members that have reached team_worker() */
};

/*
 * team_init(): initialise `team` for `total` members on `cpus` CPUs. `sleep` must outlive it.
 */
void team_init(struct team *team, const struct team_sleep *sleep, unsigned total, unsigned cpus);

/* team_worker(): main loop of members 1 to total - 1; never returns. */
void team_worker(struct team *team, unsigned tid) __attribute__((noreturn));

/* team_wait_ready(): called by member 0; waits until all others are in team_worker(). */
void team_wait_ready(struct team *team);

/*
 * team_run(): called by member 0; runs fn(team, tid, arg) on members 0 to active - 1 and returns
 * when all are done. `active` is 1 to `total`; 1 wakes no other member.
 */
void team_run(struct team *team, unsigned active, team_fn fn, void *arg);

/* team_barrier(): wait until all active members of the running job have called it. */
void team_barrier(struct team *team);

/*
 * team_claim(): the next value of a shared counter. Work is claimed piece by piece, so that a
 * preempted member does not delay the others. The caller resets the counter between barriers.
 */
static inline uint32_t team_claim(uint32_t *counter)
{
    return __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* team_share(): the share of member `tid` of `of` in n items: [*begin, *end). */
static inline void team_share(size_t n, unsigned tid, unsigned of, size_t *begin, size_t *end)
{
    *begin = n / of * tid + (tid < n % of ? tid : n % of);
    *end = *begin + n / of + (tid < n % of);
}

#endif
