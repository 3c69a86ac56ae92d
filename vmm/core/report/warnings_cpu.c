/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "vmm/core/base/units.h"
#include "vmm/core/config/busy.h"
#include "vmm/core/report/warnings_cpu.h"

#define BUSY_TEXT_MAX 80

static bool is_vm(const struct report *report)
{
    return report->info->env == RUN_VM;
}

/* A bit per used disk with a thread: none in a native run, where benchmarks do the I/O. */
static uint32_t disks_used(const struct report *report)
{
    uint32_t used = 0;

    for (unsigned i = 0; i < report->info->disks && is_vm(report); i++)
        used |= (uint32_t)report->info->disk[i].opened << i;
    return used;
}

/* "2 vCPUs and 1 polling disk thread" */
static const char *describe(char text[BUSY_TEXT_MAX], const struct report *report,
                            const struct busy *busy)
{
    int used = snprintf(text, BUSY_TEXT_MAX, "%u %s%s", busy->vcpus,
                        is_vm(report) ? "vCPU" : "thread", units_s(busy->vcpus));

    if (busy->pollers)
        snprintf(text + used, BUSY_TEXT_MAX - (size_t)used, " and %u polling disk thread%s",
                 busy->pollers, units_s(busy->pollers));
    return text;
}

bool warns_oversubscribed(const struct report *report, char *text, size_t size)
{
    char threads[BUSY_TEXT_MAX];
    struct busy busy;
    bool sharing =
        busy_sharing(report->config, disks_used(report), report->host->cpus_usable, &busy);

    snprintf(text, size, "%s share %u CPU%s", describe(threads, report, &busy), busy.cpus,
             units_s(busy.cpus));
    return sharing;
}

bool warns_disk_beside_vcpu(const struct report *report, char *text, size_t size)
{
    uint32_t used = disks_used(report);

    for (unsigned i = 0; i < report->info->disks; i++) {
        const struct run_disk *disk = &report->info->disk[i];

        if (!(used >> i & 1) || disk->config->notify == CONFIG_NOTIFY_POLL ||
            disk->config->pin == CONFIG_NO_PIN || !busy_has_vcpu(report->config, disk->config->pin))
            continue;
        snprintf(text, size, "the thread of %s shares CPU %u with a vCPU (--disk cpu=, --pin)",
                 disk->name, disk->config->pin);
        return true;
    }
    return false;
}

bool warns_unpinned(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "not pinned: the host's scheduler may move the %s (--pin LIST)",
             is_vm(report) ? "vCPUs" : "threads");
    return !report->config->pin_count && report->host->cpus_usable > 1;
}

bool warns_mixed_cores(const struct report *report, char *text, size_t size)
{
    const struct cores *cores = report->cores;
    size_t used;

    if (!cores || cores->kinds < 2)
        return false;
    used = (size_t)snprintf(text, size,
                            "the %s %s on cores of %u kinds:", is_vm(report) ? "vCPUs" : "threads",
                            report->config->pin_count ? "ran" : "may have run", cores->kinds);
    for (unsigned kind = 0; kind < cores->kinds && used < size; kind++) {
        char name[CORES_KIND_MAX];

        used += (size_t)snprintf(text + used, size - used, "%s %s", kind ? "," : "",
                                 cores_kind(name, cores, kind));
    }
    if (used < size)
        snprintf(text + used, size - used, " (--pin LIST)");
    return true;
}

bool warns_cpu_limit(const struct report *report, char *text, size_t size)
{
    double cpus = report->host->quota.cpus;
    char threads[BUSY_TEXT_MAX];
    struct busy busy;

    /* All busy threads, whether they share CPUs or not. */
    busy_count(report->config, disks_used(report), &busy);
    snprintf(text, size, "the cgroup's CPU quota allows %.3g CPU%s: %s can use more", cpus,
             cpus == 1 ? "" : "s", describe(threads, report, &busy));
    return cpus > 0 && cpus < busy.vcpus + busy.pollers;
}

bool warns_unknown_time(const struct report *report, char *text, size_t size)
{
    bool unknown = false;

    for (uint32_t i = 0; i < report->result->rows; i++) {
        const struct result_row *row = &report->result->row[i];

        unknown |= row->ended && (row->usage.time.on_cpu_ns == CPUS_UNKNOWN ||
                                  row->usage.time.runqueue_ns == CPUS_UNKNOWN);
    }
    snprintf(text, size,
             "unknown how long the %s waited for a CPU and slept: the kernel has no schedstat",
             is_vm(report) ? "vCPUs" : "threads");
    return unknown;
}

bool warns_throttled(const struct report *report, char *text, size_t size)
{
    const struct quota_throttled *throttled = &report->throttled;
    char time[UNITS_TEXT_MAX];

    snprintf(text, size,
             "throttled by the cgroup's CPU quota in %" PRIu64 " period%s, for %s in all",
             throttled->periods, units_s(throttled->periods), units_format_ns(time, throttled->ns));
    return report->has_throttled && (throttled->periods || throttled->ns);
}
