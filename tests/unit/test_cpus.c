/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/host/cpus.h"

/* The CPUs that this process may use, in order. Returns how many. */
static unsigned allowed(unsigned cpus[CPU_SETSIZE])
{
    unsigned count = 0;
    cpu_set_t set;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set))
            cpus[count++] = cpu;
    return count;
}

START_TEST(usable_cpus_are_those_allowed)
{
    unsigned cpus[CPU_SETSIZE], count = allowed(cpus);
    struct err err;

    ck_assert_uint_eq(cpus_usable(), count);
    ck_assert_int_eq(cpus_pin(cpus[0], &err), 0);
    ck_assert_uint_eq(cpus_usable(), 1);
}
END_TEST

START_TEST(every_cpu_of_a_list_must_be_allowed)
{
    unsigned cpus[CPU_SETSIZE], count = allowed(cpus);
    struct err err = {0};

    ck_assert_int_eq(cpus_check("--disk cpu", cpus, count, &err), 0);
    ck_assert_int_eq(cpus_check("--disk cpu", NULL, 0, &err), 0);
    for (unsigned bad = CPU_SETSIZE - 1; bad < CPU_SETSIZE + 2; bad++) {
        if (count == CPU_SETSIZE && bad < CPU_SETSIZE)
            continue;
        cpus[count - 1] = bad;
        ck_assert_int_eq(cpus_check("--disk cpu", cpus, count, &err), -1);
        ck_assert_int_eq(err.code, ERR_USAGE);
        ck_assert_msg(strstr(err.text, "--disk cpu: CPU 10") && strstr(err.text, "is not there"),
                      "%s", err.text);
        ck_assert_msg(!strncmp(err.hint, "CPUs among ", 11), "%s", err.hint);
    }
    cpus[count - 1] = UINT32_MAX;
    ck_assert_int_eq(cpus_check("--disk cpu", cpus, count, &err), -1);
}
END_TEST

START_TEST(a_pinned_thread_is_there)
{
    unsigned cpus[CPU_SETSIZE], count = allowed(cpus);
    struct err err = {0};

    for (unsigned i = 0; i < count; i++) {
        ck_assert_msg(!cpus_pin(cpus[i], &err), "%s", err.text);
        ck_assert_int_eq(sched_getcpu(), cpus[i]);
    }
    if (cpus[count - 1] == CPU_SETSIZE - 1)
        return; /* a very large machine */
    ck_assert_int_eq(cpus_pin(CPU_SETSIZE - 1, &err), -1);
    ck_assert_msg(strstr(err.text, "--pin: CPU 1023") != NULL, "%s", err.text);
}
END_TEST

START_TEST(threads_that_are_not_there_have_no_time)
{
    ck_assert_uint_eq(cpus_time(0).runqueue_ns, 0);
    ck_assert_uint_eq(cpus_time(-1).on_cpu_ns, 0);
    ck_assert_uint_eq(cpus_time(1).on_cpu_ns, 0);
}
END_TEST

START_TEST(time_only_grows)
{
    struct cpus_time before = cpus_time(getpid()), after;

    for (unsigned i = 0; i < 100; i++)
        sched_yield();
    after = cpus_time(getpid());
    ck_assert_uint_ge(after.runqueue_ns, before.runqueue_ns);
    ck_assert_uint_gt(after.on_cpu_ns, before.on_cpu_ns);
}
END_TEST

START_TEST(stolen_time_is_part_of_all)
{
    uint64_t stolen, all, stolen_later, all_later;

    cpus_steal(&stolen, &all);
    ck_assert_uint_gt(all, 0);
    ck_assert_uint_lt(stolen, all);
    cpus_steal(&stolen_later, &all_later);
    ck_assert_uint_ge(all_later, all);
    ck_assert_uint_ge(stolen_later, stolen);
}
END_TEST

SUITE_MAIN("cpus", usable_cpus_are_those_allowed, every_cpu_of_a_list_must_be_allowed,
           a_pinned_thread_is_there, threads_that_are_not_there_have_no_time, time_only_grows,
           stolen_time_is_part_of_all)
