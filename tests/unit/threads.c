/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/threads.h"

struct member {
    struct team *team;
    team_fn fn;
    void *arg;
    unsigned tid;
};

static void wait_on(uint32_t *word, uint32_t value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void *member_thread(void *arg)
{
    const struct member *member = arg;

    member->fn(member->team, member->tid, member->arg);
    return NULL;
}

void threads_run(unsigned threads, team_fn fn, void *arg)
{
    static const struct team_sleep sleep = {.wait = wait_on, .wake = wake};
    struct member member[THREADS_MAX];
    pthread_t thread[THREADS_MAX];
    struct team team;

    ck_assert_uint_le(threads, THREADS_MAX);
    team_init(&team, &sleep, threads, 2);
    team.active = threads;
    for (unsigned tid = 0; tid < threads; tid++) {
        member[tid] = (struct member){&team, fn, arg, tid};
        ck_assert_int_eq(pthread_create(&thread[tid], NULL, member_thread, &member[tid]), 0);
    }
    for (unsigned tid = 0; tid < threads; tid++)
        pthread_join(thread[tid], NULL);
}
