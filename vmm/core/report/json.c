/* SPDX-License-Identifier: MIT */
/* The JSON report. Times are integers in ns; unknown values are omitted, never 0. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/core/base/units.h"
#include "vmm/core/base/version.h"
#include "vmm/core/report/cost.h"
#include "vmm/core/report/json.h"
#include "vmm/core/report/outcome.h"
#include "vmm/core/report/summary.h"
#include "vmm/core/report/warnings.h"

#define SCHEMA "minivmm-report/1"

json_t *json_text(const char *text)
{
    json_t *string = json_string(text);
    char *escaped, *end;

    if (string)
        return string;
    escaped = end = malloc(4 * strlen(text) + 1);
    if (!escaped)
        return NULL;
    for (; *text; text++)
        end += sprintf(end, *text & 0x80 ? "\\x%02x" : "%c", (unsigned char)*text);
    string = json_string(escaped);
    free(escaped);
    return string;
}

/* The groups of equal cores that the threads may have used. */
static json_t *cores_json(const struct cores *cores)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < cores->groups; i++) {
        const struct cores_group *group = &cores->group[i];
        json_t *object = json_object();
        char kind[CORES_KIND_MAX];

        set_text(object, "type", group->type);
        set_text(object, "cpus", group->cpus);
        set_u64(object, "count", group->count);
        set_found(object, "max_khz", group->max_khz);
        set_found(object, "capacity", group->capacity);
        if (*group->type || group->max_khz || group->capacity)
            set_text(object, "kind", cores_kind(kind, cores, group->kind));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *host_json(const struct report *report)
{
    const struct hostinfo *host = report->host;
    json_t *object = json_object(), *mitigations = json_object(), *caches = json_object();

    set_text(object, "cpu", host->cpu);
    set_u64(object, "family", host->family);
    set_u64(object, "model", host->model);
    set_u64(object, "stepping", host->stepping);
    set_found(object, "cpus", host->cpus);
    set_found(object, "cpus_usable", host->cpus_usable);
    set(object, "virtualized", json_boolean(host->virtualized));
    set(object, "tsc_invariant", json_boolean(host->tsc_invariant));
    set_found(object, "memory_bytes", host->memory_bytes);
    set_known(object, "memory_limit_bytes", host->memory_limit_bytes);
    set_found(object, "numa_nodes", host->numa_nodes);
    set_text(object, "kernel", host->kernel);
    set_text(object, "kvm_module", host->kvm_module);
    set_text(object, "paging", host->paging);
    set_text(object, "thp", host->thp);
    set_text(object, "thp_defrag", host->thp_defrag);
    set_text(object, "halt_poll_ns", host->halt_poll_ns);
    set_text(object, "nx_huge_pages", host->nx_huge_pages);
    set_text(object, "tdp_mmu", host->tdp_mmu);
    set_text(object, "governor", host->governor);
    if (report->cores && report->cores->groups)
        set(object, "cores", cores_json(report->cores));
    set_text(object, "cgroup_cpu", host->quota.text);
    if (host->quota.cpus > 0)
        set(object, "cpu_limit", json_real(host->quota.cpus));
    if (report->has_throttled)
        set(object, "cpu_throttled",
            json_pack("{s:I, s:I}", "periods", (json_int_t)report->throttled.periods, "ns",
                      (json_int_t)report->throttled.ns));
    if (report->steal_pct >= 0)
        set(object, "steal_pct", json_real(report->steal_pct));
    set_found(caches, "l1d", host->caches.l1d);
    set_found(caches, "l2", host->caches.l2);
    set_found(caches, "llc", host->caches.llc);
    set_some(object, "caches_bytes", caches);
    for (unsigned i = 0; i < host->mitigations; i++)
        set_text(mitigations, host->mitigation[i].name, host->mitigation[i].state);
    set_some(object, "mitigations", mitigations);
    return object;
}

static json_t *pin_json(const struct config *config)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < config->pin_count; i++)
        json_array_append_new(array, json_integer(config->pin[i]));
    return array;
}

/* Bytes of guest memory by the size of the host pages that back it. */
static json_t *host_pages_json(const struct memory_usage *memory)
{
    json_t *object = json_object();
    bool huge_1g = memory->hugetlb_page_bytes == CONFIG_PAGE_1G;

    set_u64(object, "4k", memory->resident_bytes - memory->huge_bytes - memory->hugetlb_bytes);
    set_u64(object, "2m", memory->huge_bytes + (huge_1g ? 0 : memory->hugetlb_bytes));
    set_u64(object, "1g", huge_1g ? memory->hugetlb_bytes : 0);
    return object;
}

static json_t *features_json(const struct feature_set *set)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < feature_count; i++)
        if (set->has[i])
            json_array_append_new(array, json_string(feature_table[i].name));
    return array;
}

/* The CPU features of the guest. */
static json_t *cpu_json(const struct report *report)
{
    const struct run_info *info = report->info;
    json_t *object = json_object();

    set_text(object, "asked", report->config->cpu.text ? report->config->cpu.text : "host");
    set(object, "disabled", features_json(&info->masked.disabled));
    set(object, "hidden", features_json(&info->masked.hidden));
    set_u64(object, "xcr0", info->xcr0);
    return object;
}

static json_t *topology_json(const struct config *config)
{
    const struct topology topology = config_topology(config);
    json_t *object = json_object();

    set_u64(object, "sockets", topology.sockets);
    set_u64(object, "cores", topology.cores);
    set_u64(object, "threads", topology.threads);
    return object;
}

/* The guest's NUMA nodes and, if bound, the placement of their memory. */
static json_t *numa_json(const struct report *report)
{
    const struct config *config = report->config;
    const struct run_info *info = report->info;
    json_t *object = json_object(), *nodes = json_array();

    set_u64(object, "nodes", config->numa.nodes);
    set(object, "bound", json_boolean(!config->numa.unbound));
    for (unsigned i = 0; i < config->numa.nodes; i++) {
        json_t *node = json_object();

        set_u64(node, "vcpus", config->vcpus / config->numa.nodes);
        set_u64(node, "mem_bytes", config->mem_bytes / config->numa.nodes);
        if (info->has_nodes) {
            set_u64(node, "host_node", info->node[i].host);
            set_u64(node, "resident_bytes", info->node[i].here);
            set_u64(node, "resident_elsewhere_bytes", info->node[i].elsewhere);
        }
        json_array_append_new(nodes, node);
    }
    set(object, "node", nodes);
    return object;
}

static json_t *config_json(const struct report *report)
{
    static const char *const thp[] = {"default", "on", "off"};
    const struct config *config = report->config;
    const struct run_info *info = report->info;
    json_t *object = json_object();

    set_text(object, "guest", config->guest);
    set_u64(object, "mem_bytes", config->mem_bytes);
    set_u64(object, "vcpus", config->vcpus);
    set_u64(object, "hugepage_bytes", config->hugepage_bytes);
    set_text(object, "thp", thp[config->thp]);
    set(object, "prefault", json_boolean(config->prefault));
    if (info->env == RUN_VM) {
        set_u64(object, "guest_page_bytes", config->guest_page_bytes);
        set_u64(object, "xcr0", info->xcr0);
        set(object, "cpu_features", cpu_json(report));
        set(object, "topology", topology_json(config));
        if (config->numa.nodes)
            set(object, "numa", numa_json(report));
    }
    if (info->has_memory)
        set(object, "host_page_used_bytes", host_pages_json(&info->memory));
    set(object, "pin", pin_json(config));
    set(object, "quick", json_boolean(config->quick));
    set_text(object, "bench", config->bench);
    set_text(object, "args", config->args);
    set_text(object, "kernels_sha256", info->kernels_sha256);
    set(object, "disks", json_disks(info));
    return object;
}

static json_t *clock_json(const struct run_info *info)
{
    json_t *object = json_object();
    double ppm;

    set_u64(object, "tsc_hz", info->rate.hz);
    if (info->env == RUN_VM)
        set(object, "tsc_offset", json_integer(info->tsc_offset));
    if (!run_info_drift(info, &ppm))
        set(object, "drift_ppm", json_real(ppm));
    return object;
}

static json_t *startup_json(const struct run_startup *startup)
{
    json_t *object = json_object();

    set_known(object, "exec_to_main_ns", startup->exec_to_main);
    set_known(object, "main_to_entry_ns", startup->main_to_entry);
    set_known(object, "entry_to_user_ns", startup->entry_to_user);
    set_known(object, "exec_to_user_ns", startup->exec_to_user);
    set_known(object, "exec_to_last_user_ns", startup->exec_to_last_user);
    set_known(object, "teardown_ns", startup->teardown);
    return object;
}

static json_t *memory_json(const struct memory_usage *memory)
{
    json_t *object = json_object();

    set_u64(object, "resident_bytes", memory->resident_bytes);
    set_known(object, "pss_bytes", memory->pss_bytes);
    set_known(object, "vmm_pss_bytes", memory->other_pss_bytes);
    return object;
}

static json_t *counter_json(const struct exit_counter *counter)
{
    json_t *object = json_object(), *times = json_object();

    set_u64(object, "count", counter->count);
    set_u64(times, "sum", counter->sum_ns);
    set_u64(times, "min", counter->min_ns);
    set_u64(times, "p50", exitstat_percentile(counter, 50));
    set_u64(times, "p99", exitstat_percentile(counter, 99));
    set_u64(times, "max", counter->max_ns);
    set(object, "handler_ns", times);
    return object;
}

static json_t *stats_json(const struct kvm_stat_names *names, const uint64_t *values)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < names->count; i++)
        set_u64(object, names->name[i], values[i]);
    return object;
}

static json_t *vcpu_json(const struct run_info *info, unsigned id)
{
    const struct run_vcpu *vcpu = &info->vcpu[id];
    json_t *object = json_object(), *reasons = json_object(), *devices = json_object();
    json_t *harness = json_object(), *times = json_object();

    set_u64(object, "id", id);
    for (unsigned i = 0; i < EXIT_REASONS; i++)
        if (vcpu->stat->slot[i].count)
            set(reasons, exit_reason_info[i].name, counter_json(&vcpu->stat->slot[i]));
    for (unsigned i = 0; i < info->devices; i++)
        if (vcpu->stat->slot[exitstat_device(i)].count)
            set(info->device_for_harness[i] ? harness : devices, info->device[i],
                counter_json(&vcpu->stat->slot[exitstat_device(i)]));
    set_u64(times, "in_kvm_run", vcpu->stat->in_run_ns);
    set_known(times, "on_cpu", vcpu->time.on_cpu_ns);
    set_known(times, "runqueue", vcpu->time.runqueue_ns);
    set(object, "exits_user", reasons);
    set(object, "exits_devices", devices);
    set(object, "exits_harness", harness);
    set(object, "time_ns", times);
    if (vcpu->has_kvm)
        set(object, "kvm_stats", stats_json(&info->vcpu_stats, vcpu->kvm));
    return object;
}

/* Addresses and registers as hexadecimal strings: JSON integers are limited to 63 bits. */
static void set_hex(json_t *object, const char *key, uint64_t value)
{
    set(object, key, json_sprintf("%#" PRIx64, value));
}

static json_t *fault_json(const struct channel_fault *fault)
{
    static const char *const names[] = CHANNEL_FAULT_REGS;
    json_t *object = json_object(), *regs = json_object();

    set_u64(object, "vector", fault->vector);
    set_u64(object, "vcpu", fault->vcpu);
    set_hex(object, "error", fault->error);
    set_hex(object, "address", fault->address);
    set_hex(object, "rip", fault->rip);
    set_hex(object, "cs", fault->cs);
    set_hex(object, "rflags", fault->rflags);
    for (unsigned i = 0; i < 16; i++)
        set_hex(regs, names[i], fault->regs[i]);
    set(object, "regs", regs);
    return object;
}

/* The names in --bench without a row. */
static void set_missing(const struct report *report, json_t *object)
{
    const char *at = report->config->bench;
    struct outcome_missing missing;
    json_t *names = json_array();

    while (outcome_missing(report, &at, &missing))
        json_array_append_new(names, json_stringn(missing.word, missing.length));
    if (json_array_size(names))
        set(object, "missing", names);
    else
        json_decref(names);
}

static json_t *end_json(const struct report *report)
{
    const struct run_result *result = report->result;
    json_t *object = json_object();

    set_text(object, "reason", report_stop_name(report->info->stop));
    if (report->info->stop == STOP_ERROR)
        set_text(object, "error", report->info->error.text);
    if (result->exited)
        set_u64(object, "guest_status", result->exit_status);
    if (result->has_fault)
        set(object, "fault", fault_json(&result->fault));
    set_missing(report, object);
    return object;
}

static json_t *warnings_json(const struct report *report)
{
    struct warning warnings[WARNINGS_MAX];
    unsigned count = warnings_find(report, warnings);
    json_t *array = json_array();

    for (unsigned i = 0; i < count; i++)
        json_array_append_new(
            array, json_pack("{s:s, s:s}", "code", warnings[i].code, "text", warnings[i].text));
    return array;
}

/* The time that the VMM's work adds to a bare KVM_RUN, if measured. */
static void set_bare(const struct report *report, json_t *root)
{
    struct cost_added added[COST_ADDED_MAX];
    unsigned count = cost_added(report, added, COST_ADDED_MAX);
    json_t *object = json_object();

    for (unsigned i = 0; i < count; i++)
        set(object, added[i].exit,
            json_pack("{s:f, s:f, s:[f, f], s:f, s:f}", "bare_ns", added[i].bare, "added_ns",
                      added[i].added, "added_ci95", added[i].ci95.low, added[i].ci95.high,
                      "added_confidence", added[i].confidence, "ratio", added[i].ratio));
    if (count)
        set(root, "bare_kvm_run", object);
    else
        json_decref(object);
}

/* Skipped or failed benchmarks with their reasons. */
static json_t *reasons_of(const struct channel_skip *skip, uint32_t count)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(
            array, json_pack("{s:s, s:s}", "name", skip[i].name, "reason", skip[i].reason));
    return array;
}

char *report_json(const struct report *report, size_t *bytes)
{
    const struct run_result *result = report->result;
    const struct run_info *info = report->info;
    json_t *root = json_object(), *benches = json_array(), *vcpus = json_array();
    char *text, *line;

    set_text(root, "schema", SCHEMA);
    set(root, "tool", json_pack("{s:s, s:s}", "version", version_number, "commit", version_commit));
    set_text(root, "env", report_env_name(info->env));
    set(root, "host", host_json(report));
    set(root, "config", config_json(report));
    set(root, "clock", clock_json(info));
    set(root, "startup", startup_json(&info->startup));
    if (info->has_memory)
        set(root, "memory", memory_json(&info->memory));
    set(root, "end", end_json(report));
    for (uint32_t i = 0; i < result->rows; i++)
        json_array_append_new(benches, json_row(report, i));
    set(root, "benches", benches);
    set_bare(report, root);
    set(root, "skipped", reasons_of(result->skip, result->skipped));
    set(root, "failed", reasons_of(result->fail, result->failed));
    set(root, "devices", json_devices(info));
    for (unsigned i = 0; i < info->vcpus; i++)
        json_array_append_new(vcpus, vcpu_json(info, i));
    if (info->env == RUN_VM) {
        set(root, "vcpus", vcpus);
        set(root, "kvm_stats", stats_json(&info->vm_stats, info->vm_stat));
    } else {
        json_decref(vcpus);
    }
    set(root, "warnings", warnings_json(report));

    text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    line = text ? realloc(text, strlen(text) + 2) : NULL;
    if (!line) {
        free(text);
        return NULL;
    }
    *bytes = strlen(strcat(line, "\n"));
    return line;
}
