/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "guest/kernels/gups.h"
#include "tests/support/suite.h"
#include "tests/unit/threads.h"

#define WORDS (1u << 16)

static struct gups gups;

static void set_up(void)
{
    gups.table = malloc(WORDS * sizeof(*gups.table));
    gups.mask = WORDS - 1;
    ck_assert(gups.table != NULL);
    gups_seek(&gups);
}

static void fill(struct team *of, unsigned tid, void *arg)
{
    (void)arg;
    gups_fill(of, tid, &gups);
}

static void update(struct team *of, unsigned tid, void *arg)
{
    gups_run(of, tid, &gups, *(uint64_t *)arg);
}

static void update_forkjoin(struct team *of, unsigned tid, void *arg)
{
    gups_run_forkjoin(of, tid, arg);
}

struct undo {
    uint64_t random[GUPS_STREAMS], rounds, errors;
};

static void undo(struct team *of, unsigned tid, void *arg)
{
    struct undo *job = arg;

    gups_undo(of, tid, &gups, job->random, job->rounds);
    __atomic_fetch_add(&job->errors, gups_errors(of, tid, &gups), __ATOMIC_RELAXED);
}

/* Undo `rounds` of updates from these starts. Returns the number of wrong words. */
static uint64_t errors_after_undo(unsigned threads, const uint64_t *random, uint64_t rounds)
{
    struct undo job = {.rounds = rounds};

    memcpy(job.random, random, sizeof(job.random));
    threads_run(threads, undo, &job);
    ck_assert(!memcmp(job.random, random, sizeof(job.random)));
    return job.errors;
}

START_TEST(start_computes_any_number_of_the_sequence)
{
    static const uint64_t far[] = {1ull << 20, (1ull << 40) + 12345, (1ull << 61) - 7};
    uint64_t x = 1;

    for (uint64_t n = 0; n < 5000; n++, x = gups_next(x))
        ck_assert_uint_eq(gups_start(n), x);
    for (unsigned i = 0; i < 3; i++) {
        x = gups_start(far[i]);
        for (uint64_t n = 0; n < 200; n++, x = gups_next(x))
            ck_assert_uint_eq(gups_start(far[i] + n), x);
    }
}
END_TEST

START_TEST(sequence_follows_the_polynomial)
{
    /* x^63 + x^2 + x + 1 when the highest bit is shifted out, as in HPC Challenge. */
    ck_assert_uint_eq(gups_next(1), 2);
    ck_assert_uint_eq(gups_next(1ull << 62), 1ull << 63);
    ck_assert_uint_eq(gups_next(1ull << 63), 7);
    ck_assert_uint_eq(gups_next(1ull << 63 | 1), 5);
}
END_TEST

START_TEST(streams_start_far_apart)
{
    const uint64_t apart = 4ull * WORDS / GUPS_STREAMS;

    set_up();
    for (unsigned i = 0; i < GUPS_STREAMS; i++)
        ck_assert_uint_eq(gups.random[i], gups_start(apart * i));
    /* No stream reaches the start of the next within the updates of a table. */
    for (unsigned i = 0; i + 1 < GUPS_STREAMS; i++) {
        uint64_t x = gups.random[i];

        for (uint64_t n = 0; n < apart; n++)
            x = gups_next(x);
        ck_assert_uint_eq(x, gups.random[i + 1]);
    }
    free(gups.table);
}
END_TEST

START_TEST(update_xors_random_words)
{
    uint64_t *expected = malloc(WORDS * sizeof(*expected)), random[GUPS_STREAMS], rounds = 100;

    set_up();
    ck_assert(expected != NULL);
    for (uint64_t i = 0; i < WORDS; i++)
        expected[i] = i;
    memcpy(random, gups.random, sizeof(random));
    for (unsigned i = 0; i < GUPS_STREAMS; i++) {
        for (uint64_t n = 0; n < rounds; n++) {
            random[i] = gups_next(random[i]);
            expected[random[i] & (WORDS - 1)] ^= random[i];
        }
    }
    threads_run(1, fill, NULL);
    threads_run(1, update, &rounds);
    ck_assert(!memcmp(gups.table, expected, WORDS * sizeof(*expected)));
    ck_assert(!memcmp(gups.random, random, sizeof(random)));
    free(expected);
    free(gups.table);
}
END_TEST

START_TEST(undoing_restores_the_table)
{
    uint64_t origin[GUPS_STREAMS], rounds = 2000;

    set_up();
    memcpy(origin, gups.random, sizeof(origin));
    for (unsigned threads = 1; threads <= THREADS_MAX; threads += 3) {
        gups_seek(&gups);
        threads_run(threads, fill, NULL);
        threads_run(1, update, &rounds);
        ck_assert_uint_eq(errors_after_undo(threads, origin, rounds), 0);
    }
    free(gups.table);
}
END_TEST

START_TEST(missing_and_extra_updates_are_detected)
{
    uint64_t origin[GUPS_STREAMS], rounds = 50;

    set_up();
    memcpy(origin, gups.random, sizeof(origin));
    threads_run(1, fill, NULL);
    threads_run(1, update, &rounds);
    ck_assert_uint_ne(errors_after_undo(1, origin, rounds - 1), 0);
    threads_run(1, fill, NULL);
    gups_seek(&gups);
    threads_run(1, update, &rounds);
    gups.table[WORDS - 1] ^= 1;
    ck_assert_uint_eq(errors_after_undo(2, origin, rounds), 1);
    free(gups.table);
}
END_TEST

START_TEST(threads_lose_few_updates)
{
    uint64_t origin[GUPS_STREAMS], rounds = 2000;

    set_up();
    memcpy(origin, gups.random, sizeof(origin));
    for (unsigned threads = 2; threads <= THREADS_MAX; threads *= 2) {
        gups_seek(&gups);
        threads_run(threads, fill, NULL);
        threads_run(threads, update, &rounds);
        ck_assert_uint_le(errors_after_undo(threads, origin, rounds), WORDS / 100);
    }
    free(gups.table);
}
END_TEST

/* All threads must stop after the same round: every stream has advanced by job.rounds. */
static void check_forkjoin(unsigned threads, uint64_t duration)
{
    struct gups_forkjoin job = {.gups = &gups, .ticks = duration};
    uint64_t origin[GUPS_STREAMS];

    gups_seek(&gups);
    memcpy(origin, gups.random, sizeof(origin));
    threads_run(threads, fill, NULL);
    threads_run(threads, update_forkjoin, &job);
    ck_assert_uint_ge(job.rounds, 1);
    for (unsigned i = 0; i < GUPS_STREAMS; i++) {
        uint64_t x = origin[i];

        for (uint64_t n = 0; n < job.rounds; n++)
            x = gups_next(x);
        if (x != gups.random[i])
            ck_abort_msg("%u threads: stream %u did not advance by %llu rounds", threads, i,
                         (unsigned long long)job.rounds);
    }
    ck_assert_uint_le(errors_after_undo(threads, origin, job.rounds),
                      threads == 1 ? 0 : WORDS / 100);
}

START_TEST(all_threads_agree_on_the_last_round)
{
    set_up();
    for (unsigned threads = 1; threads <= THREADS_MAX; threads++)
        for (unsigned i = 0; i < 5; i++)
            check_forkjoin(threads, i * 100000);
    free(gups.table);
}
END_TEST

SUITE_MAIN("gups", start_computes_any_number_of_the_sequence, sequence_follows_the_polynomial,
           streams_start_far_apart, update_xors_random_words, undoing_restores_the_table,
           missing_and_extra_updates_are_detected, threads_lose_few_updates,
           all_threads_agree_on_the_last_round)
