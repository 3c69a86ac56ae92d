/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/virtcost/figures/figures.h"
#include "tools/virtcost/figures/get.h"
#include "tools/virtcost/results/gaps.h"
#include "tools/virtcost/results/warnings.h"
#include "vmm/core/base/stats.h"
#include "vmm/core/base/units.h"

/* Steal above this percentage of a run's CPU time makes it doubtful. */
#define STEAL_PCT 5.0

#define STEAL_RUN_NS 2e8

/* The base should not change by more than this from the first to the last blocks. */
#define DRIFT 0.05

/* Blocks needed to detect that. */
#define DRIFT_BLOCKS 6

void warnings_add(json_t *warnings, const char *code, json_t *text)
{
    json_array_append_new(warnings, json_pack("{s:s, s:o}", "code", code, "text", text));
}

static bool is_wrong(const json_t *row)
{
    return !get_is(row, "check", "ok");
}

static bool is_interrupted(const json_t *row)
{
    return json_is_true(json_object_get(row, "interrupted"));
}

/* Count rows with a flag by environment and name: {"env: row": count}. */
static json_t *count_rows(const struct results *results, bool (*is_like)(const json_t *row))
{
    json_t *counts = json_object(), *run, *row;
    size_t i, k;

    json_array_foreach (results->runs, i, run) {
        json_t *report = json_object_get(run, "report");

        json_array_foreach (json_object_get(report, "benches"), k, row) {
            char name[FIGURES_LABEL_MAX], key[2 * FIGURES_LABEL_MAX];

            if (!is_like(row))
                continue;
            figures_label(name, row);
            snprintf(key, sizeof(key), "%s: %s, %lld thr", get_text(run, "env"), name,
                     (long long)get_integer(row, "threads"));
            json_object_set_new(counts, key, json_integer(get_integer(counts, key) + 1));
        }
    }
    return counts;
}

unsigned warnings_wrong(const struct results *results)
{
    json_t *counts = count_rows(results, is_wrong), *count;
    const char *key;
    unsigned wrong = 0;

    json_object_foreach (counts, key, count)
        wrong += (unsigned)json_integer_value(count);
    json_decref(counts);
    return wrong;
}

static void warn_wrong(const struct results *results, json_t *warnings)
{
    json_t *counts = count_rows(results, is_wrong), *count;
    const char *key;

    json_object_foreach (counts, key, count)
        warnings_add(warnings, "check_failed",
                     json_sprintf("%s: wrong result in %lld of the runs, whose samples are void",
                                  key, (long long)json_integer_value(count)));
    json_decref(counts);
}

static void warn_interrupted(const struct results *results, json_t *warnings)
{
    json_t *counts = count_rows(results, is_interrupted), *count;
    const char *key;

    json_object_foreach (counts, key, count)
        warnings_add(warnings, "interrupted",
                     json_sprintf("%s: stopped or frozen meanwhile in %lld of the runs, whose "
                                  "samples are void",
                                  key, (long long)json_integer_value(count)));
    json_decref(counts);
}

/* Count missing ratios of runs under different limits, by environment and reason. */
static void warn_unequal(json_t *warnings, const json_t *experiment)
{
    json_t *counts = json_object(), *ratio, *count;
    const char *key;
    size_t i;

    json_array_foreach (json_object_get(experiment, "ratios"), i, ratio)
        if (json_object_get(ratio, "unequal")) {
            key = get_text(ratio, "reason");
            json_object_set_new(counts, key, json_integer(get_integer(counts, key) + 1));
        }
    json_object_foreach (counts, key, count)
        warnings_add(warnings, "unequal_limits",
                     json_sprintf("%s: %s (%lld figure%s)", get_text(experiment, "name"), key,
                                  (long long)json_integer_value(count),
                                  json_integer_value(count) == 1 ? "" : "s"));
    json_decref(counts);
}

static void warn_incomplete(const struct results *results, json_t *warnings)
{
    for (unsigned i = 0; i < results->parts; i++) {
        const struct part *part = &results->part[i];

        if (part->blocks < part->wanted)
            warnings_add(
                warnings, "incomplete",
                json_sprintf("%s: ended by %s: %u of %u block%s complete", part->experiment->name,
                             strcmp(results->end, "error") ? "a signal" : "an error", part->blocks,
                             part->wanted, part->wanted == 1 ? " is" : "s are"));
    }
}

/*
 * Whether a run was long enough for its steal time, which the kernel counts in ticks of up to 10
 * ms.
 */
static bool is_long(const json_t *report)
{
    double window_ns = 0;
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(report, "benches"), i, row)
        window_ns += get_number(row, "window_ns");
    return window_ns >= STEAL_RUN_NS;
}

static void warn_stolen(const struct results *results, json_t *warnings)
{
    unsigned count = 0;
    double most = 0;
    json_t *run;
    size_t i;

    json_array_foreach (results->runs, i, run) {
        const json_t *report = json_object_get(run, "report");
        double pct = get_number(json_object_get(report, "host"), "steal_pct");

        if (!is_long(report))
            continue;
        count += pct > STEAL_PCT;
        most = pct > most ? pct : most;
    }
    if (count)
        warnings_add(
            warnings, "stolen",
            json_sprintf("in %u of %zu run%s the hypervisor below took more than %.0f %% of "
                         "the CPUs' time, at most %.1f %%",
                         count, json_array_size(results->runs),
                         units_s(json_array_size(results->runs)), STEAL_PCT, most));
}

/* The median of the samples from `first` on, which are in block order. */
static double median_from(const json_t *samples, size_t first, size_t count)
{
    double *values = calloc(count, sizeof(*values)), median = 0;

    for (size_t i = 0; values && i < count; i++)
        values[i] = json_number_value(json_array_get(samples, first + i));
    if (values) {
        stats_sort(values, count);
        median = stats_median(values, count);
    }
    free(values);
    return median;
}

/* A drift of all environments cancels out in ratios, but not in absolute figures. */
static void warn_drift(json_t *warnings, const json_t *experiment, const char *base)
{
    unsigned drifted = 0, seen = 0;
    json_t *value;
    size_t i;

    json_array_foreach (json_object_get(experiment, "values"), i, value) {
        const json_t *samples = json_object_get(value, "samples");
        size_t count = json_array_size(samples), half = count / 2;
        double first, last;

        if (!get_is(value, "env", base) || count < DRIFT_BLOCKS)
            continue;
        first = median_from(samples, 0, half);
        last = median_from(samples, count - half, half);
        seen++;
        drifted += last > first * (1 + DRIFT) || last < first * (1 - DRIFT);
    }
    if (drifted)
        warnings_add(
            warnings, "drift",
            json_sprintf("%s: %u of %u figure%s of %s changed by more than %.0f %% from the "
                         "first half of the blocks to the second",
                         get_text(experiment, "name"), drifted, seen, units_s(seen), base,
                         100 * DRIFT));
}

/* Whether an experiment sets the number of vCPUs, which may exceed that of the CPUs. */
static bool chooses_vcpus(const char *name)
{
    const struct experiment *experiment = experiment_find(name);

    for (unsigned i = 0; experiment && experiment->chosen && experiment->chosen[i]; i++)
        if (!strcmp(experiment->chosen[i], "vcpus"))
            return true;
    return false;
}

/* Whether another part of the results covers a run's warning, or the step provokes it. */
static bool is_redundant(const char *code, const char *experiment)
{
    static const char *const codes[] = {"quick",      "steal",        "unpinned",
                                        "incomplete", "check_failed", "interrupted"};

    for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (!strcmp(code, codes[i]))
            return true;
    return !strcmp(code, "oversubscribed") && chooses_vcpus(experiment);
}

/* Merge the runs' own warnings: each code once, with the first text. */
static void warn_runs(const struct results *results, json_t *warnings)
{
    json_t *codes = json_object(), *run, *warning, *known;
    const char *code;
    size_t i, k;

    json_array_foreach (results->runs, i, run)
        json_array_foreach (json_object_get(json_object_get(run, "report"), "warnings"), k,
                            warning) {
            code = get_text(warning, "code");
            if (is_redundant(code, get_text(run, "experiment")))
                continue;
            known = json_object_get(codes, code);
            if (!known)
                json_object_set_new(
                    codes, code,
                    json_pack("{s:i, s:s}", "runs", 1, "text", get_text(warning, "text")));
            else
                json_object_set_new(known, "runs", json_integer(get_integer(known, "runs") + 1));
        }
    json_object_foreach (codes, code, known)
        warnings_add(warnings, code,
                     json_sprintf("in %lld of %zu run%s: %s", (long long)get_integer(known, "runs"),
                                  json_array_size(results->runs),
                                  units_s(json_array_size(results->runs)),
                                  get_text(known, "text")));
    json_decref(codes);
}

/* The kinds of cores a run may have used: "P-core 5.4 GHz, E-core 3.9 GHz". */
static void name_kinds(const json_t *report, char *text, size_t size)
{
    json_t *group;
    size_t i, used = 0;

    text[0] = '\0';
    json_array_foreach (json_object_get(json_object_get(report, "host"), "cores"), i, group) {
        char kind[64];

        figures_clean(kind, sizeof(kind), get_text(group, "kind"));
        if (*kind && !strstr(text, kind) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", kind);
    }
}

/* Warn of runs of a step on other kinds of cores: their ratios compare the cores as well. */
static void warn_cores(const struct results *results, json_t *warnings)
{
    json_t *steps = json_object(), *run;
    size_t i;

    json_array_foreach (results->runs, i, run) {
        char step[2 * FIGURES_LABEL_MAX], kinds[FIGURES_LABEL_MAX];
        const json_t *known;

        name_kinds(json_object_get(run, "report"), kinds, sizeof(kinds));
        if (!*kinds)
            continue;
        snprintf(step, sizeof(step), "%.100s %.100s", get_text(run, "experiment"),
                 get_text(run, "step"));
        known = json_object_get(steps, step);
        if (!known) {
            json_object_set_new(
                steps, step, json_pack("{s:s, s:s}", "env", get_text(run, "env"), "kinds", kinds));
        } else if (!get_is(known, "kinds", kinds)) {
            warnings_add(
                warnings, "different_cores",
                json_sprintf("%s: %s ran on %s, %s on %s: ratios compare the cores as well",
                             get_text(run, "experiment"), get_text(known, "env"),
                             get_text(known, "kinds"), get_text(run, "env"), kinds));
            break;
        }
    }
    json_decref(steps);
}

json_t *warnings_of(const struct results *results, const json_t *experiments)
{
    json_t *warnings = results->warnings ? json_deep_copy(results->warnings) : json_array();
    json_t *experiment;
    size_t i;

    json_array_foreach (experiments, i, experiment)
        warn_drift(warnings, experiment, results->env[0]->name);
    json_array_foreach (experiments, i, experiment)
        warn_unequal(warnings, experiment);
    warn_incomplete(results, warnings);
    warn_wrong(results, warnings);
    warn_interrupted(results, warnings);
    gaps_warn(warnings, results, experiments);
    warn_stolen(results, warnings);
    warn_cores(results, warnings);
    warn_runs(results, warnings);
    return warnings;
}
