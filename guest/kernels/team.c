/* SPDX-License-Identifier: MIT */
#include "guest/kernels/team.h"

/* About 20 us at common TSC frequencies: longer than a barrier between running threads takes. */
#define SPIN_TICKS 50000

void team_init(struct team *team, const struct team_sleep *sleep, unsigned total, unsigned cpus)
{
    *team = (struct team){
        .sleep = sleep,
        .total = total,
        .active = 1,
        .ready = 1,
        .spin_ticks = total <= cpus ? SPIN_TICKS : 0,
    };
}

/* Wait until the event's word differs from `seen`. */
static void event_wait(struct team *team, struct team_event *event, uint32_t seen)
{
    if (team->spin_ticks) {
        uint64_t start = __builtin_ia32_rdtsc();

        do {
            if (__atomic_load_n(&event->word, __ATOMIC_ACQUIRE) != seen)
                return;
            cpu_relax();
        } while (__builtin_ia32_rdtsc() - start < team->spin_ticks);
    }
    __atomic_fetch_add(&event->sleepers, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&event->word, __ATOMIC_SEQ_CST) == seen)
        team->sleep->wait(&event->word, seen);
    __atomic_fetch_sub(&event->sleepers, 1, __ATOMIC_SEQ_CST);
}

/*
 * Set the event's word and wake its sleepers. A sleeper increments `sleepers` before it reads the
 * word, and this writes the word before it reads `sleepers`, so no wake-up is lost.
 */
static void event_signal(struct team *team, struct team_event *event, uint32_t word)
{
    __atomic_store_n(&event->word, word, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&event->sleepers, __ATOMIC_SEQ_CST))
        team->sleep->wake(&event->word);
}

void team_barrier(struct team *team)
{
    /* Read before arriving: after that the others may complete this barrier and change the word. */
    uint32_t seen = __atomic_load_n(&team->barrier.word, __ATOMIC_ACQUIRE);
    unsigned active = team->active;

    if (active == 1)
        return;
    if (__atomic_add_fetch(&team->arrived, 1, __ATOMIC_ACQ_REL) == active) {
        __atomic_store_n(&team->arrived, 0, __ATOMIC_RELAXED);
        event_signal(team, &team->barrier, seen + 1);
    } else {
        event_wait(team, &team->barrier, seen);
    }
}

/*
 * The word of `work` holds the job number and the job's `active`, 16 bits each: a member that takes
 * no part in a job reads both at once, although team->active may already be that of the next job.
 */
static uint32_t work_word(uint32_t previous, unsigned active)
{
    return (uint32_t)active << 16 | (uint16_t)(previous + 1);
}

static unsigned work_active(uint32_t word)
{
    return word >> 16;
}

void team_worker(struct team *team, unsigned tid)
{
    uint32_t seen = __atomic_load_n(&team->work.word, __ATOMIC_ACQUIRE);

    if (__atomic_add_fetch(&team->ready, 1, __ATOMIC_SEQ_CST) == team->total)
        team->sleep->wake(&team->ready);
    for (;;) {
        event_wait(team, &team->work, seen);
        seen = __atomic_load_n(&team->work.word, __ATOMIC_ACQUIRE);
        if (tid < work_active(seen)) {
            team->fn(team, tid, team->arg);
            team_barrier(team);
        }
    }
}

void team_wait_ready(struct team *team)
{
    uint32_t ready;

    while ((ready = __atomic_load_n(&team->ready, __ATOMIC_SEQ_CST)) != team->total)
        team->sleep->wait(&team->ready, ready);
}

void team_run(struct team *team, unsigned active, team_fn fn, void *arg)
{
    team->active = active;
    team->fn = fn;
    team->arg = arg;
    if (active > 1)
        event_signal(team, &team->work, work_word(team->work.word, active));
    fn(team, 0, arg);
    team_barrier(team);
}
