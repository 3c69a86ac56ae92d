/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/host/cpus.h"

/* The CPUs that this process may use, ascending. Returns their number. */
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
        ck_assert_msg(strstr(err.text, "--disk cpu: CPU 10") &&
                          strstr(err.text, "is offline or not in this process's affinity mask"),
                      "%s", err.text);
        ck_assert_msg(!strncmp(err.hint, "CPUs in ", 8), "%s", err.hint);
    }
    cpus[count - 1] = UINT32_MAX;
    ck_assert_int_eq(cpus_check("--disk cpu", cpus, count, &err), -1);
}
END_TEST

START_TEST(a_processor_always_has_a_name)
{
    static const char *const without[] = {"processor : 0\nmodel : 1\n",
                                          "processor : 0\nmodel name :\n",
                                          "processor : 0\nmodel name : unknown\n"};
    char root[FIXTURE_PATH_MAX], name[CPUS_NAME_MAX], real[CPUS_NAME_MAX];

    fixture_tree(root);
    fixture_add(root, "/proc/cpuinfo", "processor : 0\nmodel name\t: A CPU @ 1 GHz\n");
    ck_assert_str_eq(cpus_name(root, name), "A CPU @ 1 GHz");
    /* CPUID's brand string, which the kernel uses, or vendor, family and model. */
    cpus_name("", real);
    for (unsigned i = 0; i < 3; i++) {
        fixture_add(root, "/proc/cpuinfo", "%s", without[i]);
        cpus_name(root, name);
        ck_assert_str_ne(name, "");
        ck_assert_str_ne(name, "unknown");
        ck_assert_msg(strstr(name, " family ") || !strcmp(name, real), "%s", name);
    }
    fixture_remove(root);
    ck_assert_str_ne(cpus_name(root, name), "");
}
END_TEST

START_TEST(a_pinned_thread_runs_on_its_cpu)
{
    unsigned cpus[CPU_SETSIZE], count = allowed(cpus);
    struct err err = {0};

    for (unsigned i = 0; i < count; i++) {
        ck_assert_msg(!cpus_pin(cpus[i], &err), "%s", err.text);
        ck_assert_int_eq(sched_getcpu(), cpus[i]);
    }
    if (cpus[count - 1] == CPU_SETSIZE - 1)
        return; /* more CPUs than a cpu_set_t holds */
    ck_assert_int_eq(cpus_pin(CPU_SETSIZE - 1, &err), -1);
    ck_assert_msg(strstr(err.text, "--pin: CPU 1023") != NULL, "%s", err.text);
}
END_TEST

START_TEST(unknown_threads_have_unknown_times)
{
    ck_assert_uint_eq(cpus_time(0).runqueue_ns, 0);
    ck_assert_uint_eq(cpus_time(-1).on_cpu_ns, 0);
    ck_assert_uint_eq(cpus_time(-1).runqueue_ns, 0);
    /* The time of a thread of another process, or of one that has ended, is unknown. */
    ck_assert_uint_eq(cpus_time(1).on_cpu_ns, CPUS_UNKNOWN);
    ck_assert_uint_eq(cpus_time(1).runqueue_ns, CPUS_UNKNOWN);
}
END_TEST

START_TEST(a_sum_of_unknown_times_is_unknown)
{
    struct cpus_time sum = {.on_cpu_ns = 5, .runqueue_ns = 6};

    cpus_time_add(&sum, (struct cpus_time){.on_cpu_ns = 10, .runqueue_ns = CPUS_UNKNOWN});
    ck_assert_uint_eq(sum.on_cpu_ns, 15);
    ck_assert_uint_eq(sum.runqueue_ns, CPUS_UNKNOWN);
    cpus_time_add(&sum, (struct cpus_time){.on_cpu_ns = CPUS_UNKNOWN, .runqueue_ns = 1});
    ck_assert_uint_eq(sum.on_cpu_ns, CPUS_UNKNOWN);
    ck_assert_uint_eq(sum.runqueue_ns, CPUS_UNKNOWN);
}
END_TEST

START_TEST(without_schedstats_the_time_is_unknown)
{
    uint64_t stolen = 7, all = 7;

    ck_assert_uint_eq(cpus_parse_runqueue("123 456 7"), 456);
    ck_assert_uint_eq(cpus_parse_runqueue("123 0 7"), 0);
    ck_assert_uint_eq(cpus_parse_runqueue("0 0 0"), CPUS_UNKNOWN);
    ck_assert_uint_eq(cpus_parse_runqueue("123 456"), CPUS_UNKNOWN);
    ck_assert_uint_eq(cpus_parse_runqueue(""), CPUS_UNKNOWN);
    ck_assert_int_eq(cpus_parse_steal("cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1", &stolen, &all), 0);
    ck_assert_uint_eq(stolen, 8);
    ck_assert_uint_eq(all, 36);
    /* Before Linux 2.6.11 there was no such column. */
    ck_assert_int_eq(cpus_parse_steal("cpu  1 2 3 4 5 6 7\ncpu0 1 2 3", &stolen, &all), -1);
    ck_assert_int_eq(cpus_parse_steal("cpu0 1 2 3 4 5 6 7 8", &stolen, &all), -1);
    ck_assert_int_eq(cpus_parse_steal("", &stolen, &all), -1);
}
END_TEST

START_TEST(online_cpus_match_proc_stat)
{
    ck_assert_uint_eq(cpus_online(), sysconf(_SC_NPROCESSORS_ONLN));
    ck_assert_uint_ge(cpus_online(), cpus_allowed());
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

START_TEST(steal_time_is_part_of_the_total)
{
    uint64_t stolen, all, stolen_later, all_later;

    ck_assert_int_eq(cpus_steal(&stolen, &all), 0);
    ck_assert_uint_gt(all, 0);
    ck_assert_uint_lt(stolen, all);
    ck_assert_int_eq(cpus_steal(&stolen_later, &all_later), 0);
    ck_assert_uint_ge(all_later, all);
    ck_assert_uint_ge(stolen_later, stolen);
}
END_TEST

SUITE_MAIN("cpus", usable_cpus_are_those_allowed, every_cpu_of_a_list_must_be_allowed,
           a_pinned_thread_runs_on_its_cpu, a_processor_always_has_a_name,
           unknown_threads_have_unknown_times, a_sum_of_unknown_times_is_unknown,
           without_schedstats_the_time_is_unknown, online_cpus_match_proc_stat, time_only_grows,
           steal_time_is_part_of_the_total)
