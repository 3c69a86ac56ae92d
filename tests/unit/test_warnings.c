/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/unit/sample.h"
#include "vmm/core/report/warnings.h"

static struct sample sample;

/* Exactly these warnings apply, in this order: codes, each followed by a blank. */
static void check_codes(const char *expected)
{
    struct warning warnings[WARNINGS_MAX];
    unsigned count = warnings_find(&sample.report, warnings);
    char codes[8192] = "";

    for (unsigned i = 0; i < count; i++) {
        strcat(strcat(codes, warnings[i].code), " ");
        ck_assert_str_ne(warnings[i].text, "");
    }
    ck_assert_str_eq(codes, expected);
}

/* Exactly one warning applies, with this text. */
static void check_one(const char *code, const char *text)
{
    struct warning warnings[WARNINGS_MAX];

    ck_assert_uint_eq(warnings_find(&sample.report, warnings), 1);
    ck_assert_str_eq(warnings[0].code, code);
    ck_assert_str_eq(warnings[0].text, text);
}

START_TEST(a_good_run_has_none)
{
    sample_init(&sample);
    sample_row(&sample, "row", "", 9);
    check_codes("");
    sample_native(&sample);
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(a_quick_run_is_reported)
{
    sample_init(&sample);
    sample.config.quick = true;
    check_one("quick", "quick run: few samples, for a first look only");
    sample_free(&sample);
}
END_TEST

START_TEST(a_run_that_was_stopped_is_incomplete)
{
    sample_init(&sample);
    sample.info.stop = STOP_TIMEOUT;
    check_one("incomplete", "the run was stopped early (timeout)");
    sample_free(&sample);
}
END_TEST

START_TEST(failed_checks_are_counted)
{
    sample_init(&sample);
    sample_row(&sample, "a", "", 1)->check = RESULT_WRONG;
    sample_row(&sample, "b", "", 1);
    sample_row(&sample, "c", "", 1)->check = RESULT_WRONG;
    check_one("check_failed", "2 results failed their check and are void");
    sample.result.row[0].check = RESULT_OK;
    check_one("check_failed", "1 result failed its check and is void");
    sample_free(&sample);
}
END_TEST

START_TEST(oversubscription_is_reported)
{
    sample_init(&sample);
    sample.config.pin_count = 0;
    sample.config.vcpus = 4;
    check_codes("unpinned ");
    sample.config.vcpus = 5;
    check_codes("oversubscribed unpinned ");
    sample.config.pin_count = 2;
    check_one("oversubscribed", "5 vCPUs share 2 CPUs");
    sample.config.pin_count = 1;
    sample.config.vcpus = 2;
    check_one("oversubscribed", "2 vCPUs share 1 CPU");
    sample_native(&sample);
    check_one("oversubscribed", "2 threads share 1 CPU");
    sample_free(&sample);
}
END_TEST

/* Add a disk whose thread is bound to a CPU. */
static void add_disk(struct config_disk *config, enum config_notify notify, unsigned cpu)
{
    *config = config_disk_default;
    config->notify = notify;
    config->pin = cpu;
    sample.config.disks = sample.info.disks = 1;
    sample.info.disk[0] = (struct run_disk){.name = "blk0", .config = config, .opened = true};
}

START_TEST(a_disks_thread_beside_a_vcpu_is_reported)
{
    struct config_disk *disk = &sample.config.disk[0];

    sample_init(&sample);
    add_disk(disk, CONFIG_NOTIFY_POLL, 1);
    check_one("oversubscribed", "2 vCPUs and 1 polling disk thread share 2 CPUs");
    sample.host.quota.cpus = 2.5;
    check_codes("oversubscribed cpu_limit ");
    disk->pin = 2;
    check_one("cpu_limit", "the cgroup's CPU quota allows 2.5 CPUs: 2 vCPUs and 1 polling disk "
                           "thread can use more");
    sample.host.quota.cpus = 0;
    disk->pin = CONFIG_NO_PIN;
    check_codes("");
    sample.host.cpus_usable = 2;
    check_one("oversubscribed", "2 vCPUs and 1 polling disk thread share 2 CPUs");
    /* An unused disk has no thread, nor has the disk of a native run. */
    sample.info.disk[0].opened = false;
    check_codes("");
    sample.info.disk[0].opened = true;
    disk->notify = CONFIG_NOTIFY_IOEVENTFD;
    check_codes("");
    disk->pin = 1;
    check_one("disk_beside_vcpu",
              "the thread of blk0 shares CPU 1 with a vCPU (--disk cpu=, --pin)");
    disk->pin = 0;
    sample_native(&sample);
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(unknown_times_are_reported)
{
    sample_init(&sample);
    sample_row(&sample, "row", "", 9)->usage.time.runqueue_ns = CPUS_UNKNOWN;
    check_one("time_unknown", "unknown how long the vCPUs waited for a CPU and slept: the kernel "
                              "has no schedstat");
    sample_free(&sample);
}
END_TEST

START_TEST(mixed_cores_are_reported)
{
    struct cores cores = {
        .groups = 3,
        .kinds = 2,
        .group = {{.type = "P-core", .max_khz = 5400000, .cpus = "0-1", .count = 2},
                  {.type = "P-core", .max_khz = 5200000, .cpus = "2-3", .count = 2},
                  {.type = "E-core", .max_khz = 3900000, .cpus = "4", .count = 1, .kind = 1}}};

    sample_init(&sample);
    sample.report.cores = &cores;
    check_one("mixed_cores",
              "the vCPUs ran on cores of 2 kinds: P-core 5.4 GHz, E-core 3.9 GHz (--pin LIST)");
    sample.config.pin_count = 0;
    sample.config.vcpus = 1;
    sample_native(&sample);
    check_codes("unpinned mixed_cores ");
    cores.groups = 2;
    cores.kinds = 1;
    check_codes("unpinned ");
    sample_free(&sample);
}
END_TEST

START_TEST(a_low_cpu_quota_is_reported)
{
    sample_init(&sample);
    sample.host.quota.cpus = 2;
    check_codes("");
    sample.host.quota.cpus = 0.2;
    check_one("cpu_limit", "the cgroup's CPU quota allows 0.2 CPUs: 2 vCPUs can use more");
    sample.config.vcpus = 1;
    sample.host.quota.cpus = 1;
    sample_native(&sample);
    check_codes("");
    sample.report.has_throttled = true;
    check_codes("");
    sample.report.throttled = (struct quota_throttled){12, 700000000};
    check_one("cpu_throttled",
              "throttled by the cgroup's CPU quota in 12 periods, for 700 ms in all");
    sample_free(&sample);
}
END_TEST

START_TEST(unpinned_threads_are_reported)
{
    sample_init(&sample);
    sample.config.pin_count = 0;
    check_one("unpinned", "not pinned: the host's scheduler may move the vCPUs (--pin LIST)");
    sample.host.cpus_usable = 1;
    sample.config.vcpus = 1;
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(the_page_cache_is_reported)
{
    struct config_disk *disk = &sample.config.disk[0];
    struct result_row *row;

    sample_init(&sample);
    row = sample_row(&sample, "blk.randread", "", 9);
    add_disk(disk, CONFIG_NOTIFY_IOEVENTFD, CONFIG_NO_PIN);
    sample.info.disk[0].cached = true;
    check_codes("");
    row->has_io = true;
    check_one("page_cache", "blk0 uses the host's page cache (no direct): its I/O figures may "
                            "measure memory, not a device");
    disk->direct = true;
    check_one("page_cache", "blk0 is on a file system in memory: its I/O figures measure memory");
    sample_native(&sample);
    check_codes("page_cache ");
    sample.info.disk[0].cached = false;
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(properties_of_the_host_are_reported)
{
    sample_init(&sample);
    sample.host.virtualized = true;
    check_codes("virtualized_host ");
    sample.host.virtualized = false;
    sample.host.tsc_invariant = false;
    check_codes("tsc_not_invariant ");
    sample_free(&sample);
}
END_TEST

START_TEST(steal_time_is_reported_from_one_percent)
{
    sample_init(&sample);
    sample.report.steal_pct = -1; /* not known */
    check_codes("");
    sample.report.steal_pct = 1.0;
    check_codes("");
    sample.report.steal_pct = 1.3;
    check_one("steal", "1.3 % of CPU time was stolen by this host's hypervisor");
    sample_free(&sample);
}
END_TEST

START_TEST(a_clock_may_drift_a_little)
{
    sample_init(&sample);
    sample.info.end.ticks += 49 * SAMPLE_HZ / 1000000;
    check_codes("");
    sample.info.end.ticks += 50 * SAMPLE_HZ / 1000000;
    check_one("clock_drift", "the TSC frequency is off by 99 ppm against CLOCK_MONOTONIC_RAW");
    sample.info.end.ticks -= 200 * SAMPLE_HZ / 1000000;
    check_one("clock_drift", "the TSC frequency is off by -101 ppm against CLOCK_MONOTONIC_RAW");
    /* Too short to measure the drift. */
    sample.info.end.raw_ns = sample.info.begin.raw_ns + 1000;
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(missing_huge_pages_are_reported)
{
    struct memory_usage *memory = &sample.info.memory;

    sample_init(&sample);
    memory->huge_bytes = 100 << 20;
    check_one("huge_pages", "only 100 of 128 MiB touched are in huge pages, which are enabled");
    sample.config.thp = CONFIG_OFF;
    check_codes("");
    sample.config.thp = CONFIG_ON;
    check_codes("huge_pages ");
    sample.config.thp = CONFIG_DEFAULT;
    sample.config.hugepage_bytes = CONFIG_PAGE_2M;
    check_codes("");
    sample.config.hugepage_bytes = 0;
    sample.info.has_memory = false;
    check_codes("");
    sample.info.has_memory = true;
    /* Not reported for little memory. */
    memory->resident_bytes = 63 << 20;
    memory->huge_bytes = 0;
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(incomplete_prefault_is_reported)
{
    sample_init(&sample);
    sample.config.prefault = true;
    check_one("prefault", "only 128 of 2048 MiB are populated, despite --prefault");
    sample.config.mem_bytes = 128 << 20;
    check_codes("");
    sample.config.mem_bytes *= 2;
    sample.info.has_memory = false;
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(misplaced_memory_is_reported)
{
    sample_init(&sample);
    sample.config.numa.nodes = 2;
    check_one("numa_misplaced", "the kernel does not report the NUMA placement of memory");
    sample.info.has_nodes = true;
    sample.info.node[0] = (struct placement_node){0, 1 << 20, 0};
    sample.info.node[1] = (struct placement_node){3, 1 << 20, 0};
    check_codes("");
    sample.info.node[1].elsewhere = 4096;
    check_one("numa_misplaced", "4 of 1028 KiB touched in guest node 1 are not on host node 3");
    sample.config.numa.unbound = true;
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(kvms_count_is_compared_with_the_vmms)
{
    sample_init(&sample);
    sample.stat[0]->slot[EXIT_PIO_OUT].count = 5;
    sample.stat[1]->slot[EXIT_PIO_IN].count = 2;
    sample.vcpu[0].kvm[SAMPLE_IO_EXITS] = 7;
    check_codes("");
    sample.vcpu[0].kvm[SAMPLE_IO_EXITS] = 6;
    check_one("kvm_stats_mismatch",
              "KVM's statistic io_exits is 6, but 7 such exits reached user space");
    /* KVM may count more: not all exits reach user space. */
    sample.vcpu[0].kvm[SAMPLE_IO_EXITS] = 100;
    check_codes("");
    /* Devices of the harness are memory-mapped; a benchmark's device is counted only once. */
    sample.stat[0]->slot[EXIT_MMIO_WRITE].count = 3;
    sample.stat[0]->slot[exitstat_device(SAMPLE_DISK)].count = 3;
    sample.stat[1]->slot[exitstat_device(SAMPLE_PARAVIRT)].count = 4;
    sample.vcpu[1].kvm[SAMPLE_MMIO_EXITS] = 7;
    check_codes("");
    sample.vcpu[1].kvm[SAMPLE_MMIO_EXITS] = 6;
    check_one("kvm_stats_mismatch",
              "KVM's statistic mmio_exits is 6, but 7 such exits reached user space");
    sample.vcpu[1].has_kvm = false;
    check_codes("kvm_stats_partial ");
    sample_free(&sample);
}
END_TEST

START_TEST(a_missing_statistic_is_not_a_mismatch)
{
    sample_init(&sample);
    sample.stat[0]->slot[EXIT_PIO_OUT].count = 5;
    sample.info.vcpu_stats.name[SAMPLE_IO_EXITS] = "something_else";
    check_codes("");
    sample_free(&sample);
}
END_TEST

START_TEST(missing_statistics_are_reported)
{
    sample_init(&sample);
    sample.info.vcpu_stats.count = 0;
    sample.vcpu[0].has_kvm = sample.vcpu[1].has_kvm = false;
    check_codes("kvm_stats_absent ");
    sample_free(&sample);
}
END_TEST

START_TEST(partial_statistics_are_reported)
{
    sample_init(&sample);
    sample.vcpu[1].has_kvm = false;
    check_one("kvm_stats_partial", "KVM's statistics of 1 of 2 vCPUs could not be read: sums over "
                                   "all vCPUs are omitted");
    sample_free(&sample);
}
END_TEST

START_TEST(lost_log_bytes_are_reported)
{
    sample_init(&sample);
    sample.report.log_lost = 4711;
    check_one("log_lost", "4711 bytes of the log could not be written");
    sample_free(&sample);
}
END_TEST

START_TEST(the_guests_warnings_come_last)
{
    sample_init(&sample);
    sample.config.quick = true;
    strcpy(sample.result.warn[0].code, "small_arrays");
    strcpy(sample.result.warn[0].text, "arrays are small");
    strcpy(sample.result.warn[1].code, "above_bound");
    strcpy(sample.result.warn[1].text, "too good");
    sample.result.warned = 2;
    check_codes("quick small_arrays above_bound ");
    sample_free(&sample);
}
END_TEST

START_TEST(all_warnings_fit)
{
    struct warning warnings[WARNINGS_MAX];
    unsigned own, all;

    sample_init(&sample);
    sample.config.quick = sample.config.prefault = sample.host.virtualized = true;
    sample.config.pin_count = 0;
    sample.config.vcpus = 5;
    sample.info.stop = STOP_SIGNAL;
    sample.info.end.ticks += SAMPLE_HZ / 10;
    sample.info.memory.huge_bytes = 0;
    sample.host.tsc_invariant = false;
    sample.report.steal_pct = 50;
    sample.stat[0]->slot[EXIT_PIO_OUT].count = 5;
    sample_row(&sample, "wrong", "", 1)->check = RESULT_WRONG;
    check_codes("incomplete check_failed quick oversubscribed unpinned virtualized_host steal "
                "tsc_not_invariant clock_drift huge_pages prefault kvm_stats_mismatch ");
    own = warnings_find(&sample.report, warnings);
    for (unsigned i = 0; i < RESULT_WARNED_MAX; i++) {
        memset(sample.result.warn[i].code, 'c', CHANNEL_NAME_MAX - 1);
        memset(sample.result.warn[i].text, 't', sizeof(sample.result.warn[i].text) - 1);
    }
    sample.result.warned = RESULT_WARNED_MAX;
    all = warnings_find(&sample.report, warnings);
    ck_assert_uint_eq(all, own + RESULT_WARNED_MAX);
    ck_assert_uint_lt(all, WARNINGS_MAX);
    ck_assert_str_eq(warnings[all - 1].text, sample.result.warn[0].text);
    sample_free(&sample);
}
END_TEST

SUITE_MAIN("warnings", a_good_run_has_none, a_quick_run_is_reported,
           a_run_that_was_stopped_is_incomplete, failed_checks_are_counted,
           oversubscription_is_reported, a_disks_thread_beside_a_vcpu_is_reported,
           unknown_times_are_reported, mixed_cores_are_reported, a_low_cpu_quota_is_reported,
           the_page_cache_is_reported, unpinned_threads_are_reported,
           properties_of_the_host_are_reported, steal_time_is_reported_from_one_percent,
           a_clock_may_drift_a_little, missing_huge_pages_are_reported,
           incomplete_prefault_is_reported, misplaced_memory_is_reported,
           kvms_count_is_compared_with_the_vmms, a_missing_statistic_is_not_a_mismatch,
           missing_statistics_are_reported, partial_statistics_are_reported,
           lost_log_bytes_are_reported, the_guests_warnings_come_last, all_warnings_fit)
