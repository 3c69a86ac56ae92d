/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/compare/compare.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"

#define SCHEMA "virtcost/2"

/* A row is the same in both files if all of these are; the experiment's name is not in the row. */
static const char *const identity[] = {"step", "name", "params", "threads", "env"};

#define IDENTITY (sizeof(identity) / sizeof(identity[0]))

/* What makes a figure on one host another thing than on the other: keys of "host". */
static const struct {
    const char *key, *code, *what;
} host_facts[] = {
    {"cpu", "host_cpu", "CPU"},
    {"cpus", "host_cpus", "number of CPUs"},
    {"memory_bytes", "host_memory", "memory, in bytes,"},
    {"numa_nodes", "host_numa", "number of NUMA nodes"},
    {"kernel", "host_kernel", "kernel"},
    {"kvm_module", "kvm_module", "KVM module"},
    {"paging", "paging", "paging"},
    {"virtualized", "virtualized", "virtualization of the host"},
    {"thp", "thp", "use of transparent huge pages"},
    {"governor", "governor", "CPU frequency governor"},
};

/* Those of the whole file. */
static const struct {
    const char *key, *code, *what;
} file_facts[] = {
    {"quick", "quick", "use of --quick"},
    {"runtime", "runtime", "container runtime"},
};

static void warn(json_t *comparison, const char *code, const char *text)
{
    char clean[512];

    json_array_append_new(
        json_object_get(comparison, "warnings"),
        json_pack("{s:s, s:s}", "code", code, "text", figures_clean(clean, sizeof(clean), text)));
}

static const char *value_text(char *text, size_t size, const json_t *value)
{
    if (json_is_string(value))
        figures_clean(text, size, json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, size, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(text, size, "%s", json_is_true(value) ? "yes" : "no");
    else
        snprintf(text, size, "not known");
    return text;
}

static void warn_unless_equal(json_t *comparison, const char *code, const char *what,
                              const json_t *a, const json_t *b)
{
    char of_a[128], of_b[128], text[384];

    if ((!a && !b) || json_equal(a, b))
        return;
    snprintf(text, sizeof(text), "the %s differs: %s, then %s", what,
             value_text(of_a, sizeof(of_a), a), value_text(of_b, sizeof(of_b), b));
    warn(comparison, code, text);
}

static void warn_of_end(json_t *comparison, const char *side, const json_t *results)
{
    const char *reason = get_text(json_object_get(results, "end"), "reason");
    char text[256];

    if (!*reason || !strcmp(reason, "done"))
        return;
    snprintf(text, sizeof(text), "%s was ended by %s %s: blocks are missing", side,
             strchr("aeiou", *reason) ? "an" : "a", reason);
    warn(comparison, "incomplete", text);
}

static void warn_of_seed(json_t *comparison, const json_t *a, const json_t *b)
{
    const json_t *seed = json_object_get(a, "seed");
    char text[256];

    if (!json_is_integer(seed) || !json_equal(seed, json_object_get(b, "seed")))
        return;
    snprintf(text, sizeof(text),
             "both have the seed %lld: they are one file, or their runs had the same order, and "
             "what that order does to a figure is not seen",
             (long long)json_integer_value(seed));
    warn(comparison, "same_seed", text);
}

static void warn_of_files(json_t *comparison, const json_t *a, const json_t *b)
{
    const json_t *host_a = json_object_get(a, "host"), *host_b = json_object_get(b, "host");

    for (unsigned i = 0; i < sizeof(file_facts) / sizeof(file_facts[0]); i++)
        warn_unless_equal(comparison, file_facts[i].code, file_facts[i].what,
                          json_object_get(a, file_facts[i].key),
                          json_object_get(b, file_facts[i].key));
    if (!get_is(a, "schema", SCHEMA) || !get_is(b, "schema", SCHEMA))
        warn(comparison, "schema", "not both files are of the schema " SCHEMA);
    for (unsigned i = 0; i < sizeof(host_facts) / sizeof(host_facts[0]); i++)
        warn_unless_equal(comparison, host_facts[i].code, host_facts[i].what,
                          json_object_get(host_a, host_facts[i].key),
                          json_object_get(host_b, host_facts[i].key));
    warn_of_end(comparison, "a", a);
    warn_of_end(comparison, "b", b);
    warn_of_seed(comparison, a, b);
}

/* All figures of a file by what identifies them, in the order of the file. */
static json_t *index_of(const json_t *results)
{
    json_t *index = json_object(), *experiment, *row;
    size_t i, k;

    json_array_foreach (json_object_get(results, "experiments"), i, experiment) {
        json_array_foreach (json_object_get(experiment, "values"), k, row) {
            json_t *entry = json_pack("{s:O*}", "experiment", json_object_get(experiment, "name"));
            char *key;

            for (unsigned n = 0; n < IDENTITY; n++)
                json_object_set(entry, identity[n], json_object_get(row, identity[n]));
            key = json_dumps(entry, JSON_COMPACT | JSON_SORT_KEYS);
            json_object_set(entry, "row", row);
            if (key && json_is_object(row) && !json_object_get(index, key))
                json_object_set(index, key, entry);
            json_decref(entry);
            free(key);
        }
    }
    return index;
}

/* "experiment step: name params, threads thr, env" */
static json_t *name_of(const json_t *entry)
{
    char label[FIGURES_LABEL_MAX], where[FIGURES_LABEL_MAX], env[32], whole[FIGURES_LABEL_MAX];

    snprintf(whole, sizeof(whole), "%s%s%s", get_text(entry, "experiment"),
             *get_text(entry, "step") ? " " : "", get_text(entry, "step"));
    return json_sprintf("%s: %s, %lld thr, %s", figures_clean(where, sizeof(where), whole),
                        figures_label(label, entry), (long long)get_integer(entry, "threads"),
                        figures_clean(env, sizeof(env), get_text(entry, "env")));
}

static json_t *compare_row(const json_t *entry, const json_t *a, const json_t *b, uint64_t seed)
{
    static const char *const copied[] = {"unit", "better"};
    json_t *object = json_copy((json_t *)entry);
    const char *verdict = "none";
    struct figures_ratio ratio;

    json_object_del(object, "row");
    for (unsigned i = 0; i < 2; i++)
        json_object_set(object, copied[i], json_object_get(a, copied[i]));
    if (!figures_ratio(&ratio, a, b, seed)) {
        verdict = figures_verdict(ratio.ci95, !ratio.few, get_is(a, "better", "lower"));
        json_object_set_new(object, "ratio", json_real(ratio.median));
        json_object_set_new(object, "ci95", json_pack("[f, f]", ratio.ci95.low, ratio.ci95.high));
        json_object_set_new(object, "confidence", json_real(ratio.confidence));
    }
    if (ratio.a_count)
        json_object_set_new(object, "a_median", json_real(ratio.a_median));
    if (ratio.b_count)
        json_object_set_new(object, "b_median", json_real(ratio.b_median));
    json_object_set_new(object, "verdict", json_string(verdict));
    return object;
}

/* Whether the two can be set side by side: one unit, and one known direction. */
static bool comparable(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "unit"), json_object_get(b, "unit")) &&
           (get_is(a, "better", "higher") || get_is(a, "better", "lower")) &&
           json_equal(json_object_get(a, "better"), json_object_get(b, "better"));
}

static void warn_of_rows(json_t *comparison, const char *code, unsigned rows, const char *what)
{
    char text[384];

    if (!rows)
        return;
    snprintf(text, sizeof(text), "%u %s %s", rows, rows == 1 ? "row" : "rows", what);
    warn(comparison, code, text);
}

unsigned compare_count(const json_t *comparison, const char *verdict)
{
    unsigned count = 0;
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(comparison, "rows"), i, row) {
        count += get_is(row, "verdict", verdict) != 0;
    }
    return count;
}

static void compare_rows(json_t *comparison, json_t *index_a, json_t *index_b, uint64_t seed)
{
    unsigned apart = 0;
    const char *key;
    json_t *entry;

    json_object_foreach (index_a, key, entry) {
        const json_t *a = json_object_get(entry, "row");
        const json_t *b = json_object_get(json_object_get(index_b, key), "row");

        if (!b)
            json_array_append_new(json_object_get(comparison, "only_a"), name_of(entry));
        else if (get_is(a, "better", "none") && get_is(b, "better", "none"))
            continue; /* a fact, and no figure */
        else if (!comparable(a, b))
            apart++;
        else
            json_array_append_new(json_object_get(comparison, "rows"),
                                  compare_row(entry, a, b, seed));
    }
    json_object_foreach (index_b, key, entry) {
        if (!json_object_get(index_a, key))
            json_array_append_new(json_object_get(comparison, "only_b"), name_of(entry));
    }
    warn_of_rows(comparison, "unit", apart,
                 "left out: the unit or the better direction differs, or is not known");
    warn_of_rows(comparison, "few", compare_count(comparison, "few"),
                 "of fewer than 6 samples in one of the files: that is too few to call a "
                 "difference, however large; run more blocks");
    warn_of_rows(comparison, "no_ratio", compare_count(comparison, "none"),
                 "without a ratio: a sample is missing or not above 0");
}

json_t *compare_results(const json_t *a, const json_t *b, uint64_t seed)
{
    json_t *index_a = index_of(a), *index_b = index_of(b);
    json_t *comparison =
        json_pack("{s:[], s:[], s:[], s:{s:O*, s:O*}, s:[]}", "rows", "only_a", "only_b", "hosts",
                  "a", json_object_get(a, "host"), "b", json_object_get(b, "host"), "warnings");

    if (comparison && index_a && index_b) {
        warn_of_files(comparison, a, b);
        compare_rows(comparison, index_a, index_b, seed);
    } else {
        json_decref(comparison);
        comparison = NULL;
    }
    json_decref(index_a);
    json_decref(index_b);
    return comparison;
}

unsigned compare_worse(const json_t *comparison, double pct)
{
    unsigned worse = 0;
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(comparison, "rows"), i, row) {
        double rise = 100 * (get_number(row, "ratio") - 1);
        double loss = get_is(row, "better", "lower") ? rise : -rise;

        worse += get_is(row, "verdict", "worse") && loss > pct;
    }
    return worse;
}
