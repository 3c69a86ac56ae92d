/* SPDX-License-Identifier: MIT */
/*
 * RandomAccess (HPC Challenge): updates of random words of a large table, from 128 independent
 * streams of pseudo-random numbers, so that many cache misses are outstanding at once.
 *
 * Two variants of the loop. In the first each thread runs a share of the streams to the end. In the
 * second (fork-join) all threads meet in a barrier after every 128 updates, one from each stream,
 * like an OpenMP loop around the inner loop: it measures mostly the barrier.
 */
#ifndef KERNELS_GUPS_H
#define KERNELS_GUPS_H

#include "guest/kernels/team.h"

#define GUPS_STREAMS 128

struct gups {
    uint64_t *table;
    uint64_t mask;                 /* size in words, a power of two, minus one */
    uint64_t random[GUPS_STREAMS]; /* last number of each stream */
};

/* gups_next(): the next number of a stream: x^63 + x^2 + x + 1 over GF(2). */
static inline uint64_t gups_next(uint64_t x)
{
    return (x << 1) ^ ((int64_t)x < 0 ? 7 : 0);
}

/* gups_start(): number n of the sequence, counted from 0, n < 2^62; takes at most 64 steps. */
uint64_t gups_start(uint64_t n);

/*
 * gups_seek(): set every stream to its start. The starts are far enough apart for 4N updates of a
 * table of N words before any stream reaches the start of the next.
 */
void gups_seek(struct gups *gups);

/* gups_fill(): table[i] = i in the share of member `tid`. */
void gups_fill(struct team *team, unsigned tid, struct gups *gups);

/*
 * gups_run(): `rounds` updates from each stream of member `tid`. If two threads update a word at
 * the same time, one of the updates is lost; callers allow for that when they check the table.
 */
void gups_run(struct team *team, unsigned tid, struct gups *gups, uint64_t rounds);

/* A job of the fork-join variant. */
struct gups_forkjoin {
    struct gups *gups;
    uint64_t ticks;  /* duration */
    uint64_t rounds; /* in: 0; out: updates done from each stream */
};

/* gups_run_forkjoin(): rounds, each followed by a barrier, until `ticks` have passed. */
void gups_run_forkjoin(struct team *team, unsigned tid, struct gups_forkjoin *job);

/*
 * gups_undo(): apply `rounds` updates from every stream again, which reverts them, in the share of
 * the table that belongs to member `tid`; no update is lost here. `random` holds the starts of the
 * streams.
 */
void gups_undo(struct team *team, unsigned tid, const struct gups *gups, const uint64_t *random,
               uint64_t rounds);

/* gups_errors(): number of words in the share of member `tid` that differ from gups_fill(). */
uint64_t gups_errors(struct team *team, unsigned tid, const struct gups *gups);

#endif
