/* SPDX-License-Identifier: MIT */
#include "guest/kernels/gups.h"

/*
 * The state after n steps is x^n in GF(2)[x] modulo the polynomial, with the state's bits as
 * coefficients and 1 (x^0) as the start: square and multiply, from n's highest bit down.
 */
uint64_t gups_start(uint64_t n)
{
    uint64_t square[64], state = 1;

    if (!n)
        return 1;
    /* square[i] is x^(2i): squaring a state maps its bit i to that. */
    for (unsigned i = 0; i < 64; i++) {
        square[i] = state;
        state = gups_next(gups_next(state));
    }
    state = 1;
    for (int bit = 63 - __builtin_clzll(n); bit >= 0; bit--) {
        uint64_t squared = 0;

        for (unsigned i = 0; i < 64; i++)
            if (state >> i & 1)
                squared ^= square[i];
        state = n >> bit & 1 ? gups_next(squared) : squared;
    }
    return state;
}

void gups_seek(struct gups *gups)
{
    uint64_t apart = 4 * (gups->mask + 1) / GUPS_STREAMS;

    for (unsigned i = 0; i < GUPS_STREAMS; i++)
        gups->random[i] = gups_start(apart * i);
}

void gups_fill(struct team *team, unsigned tid, struct gups *gups)
{
    size_t begin, end;

    team_share(gups->mask + 1, tid, team->active, &begin, &end);
    for (size_t i = begin; i < end; i++)
        gups->table[i] = i;
}

/* The streams of one thread: a copy, so that threads share no cache line. */
struct share {
    size_t begin, end;
    uint64_t random[GUPS_STREAMS];
};

static void take_share(struct team *team, unsigned tid, const struct gups *gups,
                       struct share *share)
{
    team_share(GUPS_STREAMS, tid, team->active, &share->begin, &share->end);
    for (size_t i = share->begin; i < share->end; i++)
        share->random[i] = gups->random[i];
}

static void return_share(struct gups *gups, const struct share *share)
{
    for (size_t i = share->begin; i < share->end; i++)
        gups->random[i] = share->random[i];
}

/* One update of each of these streams. */
static inline void update_round(uint64_t *table, uint64_t mask, struct share *share)
{
    for (size_t i = share->begin; i < share->end; i++) {
        uint64_t x = gups_next(share->random[i]);

        share->random[i] = x;
        table[x & mask] ^= x;
    }
}

void gups_run(struct team *team, unsigned tid, struct gups *gups, uint64_t rounds)
{
    uint64_t mask = gups->mask, *table = gups->table;
    struct share share;

    take_share(team, tid, gups, &share);
    for (uint64_t round = 0; round < rounds; round++)
        update_round(table, mask, &share);
    return_share(gups, &share);
}

void gups_run_forkjoin(struct team *team, unsigned tid, struct gups_forkjoin *job)
{
    uint64_t mask = job->gups->mask, *table = job->gups->table, start = ticks(), rounds = 0;
    struct share share;

    take_share(team, tid, job->gups, &share);
    do {
        update_round(table, mask, &share);
        rounds++;
        if (!tid && __builtin_ia32_rdtsc() - start >= job->ticks)
            __atomic_store_n(&job->rounds, rounds, __ATOMIC_RELAXED);
        team_barrier(team);
        /*
         * Compare with the number of the last round: a slow member may load the value only after
         * member 0 has stored it in the next round, and must not stop a round early.
         */
    } while (__atomic_load_n(&job->rounds, __ATOMIC_RELAXED) != rounds);
    return_share(job->gups, &share);
}

void gups_undo(struct team *team, unsigned tid, const struct gups *gups, const uint64_t *random,
               uint64_t rounds)
{
    uint64_t mask = gups->mask, *table = gups->table;
    size_t begin, end;

    team_share(mask + 1, tid, team->active, &begin, &end);
    for (unsigned first = 0; first < GUPS_STREAMS; first += 8) {
        uint64_t x[8];

        for (unsigned i = 0; i < 8; i++)
            x[i] = random[first + i];
        for (uint64_t round = 0; round < rounds; round++) {
            for (unsigned i = 0; i < 8; i++) {
                x[i] = gups_next(x[i]);
                if ((x[i] & mask) - begin < end - begin)
                    table[x[i] & mask] ^= x[i];
            }
        }
    }
}

uint64_t gups_errors(struct team *team, unsigned tid, const struct gups *gups)
{
    uint64_t errors = 0;
    size_t begin, end;

    team_share(gups->mask + 1, tid, team->active, &begin, &end);
    for (size_t i = begin; i < end; i++)
        errors += gups->table[i] != i;
    return errors;
}
