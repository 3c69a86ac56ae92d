/* SPDX-License-Identifier: MIT */
/*
 * Compiled with team.c rather than with the kernels' object, so that sanitizers see both: members
 * read what others wrote without a lock, relying on the team's synchronisation only.
 */
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/kernels/team.h"
#include "tests/support/suite.h"

#define MEMBERS_MAX 8

/* Enough CPUs for members to spin first, and so few that they sleep at once. */
#define MANY_CPUS 64
#define ONE_CPU   1

static struct team team;
static unsigned wakes; /* atomic */

static void wait_on(uint32_t *word, uint32_t value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(uint32_t *word)
{
    __atomic_fetch_add(&wakes, 1, __ATOMIC_RELAXED);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void *worker(void *arg)
{
    team_worker(&team, (unsigned)(uintptr_t)arg);
}

static void prepare(unsigned total, unsigned cpus)
{
    static const struct team_sleep sleep = {.wait = wait_on, .wake = wake};

    team_init(&team, &sleep, total, cpus);
}

/* Start members 1 to total - 1, which run until the test process ends. */
static void start(void)
{
    for (uintptr_t tid = 1; tid < team.total; tid++) {
        pthread_t thread;

        ck_assert_int_eq(pthread_create(&thread, NULL, worker, (void *)tid), 0);
        pthread_detach(thread);
    }
    team_wait_ready(&team);
}

/* Results of each member. */
static unsigned calls[MEMBERS_MAX], phases[MEMBERS_MAX], wrong[MEMBERS_MAX];

static void call(struct team *of, unsigned tid, void *arg)
{
    ck_assert(of == &team);
    calls[tid] += *(unsigned *)arg;
}

/* Jobs with every number of active members: exactly those are called. */
static void check_calls(unsigned total, unsigned cpus, unsigned rounds)
{
    unsigned expected[MEMBERS_MAX] = {0};

    memset(calls, 0, sizeof(calls));
    prepare(total, cpus);
    start();
    for (unsigned round = 0; round < rounds; round++) {
        unsigned active = round % total + 1;

        team_run(&team, active, call, &round);
        for (unsigned tid = 0; tid < active; tid++)
            expected[tid] += round;
        ck_assert_mem_eq(calls, expected, sizeof(calls));
    }
}

START_TEST(each_active_member_is_called_once)
{
    check_calls(1, MANY_CPUS, 10);
}
END_TEST

START_TEST(spinning_teams_complete_jobs)
{
    check_calls(2, MANY_CPUS, 200);
}
END_TEST

START_TEST(sleeping_teams_complete_jobs)
{
    check_calls(4, ONE_CPU, 200);
}
END_TEST

START_TEST(oversubscribed_teams_complete_jobs)
{
    check_calls(MEMBERS_MAX, ONE_CPU, 200);
}
END_TEST

START_TEST(teams_that_overestimate_the_cpus_complete_jobs)
{
    check_calls(MEMBERS_MAX, MANY_CPUS, 50);
}
END_TEST

#define PHASES 40

/* Each member stores its phase, waits in the barrier and checks the phases of all. */
static void meet(struct team *of, unsigned tid, void *arg)
{
    (void)arg;
    for (unsigned phase = 1; phase <= PHASES; phase++) {
        phases[tid] = phase;
        team_barrier(of);
        for (unsigned other = 0; other < of->active; other++)
            wrong[tid] += phases[other] != phase;
        team_barrier(of);
    }
}

static void check_barriers(unsigned total, unsigned cpus)
{
    prepare(total, cpus);
    start();
    for (unsigned active = 1; active <= total; active++) {
        memset(phases, 0, sizeof(phases));
        team_run(&team, active, meet, NULL);
        for (unsigned tid = 0; tid < MEMBERS_MAX; tid++) {
            ck_assert_uint_eq(phases[tid], tid < active ? PHASES : 0);
            ck_assert_uint_eq(wrong[tid], 0);
        }
    }
}

START_TEST(barrier_synchronises_spinning_members)
{
    check_barriers(2, MANY_CPUS);
}
END_TEST

START_TEST(barrier_synchronises_sleeping_members)
{
    check_barriers(2, ONE_CPU);
}
END_TEST

START_TEST(barrier_synchronises_oversubscribed_members)
{
    check_barriers(MEMBERS_MAX, ONE_CPU);
}
END_TEST

/* The words that count jobs and barriers wrap around. */
START_TEST(counters_may_wrap_around)
{
    unsigned one = 1;

    prepare(3, ONE_CPU);
    team.work.word = 0xfffd;
    team.barrier.word = UINT32_MAX - 3;
    start();
    for (unsigned i = 0; i < 12; i++)
        team_run(&team, i % 4 ? 3 : 2, call, &one);
    ck_assert_uint_eq(calls[0], 12);
    ck_assert_uint_eq(calls[1], 12);
    ck_assert_uint_eq(calls[2], 9);
}
END_TEST

START_TEST(single_member_job_wakes_no_one)
{
    unsigned one = 1, before;

    prepare(3, ONE_CPU);
    start();
    before = __atomic_load_n(&wakes, __ATOMIC_RELAXED);
    for (unsigned i = 0; i < 100; i++)
        team_run(&team, 1, call, &one);
    ck_assert_uint_eq(calls[0], 100);
    ck_assert_uint_eq(__atomic_load_n(&wakes, __ATOMIC_RELAXED), before);
}
END_TEST

static uint32_t next;
static unsigned owner[1000];

static void claim(struct team *of, unsigned tid, void *arg)
{
    uint32_t item;

    (void)of, (void)arg;
    while ((item = team_claim(&next)) < 1000)
        owner[item] += tid + 1;
}

START_TEST(each_piece_of_work_is_claimed_once)
{
    unsigned of_member[4] = {0};

    prepare(3, ONE_CPU);
    start();
    team_run(&team, 3, claim, NULL);
    for (unsigned i = 0; i < 1000; i++) {
        ck_assert_uint_ge(owner[i], 1);
        ck_assert_uint_le(owner[i], 3);
        of_member[owner[i]]++;
    }
    ck_assert_uint_eq(of_member[1] + of_member[2] + of_member[3], 1000);
    ck_assert_uint_eq(next, 1003);
}
END_TEST

START_TEST(shares_cover_everything_evenly)
{
    for (size_t n = 0; n < 70; n++) {
        for (unsigned of = 1; of <= 20; of++) {
            size_t at = 0;

            for (unsigned tid = 0; tid < of; tid++) {
                size_t begin, end;

                team_share(n, tid, of, &begin, &end);
                ck_assert_uint_eq(begin, at);
                ck_assert(end - begin == n / of || end - begin == n / of + 1);
                at = end;
            }
            ck_assert_uint_eq(at, n);
        }
    }
}
END_TEST

START_TEST(only_teams_that_fit_the_cpus_spin)
{
    prepare(2, 2);
    ck_assert_uint_gt(team.spin_ticks, 0);
    prepare(3, 2);
    ck_assert_uint_eq(team.spin_ticks, 0);
    prepare(1, 1);
    ck_assert_uint_gt(team.spin_ticks, 0);
}
END_TEST

SUITE_MAIN("team", each_active_member_is_called_once, spinning_teams_complete_jobs,
           sleeping_teams_complete_jobs, oversubscribed_teams_complete_jobs,
           teams_that_overestimate_the_cpus_complete_jobs, barrier_synchronises_spinning_members,
           barrier_synchronises_sleeping_members, barrier_synchronises_oversubscribed_members,
           counters_may_wrap_around, single_member_job_wakes_no_one,
           each_piece_of_work_is_claimed_once, shares_cover_everything_evenly,
           only_teams_that_fit_the_cpus_spin)
