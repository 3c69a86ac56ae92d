/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/report/outcome.h"
#include "vmm/core/report/summary.h"
#include "vmm/core/report/warnings.h"
#include "vmm/core/report/warnings_cpu.h"

/* Thresholds of warnings. */
#define STEAL_MAX_PCT  1.0
#define DRIFT_MAX_PPM  50.0
#define HUGE_MIN_PCT   90
#define HUGE_MIN_BYTES (64ull << 20) /* minimum memory for this warning */

/* Checks one condition. Returns whether it holds, with the warning in `text`. */
typedef bool (*warning_check)(const struct report *report, char *text, size_t size);

static bool is_quick(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "quick run: few samples, for a first look only");
    return report->config->quick;
}

static bool is_incomplete(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "the run was stopped early (%s)", report_stop_name(report->info->stop));
    return report->info->stop != STOP_GUEST;
}

static bool is_wrong(const struct report *report, char *text, size_t size)
{
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < report->result->rows; i++)
        wrong += report->result->row[i].check == RESULT_WRONG;
    snprintf(text, size, "%u result%s failed %s check and %s void", wrong, units_s(wrong),
             wrong == 1 ? "its" : "their", wrong == 1 ? "is" : "are");
    return wrong;
}

/* The first disk whose counter is not 0, or NULL. */
static const struct run_disk *disk_with(const struct report *report, enum io_counter counter)
{
    for (unsigned i = 0; i < report->info->disks; i++)
        if (report->info->disk[i].io[counter])
            return &report->info->disk[i];
    return NULL;
}

static bool has_device_error(const struct report *report, char *text, size_t size)
{
    const struct run_disk *disk = disk_with(report, IO_DEVICE_ERRORS);

    if (disk)
        snprintf(text, size, "%s stopped after a driver error: %s", disk->name, disk->error.text);
    return disk;
}

static bool has_io_error(const struct report *report, char *text, size_t size)
{
    return outcome_io_error(report, text, size);
}

/* Benchmarks use the first disk. */
static bool is_cached(const struct report *report, char *text, size_t size)
{
    const struct run_disk *disk = &report->info->disk[0];
    bool direct = disk->config && disk->config->direct, rows = false;

    for (uint32_t i = 0; i < report->result->rows; i++)
        rows |= report->result->row[i].has_io;
    if (direct)
        snprintf(text, size, "%s is on a file system in memory: its I/O figures measure memory",
                 disk->name);
    else
        snprintf(text, size,
                 "%s uses the host's page cache (no direct): its I/O figures may measure memory, "
                 "not a device",
                 disk->name);
    return rows && report->info->disks && disk->cached;
}

static bool is_virtualized(const struct report *report, char *text, size_t size)
{
    snprintf(text, size,
             "this host is itself a virtual machine: \"native\" results include its overhead");
    return report->host->virtualized;
}

static bool is_stolen_from(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "%.1f %% of CPU time was stolen by this host's hypervisor",
             report->steal_pct);
    return report->steal_pct > STEAL_MAX_PCT;
}

static bool has_bad_clock(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "the TSC of this host is not invariant: times may be wrong");
    return !report->host->tsc_invariant;
}

static bool is_drifting(const struct report *report, char *text, size_t size)
{
    double ppm;

    if (run_info_drift(report->info, &ppm))
        return false;
    snprintf(text, size, "the TSC frequency is off by %.0f ppm against CLOCK_MONOTONIC_RAW", ppm);
    return fabs(ppm) > DRIFT_MAX_PPM;
}

static bool lacks_huge_pages(const struct report *report, char *text, size_t size)
{
    const struct memory_usage *memory = &report->info->memory;

    if (!report->info->has_memory || report->config->hugepage_bytes ||
        report->config->thp == CONFIG_OFF || memory->resident_bytes < HUGE_MIN_BYTES)
        return false;
    snprintf(text, size,
             "only %" PRIu64 " of %" PRIu64 " MiB touched are in huge pages, which are enabled",
             memory->huge_bytes >> 20, memory->resident_bytes >> 20);
    return memory->huge_bytes < memory->resident_bytes / 100 * HUGE_MIN_PCT;
}

/* Bound memory on another node, or with unknown placement. */
static bool is_misplaced(const struct report *report, char *text, size_t size)
{
    const struct config *config = report->config;
    const struct run_info *info = report->info;

    if (!config->numa.nodes || config->numa.unbound || info->env != RUN_VM)
        return false;
    snprintf(text, size, "the kernel does not report the NUMA placement of memory");
    for (unsigned i = 0; info->has_nodes && i < config->numa.nodes; i++) {
        const struct placement_node *node = &info->node[i];

        snprintf(text, size,
                 "%" PRIu64 " of %" PRIu64 " KiB touched in guest node %u are not on host node %u",
                 node->elsewhere >> 10, (node->here + node->elsewhere) >> 10, i, node->host);
        if (node->elsewhere)
            return true;
    }
    return !info->has_nodes;
}

static bool lacks_prefault(const struct report *report, char *text, size_t size)
{
    const struct memory_usage *memory = &report->info->memory;

    snprintf(text, size, "only %" PRIu64 " of %" PRIu64 " MiB are populated, despite --prefault",
             memory->resident_bytes >> 20, report->config->mem_bytes >> 20);
    return report->info->has_memory && report->config->prefault &&
           memory->resident_bytes < report->config->mem_bytes;
}

/* Compare KVM's counts of exits to user space with the VMM's, which are exact. */
static bool is_miscounted(const struct report *report, char *text, size_t size)
{
    static const struct {
        const char *stat;
        enum exit_reason first, second;
    } pairs[] = {
        {"io_exits", EXIT_PIO_IN, EXIT_PIO_OUT},
        {"mmio_exits", EXIT_MMIO_READ, EXIT_MMIO_WRITE},
    };
    const struct run_info *info = report->info;

    for (unsigned p = 0; p < 2; p++) {
        uint64_t ours = 0, kvm = 0;
        bool found = false;

        for (unsigned i = 0; i < info->vcpus; i++) {
            const struct run_vcpu *vcpu = &info->vcpu[i];

            if (!vcpu->has_kvm)
                return false;
            ours +=
                vcpu->stat->slot[pairs[p].first].count + vcpu->stat->slot[pairs[p].second].count;
            /* All devices of the harness are memory-mapped. */
            for (unsigned d = 0; p == 1 && d < info->devices; d++)
                if (info->device_for_harness[d])
                    ours += vcpu->stat->slot[exitstat_device(d)].count;
            for (unsigned s = 0; s < info->vcpu_stats.count; s++)
                if (!strcmp(info->vcpu_stats.name[s], pairs[p].stat)) {
                    kvm += vcpu->kvm[s];
                    found = true;
                }
        }
        if (found && ours > kvm) {
            snprintf(text, size,
                     "KVM's statistic %s is %" PRIu64 ", but %" PRIu64
                     " such exits reached user space",
                     pairs[p].stat, kvm, ours);
            return true;
        }
    }
    return false;
}

/* Compare KVM's count of exits with operations that cause an exit on any machine. */
static bool is_undercounted(const struct report *report, char *text, size_t size)
{
    for (uint32_t i = 0; i < report->result->rows; i++) {
        const struct result_row *row = &report->result->row[i];
        uint64_t counted = summary_kvm(report, &row->usage, "exits");

        if (!row->has_cost || row->cost.answer != CHANNEL_BY_KVM || !row->ended ||
            !summary_has_kvm(report, &row->usage, "exits") || counted >= row->ops)
            continue;
        snprintf(text, size,
                 "KVM's statistic exits is %" PRIu64 ", but the guest caused %" PRIu64
                 " in %s (similar benchmarks are affected, too)",
                 counted, row->ops, row->begin.name);
        return true;
    }
    return false;
}

static bool lacks_stats(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "this KVM has no binary statistics: exits handled inside KVM are unknown");
    return report->info->env == RUN_VM && report->info->vcpus && !report->info->vcpu_stats.count;
}

/* The statistics file could not be opened, for example because of RLIMIT_NOFILE. */
static bool lacks_some_stats(const struct report *report, char *text, size_t size)
{
    const struct run_info *info = report->info;
    unsigned without = 0;

    for (unsigned i = 0; i < info->vcpus; i++)
        without += !info->vcpu[i].has_kvm;
    snprintf(
        text, size,
        "KVM's statistics of %u of %u vCPUs could not be read: sums over all vCPUs are omitted",
        without, info->vcpus);
    return without && info->vcpu_stats.count;
}

static bool has_lost_text(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "%" PRIu64 " byte%s of the log could not be written", report->log_lost,
             units_s(report->log_lost));
    return report->log_lost;
}

static bool has_dropped_exits(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "--trace: %" PRIu64 " exit%s dropped because a buffer was full",
             report->info->trace_dropped, units_s(report->info->trace_dropped));
    return report->info->trace_dropped;
}

static bool has_no_whole_trace(const struct report *report, char *text, size_t size)
{
    snprintf(text, size, "%s", report->info->trace_error.text);
    return *text;
}

/* Tracepoints without a hit in the entire traced run. */
static bool lacks_tracepoints(const struct report *report, char *text, size_t size)
{
    const struct run_info *info = report->info;
    size_t used;

    if (!report->traced || !report->traced->rows)
        return false;
    used = (size_t)snprintf(text, size, "%s does not emit these tracepoints:",
                            report->host->kvm_module ? report->host->kvm_module : "KVM");
    size -= used;
    text += used;
    used = 0;
    for (unsigned i = 0; i < info->traces && used < size; i++) {
        uint64_t hits = 0;

        for (uint32_t row = 0; row < report->traced->rows; row++)
            hits += report->traced->row[row].usage.trace[i];
        if (!hits && !info->trace_reason[i])
            used += (size_t)snprintf(text + used, size - used, "%s %s", used ? "," : "",
                                     info->trace_name[i]);
    }
    return used;
}

static const struct {
    const char *code;
    warning_check check;
} table[] = {
    {"incomplete", is_incomplete},
    {"check_failed", is_wrong},
    {"interrupted", outcome_pauses},
    {"quick", is_quick},
    {"oversubscribed", warns_oversubscribed},
    {"disk_beside_vcpu", warns_disk_beside_vcpu},
    {"unpinned", warns_unpinned},
    {"mixed_cores", warns_mixed_cores},
    {"cpu_limit", warns_cpu_limit},
    {"cpu_throttled", warns_throttled},
    {"time_unknown", warns_unknown_time},
    {"device_error", has_device_error},
    {"io_errors", has_io_error},
    {"page_cache", is_cached},
    {"virtualized_host", is_virtualized},
    {"steal", is_stolen_from},
    {"tsc_not_invariant", has_bad_clock},
    {"clock_drift", is_drifting},
    {"huge_pages", lacks_huge_pages},
    {"prefault", lacks_prefault},
    {"numa_misplaced", is_misplaced},
    {"kvm_stats_mismatch", is_miscounted},
    {"kvm_stats_undercount", is_undercounted},
    {"kvm_stats_absent", lacks_stats},
    {"kvm_stats_partial", lacks_some_stats},
    {"log_lost", has_lost_text},
    {"tracepoints_absent", lacks_tracepoints},
    {"trace_dropped", has_dropped_exits},
    {"trace_not_whole", has_no_whole_trace},
};

unsigned warnings_find(const struct report *report, struct warning *warnings)
{
    unsigned count = 0;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct warning *warning = &warnings[count];

        if (!table[i].check(report, warning->text, sizeof(warning->text)))
            continue;
        snprintf(warning->code, sizeof(warning->code), "%s", table[i].code);
        count++;
    }
    for (uint32_t i = 0; i < report->result->warned; i++, count++) {
        snprintf(warnings[count].code, sizeof(warnings[count].code), "%s",
                 report->result->warn[i].code);
        snprintf(warnings[count].text, sizeof(warnings[count].text), "%s",
                 report->result->warn[i].text);
    }
    return count;
}
