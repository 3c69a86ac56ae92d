/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "minivmm/abi.h"
#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/file.h"
#include "vmm/dev/paravirt.h"

#define BYTES (64ull << 20)
#define WORD  0x10000ull

static struct guestmem mem;
static struct paravirt paravirt;

static void set_up(void)
{
    mem = fixture_memory(BYTES);
    paravirt_init(&paravirt, &mem);
}

static int put(uint64_t reg, uint64_t value, struct err *err)
{
    return paravirt_ops.write(&paravirt, NULL, reg, &value, sizeof(value), err);
}

static void must_put(uint64_t reg, uint64_t value)
{
    struct err err = {0};

    ck_assert_msg(!put(reg, value, &err), "%s", err.text);
}

static uint64_t wait_value(uint32_t value, gpa_t gpa)
{
    return (uint64_t)(uint16_t)value << MINIVMM_PARAVIRT_VALUE_SHIFT | gpa;
}

static uint32_t *word(void)
{
    return guestmem_at(&mem, WORD, sizeof(uint32_t));
}

START_TEST(a_wait_returns_if_the_word_differs)
{
    set_up();
    *word() = 1;
    must_put(MINIVMM_PARAVIRT_WAIT, wait_value(0, WORD));
    must_put(MINIVMM_PARAVIRT_WAIT, wait_value(2, WORD));
    *word() = 0x10000;
    must_put(MINIVMM_PARAVIRT_WAIT, wait_value(1, WORD));
    guestmem_free(&mem);
}
END_TEST

/* A thread that waits until the word changes, as a guest does. */
struct waiter {
    uint32_t seen;
    int tid;   /* atomic: the thread's id, from gettid() */
    bool back; /* atomic: one wait has returned */
    bool once; /* do not wait again if the word is still the same */
};

static void *wait_for_change(void *arg)
{
    struct waiter *waiter = arg;

    __atomic_store_n(&waiter->tid, gettid(), __ATOMIC_RELEASE);
    do {
        must_put(MINIVMM_PARAVIRT_WAIT, wait_value(waiter->seen, WORD));
        __atomic_store_n(&waiter->back, true, __ATOMIC_RELEASE);
    } while (!waiter->once && __atomic_load_n(word(), __ATOMIC_ACQUIRE) == waiter->seen);
    return NULL;
}

/* Whether a thread sleeps in a system call, from /proc. */
static bool is_asleep(const struct waiter *waiter)
{
    int tid = __atomic_load_n(&waiter->tid, __ATOMIC_ACQUIRE);
    char path[64], state[32];

    if (!tid)
        return false;
    snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
    return !file_status_field(path, "State:", state, sizeof(state)) && state[0] == 'S';
}

START_TEST(a_sleeper_is_woken)
{
    struct waiter waiter = {.seen = 0xabcd0007};
    pthread_t thread;

    set_up();
    *word() = waiter.seen;
    ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_change, &waiter), 0);
    while (!is_asleep(&waiter))
        sched_yield();
    __atomic_store_n(word(), 0xabcd0008, __ATOMIC_RELEASE);
    must_put(MINIVMM_PARAVIRT_WAKE, WORD);
    pthread_join(thread, NULL);
    guestmem_free(&mem);
}
END_TEST

#define ROUNDS 300

/* Two threads alternate; the word counts the turns. */
static void *take_turns(void *arg)
{
    uint32_t mine = (uint32_t)(uintptr_t)arg;

    for (uint32_t turn = mine; turn < 2 * ROUNDS; turn += 2) {
        uint32_t now;

        while ((now = __atomic_load_n(word(), __ATOMIC_ACQUIRE)) != turn)
            must_put(MINIVMM_PARAVIRT_WAIT, wait_value(now, WORD));
        __atomic_store_n(word(), turn + 1, __ATOMIC_RELEASE);
        must_put(MINIVMM_PARAVIRT_WAKE, WORD);
    }
    return NULL;
}

START_TEST(no_wake_is_lost)
{
    pthread_t thread;

    set_up();
    ck_assert_int_eq(pthread_create(&thread, NULL, take_turns, (void *)1), 0);
    take_turns((void *)0);
    pthread_join(thread, NULL);
    ck_assert_uint_eq(*word(), 2 * ROUNDS);
    guestmem_free(&mem);
}
END_TEST

START_TEST(all_sleepers_are_woken)
{
    struct waiter waiter[3] = {0};
    pthread_t thread[3];

    set_up();
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, wait_for_change, &waiter[i]), 0);
    for (unsigned i = 0; i < 3; i++)
        while (!is_asleep(&waiter[i]))
            sched_yield();
    __atomic_store_n(word(), 1, __ATOMIC_RELEASE);
    must_put(MINIVMM_PARAVIRT_WAKE, WORD);
    for (unsigned i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    guestmem_free(&mem);
}
END_TEST

static void ignore(int signal)
{
    (void)signal;
}

/* A run is stopped by a signal. */
START_TEST(a_signal_ends_the_sleep)
{
    struct sigaction action = {.sa_handler = ignore};
    struct waiter waiter = {.once = true};
    pthread_t thread;

    set_up();
    sigaction(SIGRTMIN, &action, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_change, &waiter), 0);
    while (!is_asleep(&waiter))
        sched_yield();
    /* One signal at a time, so that the thread gets to return. */
    while (!__atomic_load_n(&waiter.back, __ATOMIC_ACQUIRE))
        if (is_asleep(&waiter))
            pthread_kill(thread, SIGRTMIN);
    pthread_join(thread, NULL);
    guestmem_free(&mem);
}
END_TEST

START_TEST(wait_and_wake_check_the_address)
{
    static const gpa_t bad[] = {WORD + 1, WORD + 2, BYTES, BYTES - 2, 0xc0000000, 0xfffffffffffc};
    struct err err;

    set_up();
    *(uint32_t *)guestmem_at(&mem, BYTES - 4, 4) = 1;
    must_put(MINIVMM_PARAVIRT_WAIT, wait_value(0, BYTES - 4));
    must_put(MINIVMM_PARAVIRT_WAKE, BYTES - 4);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(put(MINIVMM_PARAVIRT_WAIT, bad[i], &err), -1);
        ck_assert_msg(strstr(err.text, bad[i] % 4 ? "misaligned" : "outside RAM") != NULL, "%s",
                      err.text);
        ck_assert_int_eq(put(MINIVMM_PARAVIRT_WAKE, bad[i], &err), -1);
    }
    /* The value of WAKE is all address: no bits are compared. */
    ck_assert_int_eq(put(MINIVMM_PARAVIRT_WAKE, wait_value(1, WORD), &err), -1);
    guestmem_free(&mem);
}
END_TEST

/* Discard, and read the errno back. */
static uint64_t discard(uint64_t page, uint64_t order, uint64_t above)
{
    uint64_t status = UINT64_MAX;
    struct err err;

    must_put(MINIVMM_PARAVIRT_DISCARD, above << 48 | order << MINIVMM_PARAVIRT_ORDER_SHIFT | page);
    ck_assert_int_eq(
        paravirt_ops.read(&paravirt, NULL, MINIVMM_PARAVIRT_DISCARD, &status, sizeof(status), &err),
        0);
    return status;
}

START_TEST(discarded_memory_is_zero)
{
    uint8_t *host;

    set_up();
    host = guestmem_at(&mem, 0, BYTES);
    memset(host + (4 << 20), 0x5a, 4 << 20);
    ck_assert_uint_eq(discard(0x400, 12, 0), 0);
    ck_assert_int_eq(host[4 << 20], 0);
    ck_assert_int_eq(host[(4 << 20) + 4096], 0x5a);
    ck_assert_uint_eq(discard(0x500, 20, 0), 0);
    ck_assert_int_eq(host[(5 << 20) - 1], 0x5a);
    ck_assert_int_eq(host[5 << 20] | host[(6 << 20) - 1], 0);
    ck_assert_int_eq(host[6 << 20], 0x5a);
    guestmem_free(&mem);
}
END_TEST

START_TEST(an_invalid_discard_returns_einval)
{
    uint8_t *host;

    set_up();
    host = guestmem_at(&mem, 0, BYTES);
    memset(host, 0x5a, 8192);
    ck_assert_uint_eq(discard(0, 11, 0), EINVAL);
    ck_assert_uint_eq(discard(0, 0, 0), EINVAL);
    ck_assert_uint_eq(discard(0, 27, 0), EINVAL);
    ck_assert_uint_eq(discard(0, 63, 0), EINVAL);
    /* Orders that a 64-bit shift cannot represent. */
    ck_assert_uint_eq(discard(0, 64, 0), EINVAL);
    ck_assert_uint_eq(discard(0, 64 + 12, 0), EINVAL);
    ck_assert_uint_eq(discard(0, 255, 0), EINVAL);
    ck_assert_uint_eq(discard(BYTES >> 12, 12, 0), EINVAL);
    ck_assert_uint_eq(discard((BYTES >> 12) - 1, 13, 0), EINVAL);
    ck_assert_uint_eq(discard((1ull << 40) - 1, 12, 0), EINVAL);
    ck_assert_uint_eq(discard(MINIVMM_DEVICE_BASE >> 12, 12, 0), EINVAL);
    ck_assert_int_eq(host[0] & host[8191], 0x5a);
    ck_assert_uint_eq(discard(0, 12, 0), 0);
    guestmem_free(&mem);
}
END_TEST

START_TEST(other_registers_are_refused)
{
    static const struct {
        uint64_t offset;
        unsigned bytes;
    } bad[] = {{0, 4}, {0, 1}, {4, 8}, {0x18, 8}, {0xff8, 8}, {0x10, 4}, {1, 8}};
    struct err err = {0};
    uint64_t value = 0;

    set_up();
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(
            paravirt_ops.write(&paravirt, NULL, bad[i].offset, &value, bad[i].bytes, &err), -1);
        ck_assert_msg(strstr(err.text, "unknown paravirt register") != NULL, "%s", err.text);
        ck_assert_int_eq(
            paravirt_ops.read(&paravirt, NULL, bad[i].offset, &value, bad[i].bytes, &err), -1);
    }
    ck_assert_int_eq(paravirt_ops.read(&paravirt, NULL, MINIVMM_PARAVIRT_WAIT, &value, 8, &err),
                     -1);
    ck_assert_int_eq(paravirt_ops.read(&paravirt, NULL, MINIVMM_PARAVIRT_WAKE, &value, 8, &err),
                     -1);
    guestmem_free(&mem);
}
END_TEST

SUITE_MAIN("paravirt", a_wait_returns_if_the_word_differs, a_sleeper_is_woken, no_wake_is_lost,
           all_sleepers_are_woken, a_signal_ends_the_sleep, wait_and_wake_check_the_address,
           discarded_memory_is_zero, an_invalid_discard_returns_einval, other_registers_are_refused)
