/* SPDX-License-Identifier: MIT */
#include "tests/support/suite.h"
#include "vmm/core/config/busy.h"

static struct config config;

static void set_up(unsigned vcpus, unsigned pins, const unsigned *pin)
{
    config_init(&config);
    config.vcpus = vcpus;
    config.pin_count = pins;
    for (unsigned i = 0; i < pins; i++)
        config.pin[i] = pin[i];
}

#define PINNED(vcpus, ...) \
    set_up(vcpus, sizeof((unsigned[]){__VA_ARGS__}) / sizeof(unsigned), (unsigned[]){__VA_ARGS__})

static void add_poller(unsigned cpu)
{
    struct config_disk *disk = &config.disk[config.disks++];

    *disk = config_disk_default;
    disk->notify = CONFIG_NOTIFY_POLL;
    disk->pin = cpu;
}

/* Check the numbers of threads and of CPUs that they share. */
static void check_share(unsigned usable, unsigned vcpus, unsigned pollers, unsigned cpus)
{
    struct busy busy;

    ck_assert(busy_sharing(&config, UINT32_MAX, usable, &busy));
    ck_assert_uint_eq(busy.vcpus, vcpus);
    ck_assert_uint_eq(busy.pollers, pollers);
    ck_assert_uint_eq(busy.cpus, cpus);
}

static void check_none_share(unsigned usable)
{
    struct busy busy;

    ck_assert(!busy_sharing(&config, UINT32_MAX, usable, &busy));
}

START_TEST(vcpus_share_the_usable_cpus)
{
    set_up(3, 0, NULL);
    check_none_share(3);
    check_share(2, 3, 0, 2);
    ck_assert_uint_eq(busy_cpus(&config, 2), 2);
    /* If the number is unknown, no sharing is reported. */
    check_none_share(0);
}
END_TEST

START_TEST(a_list_counts_each_cpu_once)
{
    PINNED(2, 0);
    check_share(8, 2, 0, 1);
    ck_assert_uint_eq(busy_cpus(&config, 8), 1);
    PINNED(2, 3, 3);
    check_share(8, 2, 0, 1);
    PINNED(4, 0, 1, 1, 2);
    check_share(8, 4, 0, 3);
    ck_assert_uint_eq(busy_cpus(&config, 8), 3);
    PINNED(2, 5, 1);
    check_none_share(8);
    ck_assert_uint_eq(busy_cpus(&config, 8), 2);
    /* Entries beyond the number of vCPUs do not count. */
    PINNED(1, 2, 3, 2);
    check_none_share(8);
    ck_assert_uint_eq(busy_cpus(&config, 8), 1);
    ck_assert_uint_eq(busy_pins(&config), 2);
    ck_assert(busy_has_vcpu(&config, 2));
    ck_assert(!busy_has_vcpu(&config, 3));
}
END_TEST

START_TEST(a_poller_counts_as_a_busy_thread)
{
    set_up(2, 0, NULL);
    add_poller(CONFIG_NO_PIN);
    check_share(2, 2, 1, 2);
    ck_assert_uint_eq(busy_cpus(&config, 2), 1);
    check_none_share(3);
    ck_assert_uint_eq(busy_cpus(&config, 3), 2);
    add_poller(0);
    check_share(3, 2, 2, 3);
    ck_assert_uint_eq(busy_cpus(&config, 3), 1);
    ck_assert_uint_eq(busy_cpus(&config, 1), 1);
}
END_TEST

START_TEST(a_poller_may_share_a_cpu_with_a_vcpu)
{
    PINNED(2, 0, 1);
    add_poller(1);
    check_share(8, 2, 1, 2);
    ck_assert_uint_eq(busy_cpus(&config, 8), 1);
    config.disk[0].pin = 2;
    check_none_share(8);
    ck_assert_uint_eq(busy_cpus(&config, 8), 2);
    /* Two pollers on one CPU. */
    add_poller(2);
    check_share(8, 2, 2, 3);
    ck_assert_uint_eq(busy_cpus(&config, 8), 2);
}
END_TEST

START_TEST(an_unbound_poller_uses_a_free_cpu)
{
    PINNED(2, 0, 1);
    add_poller(CONFIG_NO_PIN);
    check_none_share(3);
    ck_assert_uint_eq(busy_cpus(&config, 3), 2);
    check_share(2, 2, 1, 2);
    ck_assert_uint_eq(busy_cpus(&config, 2), 1);
}
END_TEST

START_TEST(only_used_polling_disks_count)
{
    struct busy busy;

    PINNED(1, 0);
    add_poller(0);
    ck_assert(!busy_sharing(&config, 0, 8, &busy));
    ck_assert(!busy_sharing(&config, 2, 8, &busy));
    ck_assert(busy_sharing(&config, 1, 8, &busy));
    busy_count(&config, 1, &busy);
    ck_assert_uint_eq(busy.vcpus, 1);
    ck_assert_uint_eq(busy.pollers, 1);
    config.disk[0].notify = CONFIG_NOTIFY_EXIT;
    check_none_share(8);
    ck_assert_uint_eq(busy_cpus(&config, 8), 1);
}
END_TEST

SUITE_MAIN("busy", vcpus_share_the_usable_cpus, a_list_counts_each_cpu_once,
           a_poller_counts_as_a_busy_thread, a_poller_may_share_a_cpu_with_a_vcpu,
           an_unbound_poller_uses_a_free_cpu, only_used_polling_disks_count)
