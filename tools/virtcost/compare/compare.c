/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/compare/compare.h"
#include "tools/virtcost/compare/differences.h"
#include "tools/virtcost/compare/report.h"
#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"

/* Rows of two files are the same if all of these members are equal, and the experiment's name. */
static const char *const identity[] = {"step", "name", "params", "threads", "env"};

#define IDENTITY (sizeof(identity) / sizeof(identity[0]))

/* Index all figures of a file by their identity, in the file's order. */
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

json_t *compare_name(const json_t *entry)
{
    char label[FIGURES_LABEL_MAX], where[FIGURES_LABEL_MAX], env[32], whole[FIGURES_LABEL_MAX];

    snprintf(whole, sizeof(whole), "%s%s%s", get_text(entry, "experiment"),
             *get_text(entry, "step") ? " " : "", get_text(entry, "step"));
    return json_sprintf("%s: %s, %lld thr, %s", figures_clean(where, sizeof(where), whole),
                        figures_label(label, entry), (long long)get_integer(entry, "threads"),
                        figures_clean(env, sizeof(env), get_text(entry, "env")));
}

struct verdict_ratio compare_ratio(const json_t *row)
{
    const json_t *ci95 = json_object_get(row, "ci95");

    return (struct verdict_ratio){
        .median = get_number(row, "ratio"),
        .interval = {json_number_value(json_array_get(ci95, 0)),
                     json_number_value(json_array_get(ci95, 1))},
        .ranged = ci95 != NULL,
        .sure = get_number(row, "confidence") >= VERDICT_CONFIDENCE,
        .directed = true,
        .lower = get_is(row, "better", "lower"),
        .samples = (size_t)get_integer(row, "samples"),
    };
}

static void set_verdict(json_t *row, double margin)
{
    const struct verdict_ratio ratio = compare_ratio(row);
    const enum verdict verdict = verdict_of(&ratio, margin);
    const size_t samples = verdict_samples(&ratio, margin);

    json_object_set_new(row, "verdict",
                        json_string(verdict == VERDICT_NONE ? "none" : verdict_name(verdict)));
    if (samples)
        json_object_set_new(row, "settled_by_blocks", json_integer((json_int_t)samples));
}

static json_t *compare_row(const json_t *entry, const json_t *a, const json_t *b,
                           const struct compare_how *how)
{
    static const char *const copied[] = {"unit", "better"};
    json_t *object = json_copy((json_t *)entry);
    struct figures_ratio ratio;

    json_object_del(object, "row");
    for (unsigned i = 0; i < 2; i++)
        json_object_set(object, copied[i], json_object_get(a, copied[i]));
    if (!figures_ratio(&ratio, a, b, how->seed)) {
        json_object_set_new(object, "ratio", json_real(ratio.median));
        json_object_set_new(object, "ci95", json_pack("[f, f]", ratio.ci95.low, ratio.ci95.high));
        json_object_set_new(object, "confidence", json_real(ratio.confidence));
    }
    if (ratio.a_count)
        json_object_set_new(object, "a_median", json_real(ratio.a_median));
    if (ratio.b_count)
        json_object_set_new(object, "b_median", json_real(ratio.b_median));
    json_object_set_new(
        object, "samples",
        json_integer((json_int_t)(ratio.a_count < ratio.b_count ? ratio.a_count : ratio.b_count)));
    set_verdict(object, how->margin_pct / 100);
    return object;
}

/* Whether two rows are comparable: equal unit, and equal and known direction. */
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
    differences_warn(comparison, code, text);
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

static unsigned count_few(const json_t *comparison)
{
    unsigned count = 0;
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(comparison, "rows"), i, row) {
        const struct verdict_ratio ratio = compare_ratio(row);

        count += ratio.ranged && !ratio.sure;
    }
    return count;
}

static void compare_rows(json_t *comparison, json_t *index_a, json_t *index_b,
                         const struct compare_how *how)
{
    json_t *apart = json_object_get(comparison, "apart");
    const char *key;
    json_t *entry;

    json_object_foreach (index_a, key, entry) {
        const json_t *a = json_object_get(entry, "row");
        const json_t *b = json_object_get(json_object_get(index_b, key), "row");

        if (!b)
            json_array_append_new(json_object_get(comparison, "only_a"), compare_name(entry));
        else if (get_is(a, "better", "none") && get_is(b, "better", "none"))
            continue; /* a property, not a figure */
        else if (!comparable(a, b))
            json_array_append_new(apart, compare_name(entry));
        else
            json_array_append_new(json_object_get(comparison, "rows"),
                                  compare_row(entry, a, b, how));
    }
    json_object_foreach (index_b, key, entry) {
        if (!json_object_get(index_a, key))
            json_array_append_new(json_object_get(comparison, "only_b"), compare_name(entry));
    }
    warn_of_rows(comparison, "unit", (unsigned)json_array_size(apart),
                 "left out: different or unknown unit or direction");
    warn_of_rows(comparison, "few", count_few(comparison),
                 "with fewer than 6 samples in one file, too few for a 95 % interval");
    warn_of_rows(comparison, "no_ratio", compare_count(comparison, "none"),
                 "without a ratio: a sample is missing or not above 0");
}

json_t *compare_results(const json_t *a, const json_t *b, const struct compare_how *how)
{
    json_t *index_a = index_of(a), *index_b = index_of(b);
    json_t *comparison = json_pack(
        "{s:f, s:s, s:[], s:[], s:[], s:[], s:{s:O*, s:O*}, s:[]}", "margin_pct", how->margin_pct,
        "sampled", get_is(a, "schema", REPORT_SCHEMA) ? "samples" : "blocks", "rows", "only_a",
        "only_b", "apart", "hosts", "a", json_object_get(a, "host"), "b",
        json_object_get(b, "host"), "warnings");

    if (comparison && index_a && index_b) {
        differences_compare(comparison, a, b);
        compare_rows(comparison, index_a, index_b, how);
    } else {
        json_decref(comparison);
        comparison = NULL;
    }
    json_decref(index_a);
    json_decref(index_b);
    return comparison;
}
