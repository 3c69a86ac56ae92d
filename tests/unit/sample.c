/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <string.h>

#include "tests/unit/sample.h"

static void snapshot(void *ctx, struct usage *usage)
{
    (void)ctx;
    memset(usage, 0, sizeof(*usage));
}

static void log_text(void *ctx, const char *text)
{
    (void)ctx, (void)text;
}

static void describe_host(struct hostinfo *host)
{
    *host = (struct hostinfo){
        .cpu = "AMD EPYC 7763 64-Core Processor",
        .family = 25,
        .model = 1,
        .stepping = 1,
        .cpus = 8,
        .cpus_usable = 4,
        .tsc_invariant = true,
        .memory_bytes = 32ull << 30,
        .memory_limit_bytes = 16ull << 30,
        .caches = {32 << 10, 512 << 10, 32 << 20},
        .numa_nodes = 1,
        .kernel = "Linux 6.1.0",
        .kvm_module = "kvm_amd",
        .paging = "npt",
        .thp = "always [madvise] never",
        .mitigation = {{"spectre_v2", "Mitigation: Retpolines"}},
        .mitigations = 1,
    };
}

static void describe_run(struct sample *sample)
{
    static const char *const devices[] = {
        [SAMPLE_CHANNEL] = "channel", [SAMPLE_PARAVIRT] = "paravirt", [SAMPLE_DISK] = "blk0"};
    static const char *const stats[] = {[SAMPLE_IO_EXITS] = "io_exits",
                                        [SAMPLE_MMIO_EXITS] = "mmio_exits",
                                        [SAMPLE_IRQS] = "irq_injections",
                                        [SAMPLE_HALT_WAIT] = "halt_wait_ns",
                                        [SAMPLE_HALT_POLL] = "halt_poll_fail_ns",
                                        [SAMPLE_HALT_FOUND] = "halt_poll_success_ns",
                                        [SAMPLE_PAGES] = "pages_4k"};
    struct run_info *info = &sample->info;

    *info = (struct run_info){
        .env = RUN_VM,
        .stop = STOP_GUEST,
        .startup = {.exec_to_main = 400000,
                    .main_to_entry = 1500000,
                    .entry_to_user = 90000,
                    .exec_to_user = 1990000,
                    .exec_to_last_user = 2500000,
                    .teardown = 600000},
        .rate = clock_rate_of(SAMPLE_HZ),
        .begin = {.ticks = 1000, .raw_ns = 500},
        .end = {.ticks = 1000 + SAMPLE_HZ, .raw_ns = 500 + 1000000000},
        .tsc_offset = -12345,
        .memory = {.resident_bytes = 128 << 20,
                   .huge_bytes = 126 << 20,
                   .pss_bytes = 128 << 20,
                   .other_pss_bytes = 300 << 10},
        .has_memory = true,
        .vcpus = SAMPLE_VCPUS,
        .vcpu = sample->vcpu,
        .devices = SAMPLE_DEVICES,
        .device_for_harness = {[SAMPLE_CHANNEL] = true, [SAMPLE_PARAVIRT] = true},
        .vcpu_stats = {.count = SAMPLE_STATS, .peak = {[SAMPLE_PAGES] = true}},
        .xcr0 = 7,
    };
    memcpy(info->device, devices, sizeof(devices));
    memcpy(info->vcpu_stats.name, stats, sizeof(stats));
    info->vm_stats.name[0] = "remote_tlb_flush";
    info->vm_stats.count = 1;
    info->vm_stat[0] = 17;
    for (unsigned i = 0; i < SAMPLE_VCPUS; i++) {
        sample->stat[i] = exitstat_alloc();
        ck_assert(sample->stat[i] != NULL);
        sample->vcpu[i] = (struct run_vcpu){.stat = sample->stat[i], .has_kvm = true};
    }
}

void sample_init(struct sample *sample)
{
    struct result_source source = {snapshot, NULL, log_text, NULL, NULL, NULL};
    struct err err = {0};

    config_init(&sample->config);
    sample->config.guest = "bench.elf";
    sample->config.vcpus = SAMPLE_VCPUS;
    sample->config.pin[1] = 1;
    sample->config.pin_count = 2;
    ck_assert_msg(!result_init(&sample->result, &source, CONFIG_VCPUS_MAX, &err), "%s", err.text);
    sample->result.exited = true;
    describe_host(&sample->host);
    describe_run(sample);
    sample->report = (struct report){
        .config = &sample->config,
        .result = &sample->result,
        .info = &sample->info,
        .host = &sample->host,
    };
}

void sample_free(struct sample *sample)
{
    for (unsigned i = 0; i < SAMPLE_VCPUS; i++)
        exitstat_free(sample->stat[i]);
    result_free(&sample->result);
}

struct result_row *sample_row(struct sample *sample, const char *name, const char *params,
                              unsigned count)
{
    struct run_result *result = &sample->result;
    struct result_row *row = &result->row[result->rows++];

    *row = (struct result_row){
        .begin = {.threads = 1, .better = CHANNEL_HIGHER, .unit = "GB/s", .op = "pass"},
        .checked = {.ok = 1, .what = "error", .value = 0.25, .limit = 1},
        .check = RESULT_OK,
        .ended = true,
        .first_sample = result->samples,
        .samples = count,
        .ops = 1000,
        .window_ticks = SAMPLE_HZ / 100,
    };
    strcpy(row->begin.name, name);
    strcpy(row->begin.params, params);
    for (unsigned i = 0; i < count; i++)
        result->sample[result->samples++] = i + 1;
    return row;
}

void sample_native(struct sample *sample)
{
    struct run_info *info = &sample->info;

    info->env = RUN_NATIVE;
    info->vcpus = 0;
    info->vcpu = NULL;
    info->devices = 0;
    info->vcpu_stats.count = info->vm_stats.count = 0;
    info->startup.teardown = RUN_INFO_UNKNOWN;
}
