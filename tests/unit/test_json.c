/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "minivmm/abi.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/unit/sample.h"

static struct sample sample;

/* The report, parsed strictly. */
static json_t *make(void)
{
    size_t bytes = 0;
    char *text = report_json(&sample.report, &bytes);
    json_error_t error;
    json_t *json;

    ck_assert(text != NULL);
    ck_assert_uint_eq(bytes, strlen(text));
    ck_assert_int_eq(text[bytes - 1], '\n');
    json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json != NULL, "line %d: %s", error.line, error.text);
    free(text);
    return json;
}

/* Whether the key is a mean, which may be below 1 ns. */
static bool is_mean(const char *key)
{
    return !strcmp(key, "loop_ns") || !strcmp(key, "trap_ns");
}

/* All times are non-negative integers. */
static void check_times(json_t *json)
{
    const char *key;
    json_t *value;
    size_t i;

    json_object_foreach (json, key, value) {
        size_t length = strlen(key);

        if (length > 3 && !strcmp(key + length - 3, "_ns") && !is_mean(key) &&
            !json_is_object(value) && !json_is_array(value))
            ck_assert_msg(json_is_integer(value) && json_integer_value(value) >= 0, "%s", key);
        check_times(value);
    }
    json_array_foreach (json, i, value)
        check_times(value);
}

/* All numbers in an object are non-negative. */
static void check_counts(json_t *json)
{
    const char *key;
    json_t *value;

    json_object_foreach (json, key, value)
        ck_assert_msg(json_is_integer(value) && json_integer_value(value) >= 0, "%s", key);
}

static void check_int(const json_t *json, const char *path, json_int_t expected)
{
    json_int_t found = json_int_at(json, path);

    ck_assert_msg(found == expected, "%s is %lld", path, (long long)found);
}

static void check_text(const json_t *json, const char *path, const char *expected)
{
    ck_assert_str_eq(json_text_at(json, path), expected);
}

static void check_real(const json_t *json, const char *path, double expected)
{
    ck_assert_double_eq_tol(json_number_value(json_at(json, path)), expected, 1e-9);
}

static void check_absent(const json_t *json, const char *path)
{
    ck_assert_msg(!json_has(json, path), "%s is there", path);
}

START_TEST(the_run_is_described)
{
    json_t *json;

    sample_init(&sample);
    json = make();
    check_text(json, "schema", "minivmm-report/1");
    check_text(json, "env", "vm");
    ck_assert(json_is_string(json_at(json, "tool.version")));
    ck_assert(json_is_string(json_at(json, "tool.commit")));
    check_text(json, "host.cpu", "AMD EPYC 7763 64-Core Processor");
    check_int(json, "host.cpus_usable", 4);
    check_text(json, "host.kvm_module", "kvm_amd");
    check_text(json, "host.paging", "npt");
    check_int(json, "host.caches_bytes.llc", 32 << 20);
    check_text(json, "host.mitigations.spectre_v2", "Mitigation: Retpolines");
    check_real(json, "host.steal_pct", 0);
    check_int(json, "config.mem_bytes", 2ll << 30);
    check_int(json, "config.vcpus", 2);
    check_int(json, "config.guest_page_bytes", 2 << 20);
    check_int(json, "config.pin.1", 1);
    check_int(json, "config.xcr0", 7);
    check_text(json, "config.cpu_features.asked", "host");
    check_int(json, "config.cpu_features.xcr0", 7);
    check_int(json, "config.topology.sockets", 1);
    check_int(json, "config.topology.cores", SAMPLE_VCPUS);
    check_int(json, "config.topology.threads", 1);
    check_text(json, "config.thp", "default");
    check_int(json, "clock.tsc_hz", SAMPLE_HZ);
    check_int(json, "clock.tsc_offset", -12345);
    check_real(json, "clock.drift_ppm", 0);
    check_text(json, "end.reason", "guest");
    check_int(json, "end.guest_status", 0);
    check_int(json, "kvm_stats.remote_tlb_flush", 17);
    ck_assert_uint_eq(json_array_size(json_at(json, "benches")), 0);
    ck_assert_uint_eq(json_array_size(json_at(json, "warnings")), 0);
    check_times(json);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(an_io_row_reports_the_page_cache)
{
    json_t *json;

    sample_init(&sample);
    sample.config.disk[0] = config_disk_default;
    sample.info.disks = 1;
    sample.info.disk[0] = (struct run_disk){
        .name = "blk0", .config = &sample.config.disk[0], .engine = "sync", .cached = true};
    sample_row(&sample, "blk.read", "bs=4096", 3)->has_io = true;
    sample_row(&sample, "fma", "", 3);
    json = make();
    ck_assert(json_is_true(json_at(json, "benches.0.page_cache")));
    ck_assert(json_is_true(json_at(json, "devices.blk0.page_cache")));
    check_absent(json, "benches.1.page_cache");
    json_decref(json);
    sample.info.disk[0].cached = false;
    json = make();
    ck_assert(json_is_false(json_at(json, "benches.0.page_cache")));
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(cores_are_grouped)
{
    struct cores cores = {
        .groups = 2,
        .kinds = 2,
        .group = {
            {.type = "P-core", .cpus = "0-3", .count = 4, .max_khz = 5400000, .capacity = 1024},
            {.cpus = "4", .count = 1, .kind = 1}}};
    json_t *json;

    sample_init(&sample);
    sample.report.cores = &cores;
    json = make();
    check_text(json, "host.cores.0.type", "P-core");
    check_text(json, "host.cores.0.cpus", "0-3");
    check_int(json, "host.cores.0.count", 4);
    check_int(json, "host.cores.0.max_khz", 5400000);
    check_int(json, "host.cores.0.capacity", 1024);
    check_text(json, "host.cores.0.kind", "P-core 5.4 GHz");
    check_absent(json, "host.cores.1.type");
    check_absent(json, "host.cores.1.kind");
    check_absent(json, "host.cores.1.max_khz");
    check_absent(json, "host.cores.1.capacity");
    json_decref(json);
    sample.report.cores = NULL;
    json = make();
    check_absent(json, "host.cores");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(a_cpu_quota_is_reported_with_its_throttling)
{
    json_t *json;

    sample_init(&sample);
    sample.host.quota.cpus = 0.2;
    strcpy(sample.host.quota.text, "20000 100000");
    sample.report.has_throttled = true;
    sample.report.throttled = (struct quota_throttled){12, 700000000};
    json = make();
    check_real(json, "host.cpu_limit", 0.2);
    check_text(json, "host.cgroup_cpu", "20000 100000");
    check_int(json, "host.cpu_throttled.periods", 12);
    check_int(json, "host.cpu_throttled.ns", 700000000);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(startup_times_are_integers)
{
    json_t *json;

    sample_init(&sample);
    json = make();
    check_int(json, "startup.exec_to_main_ns", 400000);
    check_int(json, "startup.main_to_entry_ns", 1500000);
    check_int(json, "startup.entry_to_user_ns", 90000);
    check_int(json, "startup.exec_to_user_ns", 1990000);
    check_int(json, "startup.exec_to_last_user_ns", 2500000);
    check_int(json, "startup.teardown_ns", 600000);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(memory_is_reported_by_page_size)
{
    json_t *json;

    sample_init(&sample);
    json = make();
    check_int(json, "config.host_page_used_bytes.4k", 2 << 20);
    check_int(json, "config.host_page_used_bytes.2m", 126 << 20);
    check_int(json, "config.host_page_used_bytes.1g", 0);
    check_int(json, "memory.resident_bytes", 128 << 20);
    check_int(json, "memory.vmm_pss_bytes", 300 << 10);
    json_decref(json);
    sample.info.memory.pss_bytes = sample.info.memory.other_pss_bytes = UINT64_MAX;
    json = make();
    check_int(json, "memory.resident_bytes", 128 << 20);
    check_absent(json, "memory.pss_bytes");
    check_absent(json, "memory.vmm_pss_bytes");
    json_decref(json);
    sample.info.memory = (struct memory_usage){.resident_bytes = 2ull << 30,
                                               .hugetlb_bytes = 2ull << 30,
                                               .hugetlb_page_bytes = CONFIG_PAGE_1G};
    json = make();
    check_int(json, "config.host_page_used_bytes.4k", 0);
    check_int(json, "config.host_page_used_bytes.2m", 0);
    check_int(json, "config.host_page_used_bytes.1g", 2ll << 30);
    json_decref(json);
    sample.info.memory.hugetlb_page_bytes = CONFIG_PAGE_2M;
    json = make();
    check_int(json, "config.host_page_used_bytes.2m", 2ll << 30);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(unknown_values_are_omitted)
{
    static const char *const absent[] = {"host.kvm_module",
                                         "host.paging",
                                         "host.cpu",
                                         "host.memory_bytes",
                                         "host.numa_nodes",
                                         "host.memory_limit_bytes",
                                         "host.caches_bytes.l1d",
                                         "host.governor",
                                         "host.cgroup_cpu",
                                         "host.cpu_limit",
                                         "host.cpu_throttled",
                                         "host.cpus",
                                         "host.cpus_usable",
                                         "host.steal_pct",
                                         "host.caches_bytes",
                                         "host.mitigations",
                                         "vcpus.0.time_ns.on_cpu",
                                         "vcpus.0.time_ns.runqueue",
                                         "benches.0.time_ns.on_cpu",
                                         "benches.0.time_ns.runqueue",
                                         "benches.0.time_ns.running",
                                         "benches.0.time_ns.asleep",
                                         "startup.exec_to_main_ns",
                                         "startup.entry_to_user_ns",
                                         "startup.teardown_ns",
                                         "memory",
                                         "config.host_page_used_bytes",
                                         "clock.drift_ppm",
                                         "config.bench",
                                         "config.kernels_sha256",
                                         "end.fault",
                                         "end.error",
                                         "end.guest_status",
                                         "vcpus.0.kvm_stats",
                                         "benches.0.time_ns.halted",
                                         "benches.0.irqs_per_op"};
    struct result_row *row;
    json_t *json;

    sample_init(&sample);
    row = sample_row(&sample, "row", "", 3);
    row->usage.time = sample.vcpu[0].time = (struct cpus_time){CPUS_UNKNOWN, CPUS_UNKNOWN};
    sample.report.steal_pct = -1;
    sample.host = (struct hostinfo){.memory_limit_bytes = UINT64_MAX};
    sample.info.startup =
        (struct run_startup){RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN,
                             RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN, RUN_INFO_UNKNOWN};
    sample.info.has_memory = false;
    sample.info.end = sample.info.begin;
    sample.info.vcpu_stats.count = 0;
    sample.vcpu[0].has_kvm = false;
    sample.result.exited = false;
    json = make();
    for (unsigned i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        check_absent(json, absent[i]);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(a_row_has_its_figures)
{
    struct result_row *row;
    json_t *json;

    sample_init(&sample);
    row = sample_row(&sample, "blk.randread", "bs=4096,store=nt", 9);
    row->begin.better = CHANNEL_LOWER;
    row->usage.count[EXIT_MMIO_WRITE] = 500;
    row->usage.count[exitstat_device(SAMPLE_DISK)] = 500;
    row->usage.count[exitstat_device(SAMPLE_CHANNEL)] = 3;
    row->usage.handler_ns[EXIT_MMIO_WRITE] = 2000000;
    row->usage.in_run_ns = 7000000;
    row->usage.time = (struct cpus_time){.on_cpu_ns = 8500000, .runqueue_ns = 500000};
    row->usage.kvm[SAMPLE_HALT_WAIT] = 1000;
    row->usage.kvm[SAMPLE_IRQS] = 250;
    row->usage.kvm[SAMPLE_PAGES] = 12;
    json = make();
    check_text(json, "benches.0.name", "blk.randread");
    check_int(json, "benches.0.params.bs", 4096);
    check_text(json, "benches.0.params.store", "nt");
    check_int(json, "benches.0.threads", 1);
    check_text(json, "benches.0.unit", "GB/s");
    check_text(json, "benches.0.better", "lower");
    check_text(json, "benches.0.check", "ok");
    check_text(json, "benches.0.check_detail.what", "error");
    check_real(json, "benches.0.check_detail.value", 0.25);
    ck_assert_uint_eq(json_array_size(json_at(json, "benches.0.samples")), 9);
    check_real(json, "benches.0.samples.8", 9);
    check_real(json, "benches.0.median", 5);
    check_real(json, "benches.0.ci95.0", 2);
    check_real(json, "benches.0.ci95.1", 8);
    ck_assert(json_real_value(json_at(json, "benches.0.confidence")) >= 0.95);
    check_int(json, "benches.0.ops", 1000);
    check_int(json, "benches.0.window_ns", 10000000);
    check_int(json, "benches.0.time_ns.in_kvm_run", 7000000);
    check_int(json, "benches.0.time_ns.runqueue", 500000);
    check_int(json, "benches.0.time_ns.handler", 2000000);
    check_int(json, "benches.0.time_ns.on_cpu", 8500000);
    check_int(json, "benches.0.time_ns.running", 6999000);
    check_int(json, "benches.0.time_ns.asleep", 501000);
    check_int(json, "benches.0.time_ns.halted", 1000);
    check_int(json, "benches.0.exits_user.mmio_write", 500);
    check_absent(json, "benches.0.exits_user.pio_in");
    check_int(json, "benches.0.exits_devices.blk0", 500);
    check_absent(json, "benches.0.exits_devices.channel");
    check_int(json, "benches.0.exits_harness.channel", 3);
    check_absent(json, "benches.0.exits_harness.blk0");
    check_real(json, "benches.0.exits_user_per_op", 0.5);
    check_real(json, "benches.0.irqs_per_op", 0.25);
    check_int(json, "benches.0.exits_kernel.irq_injections.count", 250);
    check_text(json, "benches.0.exits_kernel.irq_injections.source", "kvm_stats");
    /* Times and peak values are not exit counts. */
    check_absent(json, "benches.0.exits_kernel.halt_wait_ns");
    check_absent(json, "benches.0.exits_kernel.pages_4k");
    check_times(json);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

/* Add times of single operations to a row: 1000 ns each, and one of 5000 ns. */
static void time_row(struct result_row *row, unsigned count, uint32_t handler_ns)
{
    row->has_cost = true;
    row->cost = (struct channel_cost){.answer = CHANNEL_BY_VMM, .ring = 3, .exit = "pio_out"};
    row->first_time = sample.result.times;
    row->times = count;
    for (unsigned i = 0; i < count; i++)
        sample.result.time[sample.result.times++] =
            (struct result_time){SAMPLE_HZ / 1000000 * (i ? 1 : 5), handler_ns};
}

START_TEST(an_exit_has_its_cost)
{
    struct result_row *row;
    json_t *json;

    sample_init(&sample);
    row = sample_row(&sample, "exits.pio.out", "", 5);
    time_row(row, 9, 60);
    row->cost.loop_ns = 0.5;
    json = make();
    check_text(json, "benches.0.exit_cost.answered_by", "vmm");
    check_text(json, "benches.0.exit_cost.exit", "pio_out");
    check_int(json, "benches.0.exit_cost.ring", 3);
    ck_assert(json_is_false(json_at(json, "benches.0.exit_cost.interpreted")));
    check_real(json, "benches.0.exit_cost.loop_ns", 0.5);
    check_absent(json, "benches.0.exit_cost.trap_ns");
    check_int(json, "benches.0.exit_cost.roundtrip_ns.p50", 1000);
    check_int(json, "benches.0.exit_cost.roundtrip_ns.p99", 1000);
    check_int(json, "benches.0.exit_cost.roundtrip_ns.max", 5000);
    check_int(json, "benches.0.exit_cost.handler_ns.max", 60);
    check_int(json, "benches.0.exit_cost.switch_ns.p50", 940);
    check_int(json, "benches.0.exit_cost.switch_ns.max", 4940);
    ck_assert_uint_eq(json_array_size(json_at(json, "benches.0.exit_cost.handler_samples_ns")), 9);
    ck_assert_uint_eq(json_array_size(json_at(json, "benches.0.exit_cost.roundtrip_samples_ns")),
                      9);
    /* In the order of operations. */
    check_int(json, "benches.0.exit_cost.roundtrip_samples_ns.0", 5000);
    check_int(json, "benches.0.exit_cost.roundtrip_samples_ns.8", 1000);
    check_int(json, "benches.0.exit_cost.handler_samples_ns.8", 60);
    check_absent(json, "benches.0.exits_kernel.pio_out");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(an_exit_handled_by_kvm_has_no_handler_time)
{
    struct result_row *row;
    json_t *json;

    sample_init(&sample);
    row = sample_row(&sample, "exits.rdmsr", "", 5);
    time_row(row, 3, RESULT_NO_HANDLER);
    row->cost = (struct channel_cost){
        .answer = CHANNEL_BY_KVM, .interpreted = 1, .exit = "rdmsr", .trap_ns = 7};
    row = sample_row(&sample, "exits.trap", "", 5);
    row->has_cost = true;
    row->cost = (struct channel_cost){.answer = CHANNEL_BY_GUEST, .ring = 3, .exit = "none"};
    sample_row(&sample, "stream.triad", "", 5);
    json = make();
    check_text(json, "benches.0.exit_cost.answered_by", "kvm");
    check_int(json, "benches.0.exit_cost.ring", 0);
    ck_assert(json_is_true(json_at(json, "benches.0.exit_cost.interpreted")));
    check_real(json, "benches.0.exit_cost.trap_ns", 7);
    check_int(json, "benches.0.exit_cost.roundtrip_ns.p50", 1000);
    check_absent(json, "benches.0.exit_cost.handler_ns");
    check_absent(json, "benches.0.exit_cost.handler_samples_ns");
    check_absent(json, "benches.0.exit_cost.switch_ns");
    check_int(json, "benches.0.exits_kernel.rdmsr.count", 1000);
    check_text(json, "benches.0.exits_kernel.rdmsr.source", "guest");
    check_text(json, "benches.1.exit_cost.answered_by", "guest");
    check_absent(json, "benches.1.exit_cost.roundtrip_ns");
    check_absent(json, "benches.1.exits_kernel.none");
    check_absent(json, "benches.2.exit_cost");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

/* A KVM statistic with the name of the guest's operation. */
START_TEST(the_guests_count_has_priority)
{
    struct result_row *row;
    json_t *json;

    sample_init(&sample);
    row = sample_row(&sample, "exits.row", "", 5);
    row->has_cost = true;
    row->cost =
        (struct channel_cost){.answer = CHANNEL_BY_KVM, .ring = 3, .exit = "irq_injections"};
    row->usage.kvm[SAMPLE_IRQS] = 7;
    json = make();
    check_int(json, "benches.0.exits_kernel.irq_injections.count", 1000);
    check_text(json, "benches.0.exits_kernel.irq_injections.source", "guest");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(numeric_parameters_are_numbers)
{
    static const char params[] = "a=0,b=-5,c=007,d=0x10,e=99999999999999999999,f=+1,g=1.5,h=x";
    json_t *json;

    sample_init(&sample);
    sample_row(&sample, "row", params, 1);
    json = make();
    check_int(json, "benches.0.params.a", 0);
    check_int(json, "benches.0.params.b", -5);
    check_text(json, "benches.0.params.c", "007");
    check_text(json, "benches.0.params.d", "0x10");
    check_text(json, "benches.0.params.e", "99999999999999999999");
    check_text(json, "benches.0.params.f", "+1");
    check_text(json, "benches.0.params.g", "1.5");
    check_text(json, "benches.0.params.h", "x");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(an_incomplete_row_has_its_samples)
{
    struct result_row *row;
    json_t *json;

    sample_init(&sample);
    row = sample_row(&sample, "nothing", "", 0);
    row->check = RESULT_UNCHECKED;
    row->ended = false;
    row = sample_row(&sample, "some", "", 3);
    row->check = RESULT_UNCHECKED;
    row->ended = false;
    row = sample_row(&sample, "wrong", "", 1);
    row->check = RESULT_WRONG;
    row->checked.value = NAN;
    row->ops = 0;
    json = make();
    check_text(json, "benches.0.check", "none");
    check_absent(json, "benches.0.median");
    check_absent(json, "benches.0.check_detail");
    check_real(json, "benches.1.median", 2);
    check_absent(json, "benches.1.ops");
    check_absent(json, "benches.1.window_ns");
    check_text(json, "benches.2.check", "failed");
    check_absent(json, "benches.2.check_detail.value");
    check_real(json, "benches.2.check_detail.limit", 1);
    check_int(json, "benches.2.ops", 0);
    check_absent(json, "benches.2.exits_user_per_op");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(vcpus_have_their_exits)
{
    json_t *json;

    sample_init(&sample);
    exitstat_add(sample.stat[1], EXIT_PIO_OUT, 1000);
    exitstat_add(sample.stat[1], EXIT_PIO_OUT, 3000);
    exitstat_add(sample.stat[1], exitstat_device(SAMPLE_DISK), 3000);
    exitstat_add(sample.stat[1], exitstat_device(SAMPLE_CHANNEL), 5);
    sample.stat[1]->in_run_ns = 777;
    sample.vcpu[1].time = (struct cpus_time){.on_cpu_ns = 99, .runqueue_ns = 88};
    sample.vcpu[1].kvm[SAMPLE_PAGES] = 12;
    json = make();
    ck_assert_uint_eq(json_array_size(json_at(json, "vcpus")), 2);
    check_int(json, "vcpus.1.id", 1);
    check_int(json, "vcpus.1.exits_user.pio_out.count", 2);
    check_int(json, "vcpus.1.exits_user.pio_out.handler_ns.sum", 4000);
    check_int(json, "vcpus.1.exits_user.pio_out.handler_ns.min", 1000);
    check_int(json, "vcpus.1.exits_user.pio_out.handler_ns.max", 3000);
    ck_assert_int_ge(json_int_at(json, "vcpus.1.exits_user.pio_out.handler_ns.p50"), 1000);
    ck_assert_int_le(json_int_at(json, "vcpus.1.exits_user.pio_out.handler_ns.p99"), 3000);
    check_int(json, "vcpus.1.exits_devices.blk0.count", 1);
    check_int(json, "vcpus.1.exits_harness.channel.count", 1);
    check_int(json, "vcpus.1.time_ns.in_kvm_run", 777);
    check_int(json, "vcpus.1.time_ns.runqueue", 88);
    check_int(json, "vcpus.1.time_ns.on_cpu", 99);
    check_int(json, "vcpus.1.kvm_stats.pages_4k", 12);
    check_absent(json, "vcpus.0.exits_user.pio_out");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(masked_features_are_listed)
{
    struct features_masked *masked = &sample.info.masked;
    json_t *json;

    sample_init(&sample);
    sample.config.cpu.text = "host,-avx512f,-popcnt";
    masked->disabled.has[features_find("avx512f", 7)] = true;
    masked->disabled.has[features_find("avx512vl", 8)] = true;
    masked->hidden.has[features_find("popcnt", 6)] = true;
    json = make();
    check_text(json, "config.cpu_features.asked", "host,-avx512f,-popcnt");
    check_text(json, "config.cpu_features.disabled.0", "avx512f");
    check_text(json, "config.cpu_features.disabled.1", "avx512vl");
    check_text(json, "config.cpu_features.hidden.0", "popcnt");
    check_absent(json, "config.cpu_features.hidden.1");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(numa_nodes_have_their_placement)
{
    json_t *json;

    sample_init(&sample);
    json = make();
    check_absent(json, "config.numa");
    json_decref(json);
    sample.config.numa = (struct config_numa){.nodes = 2, .unbound = true};
    json = make();
    check_int(json, "config.numa.nodes", 2);
    ck_assert(json_is_false(json_at(json, "config.numa.bound")));
    check_int(json, "config.numa.node.1.vcpus", SAMPLE_VCPUS / 2);
    check_int(json, "config.numa.node.1.mem_bytes", 1 << 30);
    check_absent(json, "config.numa.node.0.host_node");
    json_decref(json);
    sample.config.numa.unbound = false;
    sample.info.has_nodes = true;
    sample.info.node[1] = (struct placement_node){3, 4096, 8192};
    json = make();
    ck_assert(json_is_true(json_at(json, "config.numa.bound")));
    check_int(json, "config.numa.node.1.host_node", 3);
    check_int(json, "config.numa.node.1.resident_bytes", 4096);
    check_int(json, "config.numa.node.1.resident_elsewhere_bytes", 8192);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(a_native_run_omits_vm_fields)
{
    static const char *const absent[] = {"vcpus",
                                         "kvm_stats",
                                         "config.guest_page_bytes",
                                         "config.xcr0",
                                         "config.cpu_features",
                                         "config.topology",
                                         "clock.tsc_offset",
                                         "benches.0.exits_user",
                                         "benches.0.exits_harness",
                                         "benches.0.exits_kernel",
                                         "benches.0.exits_user_per_op",
                                         "benches.0.time_ns.in_kvm_run",
                                         "startup.teardown_ns"};
    json_t *json;

    sample_init(&sample);
    sample_row(&sample, "row", "", 9)->usage.time.runqueue_ns = 5;
    sample_native(&sample);
    json = make();
    check_text(json, "env", "native");
    check_int(json, "benches.0.time_ns.runqueue", 5);
    check_int(json, "benches.0.ops", 1000);
    for (unsigned i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        check_absent(json, absent[i]);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(the_end_is_reported)
{
    json_t *json;

    sample_init(&sample);
    sample.info.stop = STOP_ERROR;
    err_set(&sample.info.error, ERR_FAILED, "it went wrong");
    sample.result.has_fault = true;
    sample.result.fault = (struct channel_fault){
        .vector = 13, .vcpu = 1, .rip = 0x400010, .regs = {[15] = UINT64_MAX}};
    strcpy(sample.result.skip[0].name, "touch");
    strcpy(sample.result.skip[0].reason, "no \"memory\" \\");
    sample.result.skipped = 1;
    strcpy(sample.result.fail[0].name, "blk.read");
    strcpy(sample.result.fail[0].reason, "I/O error");
    sample.result.failed = 1;
    json = make();
    check_text(json, "end.reason", "error");
    check_text(json, "end.error", "it went wrong");
    check_int(json, "end.fault.vector", 13);
    check_text(json, "end.fault.rip", "0x400010");
    check_text(json, "end.fault.regs.r15", "0xffffffffffffffff");
    check_text(json, "skipped.0.reason", "no \"memory\" \\");
    check_text(json, "failed.0.name", "blk.read");
    check_text(json, "failed.0.reason", "I/O error");
    check_text(json, "warnings.0.code", "incomplete");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(interrupted_rows_are_marked)
{
    static struct pauses pauses;
    struct result_row *first, *second;
    json_t *json;

    sample_init(&sample);
    first = sample_row(&sample, "stream.copy", "", 3);
    second = sample_row(&sample, "stream.add", "", 3);
    first->began_ns = 100;
    first->ended_ns = 200;
    second->began_ns = 300;
    second->ended_ns = 400;
    pauses = (struct pauses){
        .count = 1,
        .pause = {{.kind = PAUSE_FROZEN, .from_ns = 310, .to_ns = 390, .ns = 1020000000}}};
    sample.report.pauses = &pauses;
    json = make();
    ck_assert(!json_has(json, "benches.0.interrupted"));
    ck_assert(json_is_true(json_at(json, "benches.1.interrupted")));
    check_text(json, "benches.1.check", "ok");
    check_text(json, "warnings.0.code", "interrupted");
    check_text(json, "warnings.0.text",
               "the run was frozen for up to 1.02 s; 1 of 2 results overlaps this and is void");
    ck_assert(report_failed(&sample.report));
    json_decref(json);
    /* Between the two rows. */
    pauses.pause[0].from_ns = 210;
    pauses.pause[0].to_ns = 290;
    json = make();
    ck_assert(!json_has(json, "benches.1.interrupted"));
    check_text(json, "warnings.0.text",
               "the run was frozen for up to 1.02 s; no result overlaps this");
    ck_assert(!report_failed(&sample.report));
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(names_without_a_result_are_listed)
{
    json_t *json;

    sample_init(&sample);
    sample_row(&sample, "stream.copy", "", 3);
    sample.config.bench = "touch,stream,none,exits.cpuid";
    json = make();
    ck_assert_uint_eq(json_array_size(json_at(json, "end.missing")), 2);
    check_text(json, "end.missing.0", "touch");
    check_text(json, "end.missing.1", "exits.cpuid");
    json_decref(json);
    sample.config.bench = "stream";
    json = make();
    ck_assert(!json_has(json, "end.missing"));
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(extreme_numbers_are_numbers)
{
    struct result_row *row;
    json_t *json;

    sample_init(&sample);
    row = sample_row(&sample, "extreme", "n=9223372036854775807", 2);
    sample.result.sample[0] = sample.result.sample[1] = DBL_MAX;
    row->checked =
        (struct channel_check){.ok = 0, .what = "x", .value = INFINITY, .limit = -INFINITY};
    row->check = RESULT_WRONG;
    row->ops = row->window_ticks = INT64_MAX;
    time_row(row, 2, UINT32_MAX - 1);
    sample.result.time[0].ticks = INT64_MAX;
    sample.result.time[1].ticks = 0;
    row->cost.loop_ns = row->cost.trap_ns = DBL_MAX;
    memset(&sample.result.fault, 0xff, sizeof(sample.result.fault));
    sample.result.has_fault = true;
    sample.result.exit_status = UINT32_MAX;
    json = make();
    check_int(json, "benches.0.params.n", INT64_MAX);
    ck_assert_double_eq(json_real_value(json_at(json, "benches.0.median")), DBL_MAX);
    check_int(json, "benches.0.ops", INT64_MAX);
    check_int(json, "benches.0.exit_cost.roundtrip_samples_ns.0", INT64_MAX / 2);
    check_int(json, "benches.0.exit_cost.handler_samples_ns.1", UINT32_MAX - 1);
    check_absent(json, "benches.0.check_detail.value");
    check_absent(json, "benches.0.check_detail.limit");
    check_int(json, "end.guest_status", UINT32_MAX);
    check_int(json, "end.fault.vector", UINT32_MAX);
    check_text(json, "end.fault.cs", "0xffffffffffffffff");
    check_times(json);
    check_counts(json_at(json, "benches.0.time_ns"));
    json_decref(json);
    sample_free(&sample);
}
END_TEST

/* Strings from the user may not be valid UTF-8. */
START_TEST(invalid_utf8_is_escaped)
{
    json_t *json;

    sample_init(&sample);
    sample.config.guest = "\xff\xfe.elf";
    sample.config.args = "\x01\"\\\n";
    strcpy(sample.host.kernel, "Linux \xc3");
    json = make();
    check_text(json, "config.args", "\x01\"\\\n");
    check_text(json, "config.guest", "\\xff\\xfe.elf");
    check_text(json, "host.kernel", "Linux \\xc3");
    json_decref(json);
    sample_free(&sample);
}
END_TEST

START_TEST(the_vmms_work_is_reported)
{
    json_t *json;

    sample_init(&sample);
    sample_row(&sample, "exits.floor", "exit=pio_out", 3)->begin.flags = MINIVMM_BENCH_BARE_RUN;
    json = make();
    check_absent(json, "bare_kvm_run");
    json_decref(json);
    sample_row(&sample, "exits.added", "exit=pio_out", 1)->begin.flags = MINIVMM_BENCH_ADDED_WORK;
    json = make();
    check_real(json, "bare_kvm_run.pio_out.bare_ns", 2);
    check_real(json, "bare_kvm_run.pio_out.added_ns", 1);
    check_real(json, "bare_kvm_run.pio_out.ratio", 1.5);
    json_decref(json);
    sample_free(&sample);
}
END_TEST

SUITE_MAIN("json", the_run_is_described, an_io_row_reports_the_page_cache, cores_are_grouped,
           a_cpu_quota_is_reported_with_its_throttling, startup_times_are_integers,
           memory_is_reported_by_page_size, unknown_values_are_omitted, a_row_has_its_figures,
           an_exit_has_its_cost, an_exit_handled_by_kvm_has_no_handler_time,
           the_guests_count_has_priority, numeric_parameters_are_numbers,
           an_incomplete_row_has_its_samples, vcpus_have_their_exits, masked_features_are_listed,
           numa_nodes_have_their_placement, a_native_run_omits_vm_fields, the_end_is_reported,
           names_without_a_result_are_listed, interrupted_rows_are_marked,
           extreme_numbers_are_numbers, invalid_utf8_is_escaped, the_vmms_work_is_reported)
