/* SPDX-License-Identifier: MIT */
/*
 * RandomAccess (HPC Challenge): updates of random words of a large table, from 128 independent
 * streams of pseudo-random numbers, so that many cache misses are under way at once.
 *
 * Two shapes of the same loop. In the first each thread takes a share of the streams and runs them
 * to the end. In the second all threads meet after every 128 updates, one from each stream, as an
 * OpenMP loop around the inner loop does it: what is measured then is mostly the meeting.
 */
#ifndef KERNELS_GUPS_H
#define KERNELS_GUPS_H

#include "guest/kernels/team.h"

#define GUPS_STREAMS 128

struct gups {
    uint64_t *table;
    uint64_t mask;                 /* its size in words, a power of two, less one */
    uint64_t random[GUPS_STREAMS]; /* the streams' last numbers */
};

/* gups_next(): the next number of a stream: x^63 + x^2 + x + 1 over GF(2). */
static inline uint64_t gups_next(uint64_t x)
{
    return (x << 1) ^ ((int64_t)x < 0 ? 7 : 0);
}

/* gups_start(): number n of the sequence, counted from 0; in 64 steps at most (n < 2^62). */
uint64_t gups_start(uint64_t n);

/*
 * gups_seek(): put every stream at its beginning: a table of N words gets 4N updates in all, and
 * the streams begin that far apart that none would run into the next.
 */
void gups_seek(struct gups *gups);

/* gups_fill(): table[i] = i in the share of member `tid`. */
void gups_fill(struct team *team, unsigned tid, struct gups *gups);

/*
 * gups_run(): `rounds` updates of each stream that belongs to member `tid`. Two threads that update
 * a word at the same time lose one of the updates; the check allows for that.
 */
void gups_run(struct team *team, unsigned tid, struct gups *gups, uint64_t rounds);

/* A job of the second shape. */
struct gups_forkjoin {
    struct gups *gups;
    uint64_t ticks;  /* how long to go on */
    uint64_t rounds; /* 0; out: updates of each stream */
};

/* gups_run_forkjoin(): rounds with a barrier after each, until the time is over. */
void gups_run_forkjoin(struct team *team, unsigned tid, struct gups_forkjoin *job);

/*
 * gups_undo(): apply `rounds` updates of every stream again, which undoes them, as far as they fall
 * into the share of the table of member `tid`; no update is lost here. `random` gives the streams'
 * beginnings and is left alone.
 */
void gups_undo(struct team *team, unsigned tid, const struct gups *gups, const uint64_t *random,
               uint64_t rounds);

/* gups_errors(): words of the share of member `tid` that are not what gups_fill() wrote. */
uint64_t gups_errors(struct team *team, unsigned tid, const struct gups *gups);

#endif
