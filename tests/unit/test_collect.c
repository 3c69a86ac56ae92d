/* SPDX-License-Identifier: MIT */
/* Snapshots and properties of a machine that is set up but not run. */
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/exec/collect.h"

#define VCPUS 3
#define TIMES 0x10000ull /* the boot times */

static struct machine machine;
static struct vcpu vcpus[VCPUS];
static struct run_info info;

static void set_up(void)
{
    static const char *const names[] = {"channel", "paravirt", "blk0"};
    struct err err;

    memset(&machine, 0, sizeof(machine));
    memset(&info, 0, sizeof(info));
    machine.vm = -1;
    machine.rate = clock_rate_of(1000000000);
    machine.created.ticks = 1000;
    machine.ended.ticks = 9000;
    machine.mem = fixture_memory(2 << 20);
    machine.layout.boot_times = TIMES;
    machine.vcpu = vcpus;
    machine.vcpus = VCPUS;
    for (unsigned i = 0; i < 3; i++) {
        struct bus_region region = {.base = 0x1000 * (3 - i),
                                    .bytes = 0x1000,
                                    .name = names[i],
                                    .number = i,
                                    .for_harness = i < 2};

        ck_assert_int_eq(bus_add(&machine.mmio, &region, &err), 0);
    }
    ck_assert_int_eq(bus_freeze(&machine.mmio, &err), 0);
    machine.devices = 3;
    for (unsigned i = 0; i < VCPUS; i++) {
        vcpus[i] = (struct vcpu){.id = i, .fd = -1, .stats_fd = -1, .stat = exitstat_alloc()};
        ck_assert(vcpus[i].stat != NULL);
        exitstat_begin(vcpus[i].stat, EXITSTAT_STOPPED, 0);
    }
}

static void tear_down(void)
{
    for (unsigned i = 0; i < VCPUS; i++)
        exitstat_free(vcpus[i].stat);
    guestmem_free(&machine.mem);
    run_info_free(&info);
}

static void collect(void)
{
    struct err err = {0};

    ck_assert_msg(!machine_collect(&machine, &info, &err), "%s", err.text);
}

START_TEST(a_snapshot_sums_all_vcpus)
{
    static struct usage usage;

    set_up();
    exitstat_add(vcpus[0].stat, EXIT_PIO_OUT, 10);
    exitstat_add(vcpus[1].stat, EXIT_PIO_OUT, 20);
    exitstat_add(vcpus[2].stat, exitstat_device(2), 30);
    vcpus[0].stat->in_run_ns = 100;
    vcpus[2].stat->in_run_ns = 1000;
    usage.kvm[5] = 77; /* is overwritten */
    machine_snapshot(&machine, &usage);
    ck_assert_uint_eq(usage.count[EXIT_PIO_OUT], 2);
    ck_assert_uint_eq(usage.handler_ns[EXIT_PIO_OUT], 30);
    ck_assert_uint_eq(usage.count[exitstat_device(2)], 1);
    ck_assert_uint_eq(usage.handler_ns[exitstat_device(2)], 30);
    ck_assert_uint_eq(usage.in_run_ns, 1100);
    ck_assert_uint_eq(usage.time.runqueue_ns, 0);
    ck_assert_uint_eq(usage.kvm[5], 0);
    tear_down();
}
END_TEST

START_TEST(a_snapshot_includes_partial_times)
{
    const uint64_t ago = 1000000;
    static struct usage usage;

    set_up();
    exitstat_begin(vcpus[0].stat, EXITSTAT_IN_RUN, clock_ticks() - ago);
    exitstat_begin(vcpus[1].stat, exitstat_device(1), clock_ticks() - ago);
    machine_snapshot(&machine, &usage);
    ck_assert_uint_ge(usage.in_run_ns, ago);
    ck_assert_uint_ge(usage.handler_ns[exitstat_device(1)], ago);
    ck_assert_uint_eq(usage.count[exitstat_device(1)], 0);
    ck_assert_uint_eq(usage.handler_ns[EXIT_OTHER], 0);
    /* A transition later than the snapshot's clock counts nothing. */
    exitstat_begin(vcpus[0].stat, EXITSTAT_IN_RUN, UINT64_MAX);
    exitstat_begin(vcpus[1].stat, EXITSTAT_STOPPED, 1);
    machine_snapshot(&machine, &usage);
    ck_assert_uint_eq(usage.in_run_ns, 0);
    ck_assert_uint_eq(usage.handler_ns[exitstat_device(1)], 0);
    tear_down();
}
END_TEST

/* A statistics file like KVM's, with two values. */
static int stats_file(uint64_t exits, uint64_t largest)
{
    struct {
        struct kvm_stats_header header;
        struct fixture_stat stat[2];
        uint64_t value[2];
    } file = {
        .header = {.name_size = sizeof(file.stat[0].name), .num_desc = 2},
        .stat = {{.flags = KVM_STATS_TYPE_CUMULATIVE, .size = 1, .offset = 0, .name = "exits"},
                 {.flags = KVM_STATS_TYPE_PEAK, .size = 1, .offset = 8, .name = "largest"}},
        .value = {exits, largest},
    };
    int fd = memfd_create("statistics", 0);

    file.header.desc_offset = offsetof(typeof(file), stat);
    file.header.data_offset = offsetof(typeof(file), value);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, &file, sizeof(file)), sizeof(file));
    return fd;
}

START_TEST(kvm_statistics_are_summed_if_available)
{
    static struct usage usage;

    set_up();
    vcpus[0].stats_fd = stats_file(100, 5);
    vcpus[2].stats_fd = stats_file(11, 7);
    machine_snapshot(&machine, &usage);
    ck_assert_uint_eq(usage.kvm[0], 111);
    collect();
    ck_assert_uint_eq(info.vcpu_stats.count, 2);
    ck_assert_str_eq(info.vcpu_stats.name[0], "exits");
    ck_assert(!info.vcpu_stats.peak[0] && info.vcpu_stats.peak[1]);
    ck_assert(info.vcpu[0].has_kvm && !info.vcpu[1].has_kvm && info.vcpu[2].has_kvm);
    ck_assert_uint_eq(info.vcpu[2].kvm[1], 7);
    ck_assert_uint_eq(info.vm_stats.count, 0);
    close(vcpus[0].stats_fd);
    close(vcpus[2].stats_fd);
    tear_down();
}
END_TEST

START_TEST(facts_come_from_the_machine)
{
    const struct exitstat *stat;

    set_up();
    stat = vcpus[1].stat;
    machine.stop = STOP_TIMEOUT;
    machine.caps.xcr0 = 7;
    vcpus[0].tsc_offset = -5;
    vcpus[1].time.runqueue_ns = 44;
    memset(machine.image.info.kernels_sha256, 'a', 64);
    collect();
    ck_assert_int_eq(info.env, RUN_VM);
    ck_assert_int_eq(info.stop, STOP_TIMEOUT);
    ck_assert_uint_eq(info.xcr0, 7);
    ck_assert_int_eq(info.tsc_offset, -5);
    ck_assert_uint_eq(info.vcpus, VCPUS);
    ck_assert_ptr_eq(info.vcpu[1].stat, stat);
    ck_assert_ptr_null(vcpus[1].stat);
    ck_assert_uint_eq(info.vcpu[1].time.runqueue_ns, 44);
    ck_assert_uint_eq(strlen(info.kernels_sha256), 64);
    ck_assert(info.has_memory);
    /* Devices are ordered by number, not by address. */
    ck_assert_uint_eq(info.devices, 3);
    ck_assert_str_eq(info.device[0], "channel");
    ck_assert_str_eq(info.device[2], "blk0");
    ck_assert(info.device_for_harness[0] && !info.device_for_harness[2]);
    tear_down();
}
END_TEST

static void set_times(uint64_t first, uint64_t second, uint64_t third)
{
    uint64_t *times = guestmem_at(&machine.mem, TIMES, VCPUS * sizeof(*times));

    times[0] = first;
    times[1] = second;
    times[2] = third;
    info.ticks = (struct run_ticks){0};
    run_info_free(&info);
    collect();
}

START_TEST(startup_uses_valid_boot_times_only)
{
    set_up();
    vcpus[0].entry_ticks = 2000;
    set_times(3000, 5000, 4000);
    ck_assert_uint_eq(info.ticks.entry, 2000);
    ck_assert_uint_eq(info.ticks.user, 3000);
    ck_assert_uint_eq(info.ticks.last_user, 5000);
    /* A boot time is missing or outside the run. */
    set_times(3000, 0, 4000);
    ck_assert_uint_eq(info.ticks.user, 0);
    ck_assert_uint_eq(info.ticks.last_user, 0);
    set_times(3000, 9001, 4000);
    ck_assert_uint_eq(info.ticks.user, 0);
    set_times(999, 5000, 4000);
    ck_assert_uint_eq(info.ticks.user, 0);
    set_times(UINT64_MAX, UINT64_MAX, UINT64_MAX);
    ck_assert_uint_eq(info.ticks.last_user, 0);
    tear_down();
}
END_TEST

START_TEST(boot_times_are_corrected_by_tsc_offsets)
{
    set_up();
    vcpus[0].tsc_offset = -2500;
    vcpus[1].tsc_offset = 100000;
    set_times(500, 104000, 3500);
    ck_assert_uint_eq(info.ticks.user, 3000);
    ck_assert_uint_eq(info.ticks.last_user, 4000);
    tear_down();
}
END_TEST

SUITE_MAIN("collect", a_snapshot_sums_all_vcpus, a_snapshot_includes_partial_times,
           kvm_statistics_are_summed_if_available, facts_come_from_the_machine,
           startup_uses_valid_boot_times_only, boot_times_are_corrected_by_tsc_offsets)
