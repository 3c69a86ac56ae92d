/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/compare/differences.h"
#include "tools/virtcost/compare/report.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"

#define SCHEMA "virtcost/2"

/* Properties of a host that affect its figures: keys of "host". */
static const struct {
    const char *key, *code, *what;
} host_properties[] = {
    {"cpu", "host_cpu", "CPU"},
    {"cpus", "host_cpus", "number of CPUs"},
    {"memory_bytes", "host_memory", "memory size in bytes"},
    {"numa_nodes", "host_numa", "number of NUMA nodes"},
    {"kernel", "host_kernel", "kernel"},
    {"kvm_module", "kvm_module", "KVM module"},
    {"paging", "paging", "paging"},
    {"virtualized", "virtualized", "host's own virtualization"},
    {"thp", "thp", "transparent huge page mode"},
    {"governor", "governor", "CPU frequency governor"},
    {"cpu_limit", "cpu_limit", "CPU limit"},
    {"memory_limit_bytes", "memory_limit", "memory limit in bytes"},
};

/* Properties of the whole file. */
static const struct {
    const char *key, *code, *what;
} file_properties[] = {
    {"quick", "quick", "setting of --quick"},
    {"runtime", "runtime", "container runtime"},
    {"tool.commit", "tool", "version of the programs"},
};

/* Configuration of a run: keys of "config" in a report, with members as "a.b". */
static const struct {
    const char *key, *code, *what;
} config_properties[] = {
    {"kernels_sha256", "kernels", "code of the benchmarks"},
    {"mem_bytes", "config_mem", "value of --mem in bytes"},
    {"vcpus", "config_vcpus", "value of --vcpus"},
    {"hugepage_bytes", "config_hugepages", "value of --hugepages in bytes"},
    {"thp", "config_thp", "value of --thp"},
    {"prefault", "config_prefault", "setting of --prefault"},
    {"guest_page_bytes", "config_guest_page", "value of --guest-page in bytes"},
    {"pin", "config_pin", "value of --pin"},
    {"cpu_features.asked", "config_cpu", "value of --cpu"},
    {"cpu_features.disabled", "cpu_disabled", "set of disabled CPU features"},
    {"topology", "config_topology", "value of --topology"},
    {"numa.nodes", "config_numa", "value of --numa"},
    {"args", "config_args", "value of --args"},
};

void differences_warn(json_t *comparison, const char *code, const char *text)
{
    char clean[512];

    json_array_append_new(
        json_object_get(comparison, "warnings"),
        json_pack("{s:s, s:s}", "code", code, "text", figures_clean(clean, sizeof(clean), text)));
}

static bool has_code(const json_t *comparison, const char *code)
{
    json_t *warning;
    size_t i;

    json_array_foreach (json_object_get(comparison, "warnings"), i, warning)
        if (get_is(warning, "code", code))
            return true;
    return false;
}

/* The value at "key" or "key.member". */
static const json_t *value_at(const json_t *object, const char *path)
{
    const char *dot = strchr(path, '.');
    char key[32];

    if (!dot)
        return json_object_get(object, path);
    snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
    return json_object_get(json_object_get(object, key), dot + 1);
}

static const char *value_text(char *text, size_t size, const json_t *value)
{
    char *dumped;

    if (json_is_string(value)) {
        figures_clean(text, size, json_string_value(value));
    } else if (json_is_integer(value)) {
        snprintf(text, size, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        snprintf(text, size, "%g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        snprintf(text, size, "%s", json_is_true(value) ? "yes" : "no");
    } else {
        dumped = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
        figures_clean(text, size, dumped ? dumped : "unknown");
        free(dumped);
    }
    return text;
}

static void warn_unless_equal(json_t *comparison, const char *code, const char *what,
                              const json_t *a, const json_t *b)
{
    char of_a[128], of_b[128], text[384];

    if ((!a && !b) || json_equal(a, b))
        return;
    snprintf(text, sizeof(text), "the %s differs: %s in a, %s in b", what,
             value_text(of_a, sizeof(of_a), a), value_text(of_b, sizeof(of_b), b));
    differences_warn(comparison, code, text);
}

/* Each code once, however many runs it concerns. */
static void warn_of_config(json_t *comparison, const json_t *a, const json_t *b)
{
    for (unsigned i = 0; i < sizeof(config_properties) / sizeof(config_properties[0]); i++)
        if (!has_code(comparison, config_properties[i].code))
            warn_unless_equal(comparison, config_properties[i].code, config_properties[i].what,
                              value_at(a, config_properties[i].key),
                              value_at(b, config_properties[i].key));
}

/* Disks with different paths may be of the same kind. */
static json_t *without_path(const json_t *disks)
{
    json_t *copy = json_deep_copy(disks), *disk;
    size_t i;

    json_array_foreach (copy, i, disk)
        json_object_del(disk, "path");
    return copy;
}

static void warn_of_disks(json_t *comparison, const json_t *a, const json_t *b)
{
    json_t *disks_a = without_path(json_object_get(a, "disks"));
    json_t *disks_b = without_path(json_object_get(b, "disks"));

    if (!has_code(comparison, "config_disk"))
        warn_unless_equal(comparison, "config_disk", "value of --disk", disks_a, disks_b);
    json_decref(disks_a);
    json_decref(disks_b);
}

static const json_t *config_of(const json_t *run)
{
    return json_object_get(json_object_get(run, "report"), "config");
}

/* The run of the first block with the same experiment, step and environment, or NULL. */
static const json_t *run_like(const json_t *runs, const json_t *like)
{
    static const char *const keys[] = {"experiment", "step", "env", "block"};
    json_t *run;
    size_t i;

    json_array_foreach (runs, i, run) {
        unsigned same = 0;

        for (unsigned k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
            same += json_equal(json_object_get(run, keys[k]), json_object_get(like, keys[k]));
        if (same == sizeof(keys) / sizeof(keys[0]))
            return run;
    }
    return NULL;
}

/*
 * Compare the configurations of the first block's runs, as other blocks have the same; or of two
 * reports.
 */
static void warn_of_configs(json_t *comparison, const json_t *a, const json_t *b)
{
    const json_t *config_a = json_object_get(a, "config"), *config_b = json_object_get(b, "config");
    json_t *run;
    size_t i;

    warn_of_config(comparison, config_a, config_b);
    warn_of_disks(comparison, config_a, config_b);
    json_array_foreach (json_object_get(a, "runs"), i, run) {
        const json_t *other = run_like(json_object_get(b, "runs"), run);

        if (get_integer(run, "block") || !other)
            continue;
        warn_of_config(comparison, config_of(run), config_of(other));
        warn_of_disks(comparison, config_of(run), config_of(other));
    }
}

static void warn_of_end(json_t *comparison, const char *side, const json_t *results)
{
    const char *reason = get_text(json_object_get(results, "end"), "reason");
    char text[256];

    if (!*reason || !strcmp(reason, "done"))
        return;
    snprintf(text, sizeof(text), "%s was ended by %s %s: %s are missing", side,
             strchr("aeiou", *reason) ? "an" : "a", reason,
             get_is(results, "schema", REPORT_SCHEMA) ? "results" : "blocks");
    differences_warn(comparison, "incomplete", text);
}

/* Pass on the warnings in a report. */
static void warn_of_report(json_t *comparison, const char *side, const json_t *report)
{
    char text[512];
    json_t *warning;
    size_t i;

    json_array_foreach (json_object_get(report, "warnings"), i, warning) {
        snprintf(text, sizeof(text), "%s: %s", side, get_text(warning, "text"));
        differences_warn(comparison, get_text(warning, "code"), text);
    }
}

static void warn_of_reports(json_t *comparison, const json_t *a, const json_t *b)
{
    if (!get_is(a, "schema", REPORT_SCHEMA))
        return;
    differences_warn(
        comparison, "one_run",
        "each side is a single run: the intervals leave out the variation between runs; "
        "virtcost run includes it");
    if (json_equal(a, b))
        differences_warn(comparison, "same_file", "both are the same report");
    warn_of_report(comparison, "a", a);
    warn_of_report(comparison, "b", b);
}

static void warn_of_seed(json_t *comparison, const json_t *a, const json_t *b)
{
    const json_t *seed = json_object_get(a, "seed");
    char text[256];

    if (!json_is_integer(seed) || !json_equal(seed, json_object_get(b, "seed")))
        return;
    snprintf(text, sizeof(text),
             "both have the seed %lld: they are the same file, or their runs had the same order, "
             "whose effect on the figures is not measured",
             (long long)json_integer_value(seed));
    differences_warn(comparison, "same_seed", text);
}

static void warn_of_schemas(json_t *comparison, const json_t *a, const json_t *b)
{
    const char *schema = get_is(a, "schema", REPORT_SCHEMA) ? REPORT_SCHEMA : SCHEMA;
    char text[64];

    if (get_is(a, "schema", schema) && get_is(b, "schema", schema))
        return;
    snprintf(text, sizeof(text), "the files are not both of schema %s", schema);
    differences_warn(comparison, "schema", text);
}

void differences_compare(json_t *comparison, const json_t *a, const json_t *b)
{
    const json_t *host_a = json_object_get(a, "host"), *host_b = json_object_get(b, "host");

    for (unsigned i = 0; i < sizeof(file_properties) / sizeof(file_properties[0]); i++)
        warn_unless_equal(comparison, file_properties[i].code, file_properties[i].what,
                          value_at(a, file_properties[i].key), value_at(b, file_properties[i].key));
    warn_of_schemas(comparison, a, b);
    for (unsigned i = 0; i < sizeof(host_properties) / sizeof(host_properties[0]); i++)
        warn_unless_equal(comparison, host_properties[i].code, host_properties[i].what,
                          json_object_get(host_a, host_properties[i].key),
                          json_object_get(host_b, host_properties[i].key));
    warn_of_configs(comparison, a, b);
    warn_of_end(comparison, "a", a);
    warn_of_end(comparison, "b", b);
    warn_of_seed(comparison, a, b);
    warn_of_reports(comparison, a, b);
}
